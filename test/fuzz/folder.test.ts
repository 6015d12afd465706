import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { encodeRecord, type RecordFiles, readRecord } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import { fuzz, makeFuzzFolder } from './harness.ts';
import { nearRecord, noiseRecord, recordFiles } from './wfdb.ts';

const test = suite('fuzz folder');
const above = makeFuzzFolder();
const folder = join(above, 'records');
mkdirSync(folder);
let written = new Set<string>();

/** Writes the files of a record called r in place of those of the last one; a name that no file can have is missing then. */
function write({ header, files, annotations }: RecordFiles): void {
  for (const path of written) unlinkSync(path);
  written = new Set();
  const put = (name: string, bytes: Uint8Array | string): void => {
    if (name.length >= 200) return;
    const path = join(folder, name);
    writeFileSync(path, bytes);
    written.add(path);
  };
  put('r.hea', header);
  for (const [name, bytes] of Object.entries(files)) put(name, bytes);
  if (annotations) put('r.atr', annotations);
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
