import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnnotations } from 'dynaecg/ecg';
import { loadAnnotations, loadRecord, loadRecords, recordPath, saveRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/core/errors.ts';
import { throwsWith } from '../support/asserts.ts';
import { annotation, inFolder, record } from '../support/wfdbRecords.ts';

const test = suite('node/record');

test('files: saves and loads, alone and by folder', () => {
  inFolder((dir) => {
    const folder = join(dir, 'new');
    saveRecord(folder, record('b'));
    saveRecord(folder, record('a'));
    assert.equal(readdirSync(folder).sort(), ['a.atr', 'a.dat', 'a.hea', 'b.atr', 'b.dat', 'b.hea']);
    assert.equal(loadRecord(join(folder, 'b')), record('b'));
    assert.equal(loadRecords(folder), [record('a'), record('b')]);
    assert.equal(loadRecords(folder, ['b']), [record('b')]);
    assert.equal(loadRecord(join(folder, 'b'), { annotator: false }).annotations, []);
    rmSync(join(folder, 'b.atr'));
    assert.equal(loadRecord(join(folder, 'b')).annotations, []);
    throwsWith(() => loadRecord(join(folder, 'b'), { annotator: 'atr' }), DataError, join(folder, 'b.atr'));
    rmSync(join(folder, 'b.dat'));
    throwsWith(() => loadRecord(join(folder, 'b')), DataError, join(folder, 'b.dat'));
  });
});

test('files: annotations alone, from beside the header or another folder', () => {
  inFolder((dir) => {
    saveRecord(dir, record());
    const path = join(dir, 'r1');
    rmSync(join(dir, 'r1.dat')); // signals are not looked at
    assert.equal(loadAnnotations(path, 'atr'), record().annotations);
    const other = join(dir, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'r1.dyn'), writeAnnotations([annotation(2, 'V')]));
    assert.equal(loadAnnotations(path, 'dyn', other), [annotation(2, 'V')]);
    writeFileSync(join(dir, 'r1.fast'), writeAnnotations([annotation(8, 'V')], { timeResolution: 1440 }));
    assert.equal(loadAnnotations(path, 'fast'), [annotation(2, 'V')]);
    const absent = (action: () => unknown, file: string): void =>
      throwsWith(action, DataError, `loadAnnotations: expected to open ${file}, got ENOENT`);
    absent(() => loadAnnotations(path, 'dyn'), join(dir, 'r1.dyn'));
    absent(() => loadAnnotations(path, 'atr', other), join(other, 'r1.atr'));
    absent(() => loadAnnotations(join(other, 'r1'), 'dyn'), join(other, 'r1.hea'));
    writeFileSync(join(other, 'r1.cut'), Uint8Array.of(1, 2, 3));
    throwsWith(() => loadAnnotations(path, 'cut', other), DataError, join(other, 'r1.cut'), 'byte 2');
    writeFileSync(join(dir, 'r1.late'), writeAnnotations([annotation(5, 'V')]));
    throwsWith(() => loadAnnotations(path, 'late'), DataError, join(dir, 'r1.late'), 'length of 5', 'got 5');
    writeFileSync(join(dir, 'r1.hea'), 'r1 one');
    throwsWith(() => loadAnnotations(path, 'atr'), DataError, path, 'line 1');
  });
});

/** Two segments of a lead with two samples per frame, and a stretch between them that was not recorded. */
function saveSegments(dir: string): void {
  const write = (name: string, contents: string | Uint8Array): void => writeFileSync(join(dir, name), contents);
  write('m.hea', 'm/4 1 100 5\nm_layout 0\ns1 2\n~ 1\ns2 2\n');
  write('m_layout.hea', 'm_layout 1 100 0\n~ 0x2 1 8 0 0 0 0 II\n');
  write('s1.hea', 's1 1 100 2\ns1.dat 80x2 1 8 0 1 10 0 II\n');
  write('s1.dat', Uint8Array.of(129, 130, 131, 132));
  write('s2.hea', 's2 1 100 2\ns2.dat 80x2 1 8 0 5 26 0 II\n');
  write('s2.dat', Uint8Array.of(133, 134, 135, 136));
  write('m.atr', writeAnnotations([annotation(3, 'N')]));
}

test('files: segments are read with their record, and not on their own', () => {
  inFolder((dir) => {
    saveSegments(dir);
    const record = loadRecord(join(dir, 'm'));
    assert.is(record.samplingFrequency, 200);
    assert.equal([...record.leads[0].samples], [1, 2, 3, 4, Number.NaN, Number.NaN, 5, 6, 7, 8]);
    assert.equal(record.annotations, [annotation(6, 'N')]);
    assert.equal(loadAnnotations(join(dir, 'm'), 'atr'), [annotation(6, 'N')]);
    assert.equal(loadAnnotations(join(dir, 'm'), 'atr', { frames: 'average' }), [annotation(3, 'N')]);
    const average = loadRecord(join(dir, 'm'), { frames: 'average', annotator: false });
    assert.equal([...average.leads[0].samples], [1.5, 3.5, Number.NaN, 5.5, 7.5]);
    assert.equal(
      loadRecords(dir).map(({ name }) => name),
      ['m'],
    );
    assert.equal([...loadRecords(dir, ['s1'])[0].leads[0].samples], [1, 2, 3, 4]);
    rmSync(join(dir, 's2.hea'));
    throwsWith(() => loadRecord(join(dir, 'm')), DataError, join(dir, 's2.hea'));
    throwsWith(() => loadAnnotations(join(dir, 'm'), 'atr'), DataError, 'loadAnnotations', join(dir, 's2.hea'));
  });
});

test('files: a decoder of FLAC is handed in', () => {
  inFolder((dir) => {
    writeFileSync(join(dir, 'r.hea'), 'r 1 100\nr.flac 516 1\n');
    writeFileSync(join(dir, 'r.flac'), Uint8Array.of(1, 2));
    const flac = (bytes: Uint8Array) => ({ channels: [[...bytes]], bitsPerSample: 16 });
    assert.equal([...loadRecord(join(dir, 'r'), { flac }).leads[0].samples], [1, 2]);
    throwsWith(() => loadRecord(join(dir, 'r')), DataError, 'r.flac', 'option flac');
  });
});

test('files: a record by the name of one of its files', () => {
  inFolder((dir) => {
    saveRecord(dir, record());
    for (const suffix of ['', '.hea', '.dat', '.atr']) {
      const path = join(dir, `r1${suffix}`);
      assert.is(recordPath(path), join(dir, 'r1'));
      assert.equal(loadRecord(path), record());
      assert.equal(loadAnnotations(path, 'atr'), record().annotations);
    }
    assert.is(recordPath(join(dir, 'r2.dat')), join(dir, 'r2.dat'), 'of which there is no header');
    throwsWith(() => loadRecord(join(dir, 'x.hea')), DataError, join(dir, 'x.hea'));
    writeFileSync(join(dir, 'r1.csv.hea'), 'r1 0 360'); // a record whose own name has a suffix
    assert.is(recordPath(join(dir, 'r1.csv')), join(dir, 'r1.csv'));
    assert.is(recordPath('x'.repeat(300)), 'x'.repeat(300));
    throwsWith(() => loadRecord(`${'x'.repeat(300)}.y`), DataError, 'got ENAMETOOLONG');
  });
});

test('files: a header in Latin-1', () => {
  inFolder((dir) => {
    const leads = record().leads.map((lead) => ({ ...lead, units: 'µV' }));
    saveRecord(dir, { ...record(), leads });
    const path = join(dir, 'r1.hea');
    writeFileSync(path, Buffer.from(readFileSync(path, 'utf8'), 'latin1'));
    assert.equal(loadRecord(path), { ...record(), leads });
    assert.equal(loadAnnotations(path, 'atr'), record().annotations);
  });
});

test('files: partial reading, of a record, its annotations, and a folder', () => {
  inFolder((dir) => {
    saveRecord(dir, record('a'));
    assert.equal(loadRecord(join(dir, 'a'), { partial: true }), { ...record('a'), problems: [] });
    saveRecord(dir, record('b'));
    writeFileSync(join(dir, 'b.atr'), writeAnnotations([annotation(1, 'N'), annotation(5, 'V')]));
    const { annotations, problems } = loadAnnotations(join(dir, 'b'), 'atr', { partial: true });
    assert.equal(annotations, [annotation(1, 'N')]);
    const file = join(dir, 'b.atr');
    const message = `${file} annotation 1 (V): expected a sample within the signal's length of 5, got 5`;
    assert.equal(problems, [{ kind: 'annotationOutside', file, annotation: 1, sample: 5, message }]);
    const [whole] = loadRecord(join(dir, 'b'), { partial: true }).problems;
    assert.equal(whole, problems[0], 'with the path of the file');
    rmSync(join(dir, 'a.dat'));
    writeFileSync(join(dir, 'c.hea'), 'c one');
    const read = loadRecords(dir, undefined, { partial: true });
    assert.equal(
      read.records.map(({ name, problems: own }) => [name, own.map(({ kind }) => kind)]),
      [['b', ['annotationOutside']]],
    );
    assert.equal(
      read.problems.map(({ kind, file: path }) => [kind, path]),
      [
        ['unreadable', join(dir, 'a')],
        ['unreadable', join(dir, 'c')],
      ],
    );
    assert.match(read.problems[0].message, 'record a: expected at least one signal file, got none');
    assert.match(read.problems[1].message, 'line 1');
    throwsWith(() => loadRecord(join(dir, 'b'), { partial: true, annotator: 'x' }), DataError, join(dir, 'b.x'));
  });
});

test('files: absent ones, and names that lead elsewhere, are refused by path', () => {
  inFolder((dir) => {
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, join(dir, 'x.hea'));
    throwsWith(() => loadRecords(join(dir, 'absent')), DataError, join(dir, 'absent'));
    throwsWith(() => loadRecords(dir), DataError, dir);
    writeFileSync(join(dir, 'x.hea'), 'x 1 360\n../../etc/passwd 16\n');
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, '../../etc/passwd');
    writeFileSync(join(dir, 'x.hea'), 'x one');
    throwsWith(() => loadRecord(join(dir, 'x')), DataError, join(dir, 'x.hea'), 'line 1');
    throwsWith(() => saveRecord(dir, record('../y')), DataError, '../y');
    throwsWith(() => saveRecord(join(dir, 'x.hea'), record()), DataError, join(dir, 'x.hea'));
  });
});

test.run();
