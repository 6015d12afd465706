import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aamiClass,
  encodeRecord,
  extractBeats,
  formatHeader,
  interPatientSplit,
  MITDB_RECORDS,
  parseHeader,
  readAnnotations,
  writeAnnotations,
} from 'dynaecg/ecg';
import { loadRecord, loadRecords } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('ecg/wfdb/readRecord.mitdb');
const dir = process.env['MITDB'];

if (!dir)
  console.log('ecg/wfdb/readRecord.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else {
  test('headers, signals and annotations are written byte for byte as they were read', () => {
    for (const name of MITDB_RECORDS) {
      // Reading verifies every initial value and checksum.
      const path = join(dir, name);
      const record = loadRecord(path);
      const written = encodeRecord(record);
      const header = readFileSync(`${path}.hea`, 'utf8');
      assert.is(written.header, header);
      assert.is(formatHeader(parseHeader(header)), header);
      const same = (bytes: Uint8Array, file: string) => Buffer.compare(bytes, readFileSync(join(dir, file))) === 0;
      assert.ok(same(written.files[`${name}.dat`], `${name}.dat`), `${name}.dat`);
      assert.ok(same(written.annotations, `${name}.atr`), `${name}.atr`);
      assert.equal(readAnnotations(writeAnnotations(record.annotations)).annotations, record.annotations);
    }
  });

  test('beats by class, leads, and de Chazal’s division', () => {
    const records = loadRecords(dir);
    assert.equal(
      records.map((r) => r.name),
      [...MITDB_RECORDS],
    );
    const beats = extractBeats(records);
    assert.equal(beats.counts, { N: 90631, S: 2781, V: 7236, F: 803, Q: 8043 });
    const labels = records.flatMap((r) => r.annotations.map((a) => aamiClass(a.label)));
    assert.is(labels.filter(Boolean).length, 109494); // beats of the database, Moody and Mark, 2001
    assert.equal(
      beats.recordNames.filter((_, r) => beats.leadNames[r] !== 'MLII'),
      ['102', '104'],
    );
    assert.is(beats.labels.length + beats.dropped.length, 90631 + 2781 + 7236);
    assert.ok(beats.dropped.length < 100 && beats.dropped.every((d) => d.why === 'edge'), `${beats.dropped.length}`);
    const split = interPatientSplit(beats);
    assert.equal(split.patients.shared, ['201']);
    assert.ok(existsSync(dir));
  });
}

test.run();
