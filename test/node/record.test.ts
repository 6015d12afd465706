import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnnotations } from 'dynaecg/ecg';
import { loadAnnotations, loadRecord, loadRecords, saveRecord } from 'dynaecg/node';
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
