import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { loadRecord, openRecording, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows, throwsWith } from '../support/asserts.ts';
import { matFile } from '../support/open/binary.ts';
import { edfFile } from '../support/open/edf.ts';
import { inFolder, record } from '../support/wfdbRecords.ts';

const test = suite('node/openRecording');

test('a WFDB record by its name, its header or its signal file', () => {
  inFolder((dir) => {
    saveRecord(dir, record('r1'));
    const { format, notes, problems, ...read } = openRecording(join(dir, 'r1'));
    assert.equal([format, notes, problems], ['WFDB', [], []]);
    assert.equal(read, loadRecord(join(dir, 'r1')));
    for (const path of ['r1.hea', 'r1.dat']) assert.equal(openRecording(join(dir, path)).leads, read.leads);
    assert.equal(openRecording(join(dir, 'r1'), { annotator: false, name: 'mine' }).name, 'mine');
    assert.equal(openRecording(join(dir, 'r1'), { annotator: false }).annotations, []);
    mkdirSync(join(dir, 'r1')); // a folder of that name
    assert.is(openRecording(join(dir, 'r1')).format, 'WFDB');
    const message = `openRecording: ${join(dir, 'r1')}: expected no option rate, as a file in WFDB states it, got 360`;
    assertThrows(() => openRecording(join(dir, 'r1'), { rate: 360 }), ArgumentError, message);
  });
});

test('frames and a decoder of FLAC are those of loadRecord', () => {
  inFolder((dir) => {
    writeFileSync(join(dir, 'r.hea'), 'r 1 100\nr.flac 516x2 1\n');
    writeFileSync(join(dir, 'r.flac'), Uint8Array.of(0, 1, 2, 3));
    const flac = (bytes: Uint8Array) => ({ channels: [[...bytes]], bitsPerSample: 16 });
    for (const partial of [true, false]) {
      const read = openRecording(join(dir, 'r.flac'), { flac, frames: 'average', partial });
      assert.equal([read.samplingFrequency, ...read.leads[0].samples], [100, 0.5, 2.5]);
    }
    assert.equal([...openRecording(join(dir, 'r'), { flac }).leads[0].samples], [0, 1, 2, 3]);
    throwsWith(() => openRecording(join(dir, 'r.hea')), DataError, 'r.flac', 'option flac');
  });
});

test('other files by their contents, named by their path', () => {
  inFolder((dir) => {
    const write = (name: string, bytes: Uint8Array | string): string => {
      writeFileSync(join(dir, name), bytes);
      return join(dir, name);
    };
    const edf = openRecording(write('night.edf', edfFile({ signals: [{ label: 'ECG', samples: [1, 2] }] })));
    assert.equal([edf.name, edf.format, edf.leads[0].samples.length], ['night', 'EDF', 2]);
    const csv = openRecording(write('strap.csv', 't,I\n0,1\n0.01,2\n0.02,3\n'), { unit: 'mV' });
    assert.equal([csv.name, csv.samplingFrequency, [...csv.leads[0].samples]], ['strap', 100, [1, 2, 3]]);
    const mat = write('A1.mat', matFile({ name: 'val', rows: 1, columns: 3, values: [1, 2, 3], precision: 3 }));
    assert.is(openRecording(mat, { rate: 500 }).format, 'MATLAB 4');
    write('A1.hea', 'A1 1 500 3\nA1.dat 16\n'); // of another file
    assert.is(openRecording(mat, { rate: 500 }).format, 'MATLAB 4');
    write('A1.hea', 'A1 1 500 3\nA1.mat 16+24 1000/mV 16 0 1 6 0 I\n');
    assert.equal([openRecording(mat).format, openRecording(mat).samplingFrequency], ['WFDB', 500]);
  });
});

test('what cannot be read is named by its path', () => {
  inFolder((dir) => {
    const gone = join(dir, 'gone.edf');
    const message = `openRecording: expected to open ${gone}, got ENOENT: no such file or directory, stat '${gone}'`;
    assertThrows(() => openRecording(gone), DataError, message);
    assertThrows(
      () => openRecording(dir),
      DataError,
      `openRecording: expected to open ${dir}, got something other than a file`,
    );
  });
});

test.run();
