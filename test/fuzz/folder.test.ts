import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { encodeRecord, type RecordFiles, readRecord } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import { fuzz } from './harness.ts';
import { nearRecord, noiseRecord, recordFiles } from './wfdb.ts';

const test = suite('fuzz folder');
const above = mkdtempSync(join(tmpdir(), 'dynaecg-fuzz-'));
const folder = join(above, 'records');

/** Writes the files of a record called r; a name that no file can have is missing then. */
function write({ header, files, annotations }: RecordFiles): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'r.hea'), header);
  for (const [name, bytes] of Object.entries(files)) if (name.length < 200) writeFileSync(join(folder, name), bytes);
  if (annotations) writeFileSync(join(folder, 'r.atr'), annotations);
}

fuzz(test, {
  name: 'loadRecord',
  valid: recordFiles.filter(({ files }) => Object.keys(files).every((name) => name.length < 200)),
  near: nearRecord(),
  noise: noiseRecord,
  read: (files) => {
    write(files);
    return loadRecord(join(folder, 'r'));
  },
  refuses: [DataError],
  again: (record) => readRecord(encodeRecord(record)),
});

test.after(() => rmSync(above, { recursive: true }));
test.run();
