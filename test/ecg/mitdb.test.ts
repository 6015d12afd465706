import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aamiClass,
  annotateRecord,
  beatAnnotations,
  compareBeats,
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
import { trainedOn } from './trained.ts';

const test = suite('ecg MIT-BIH');
const dir = process.env['MITDB'];

if (!dir) console.log('ecg MIT-BIH: skipped, as MITDB does not name the folder of the database');
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

  test('a small model of some minutes annotates the rest of them, and knows paced beats for what it does not know', () => {
    const begun = ['106', '119', '200', '215'].map((name) => loadRecord(join(dir, name)));
    const quarter = begun[0].leads[0].samples.length / 4;
    const model = trainedOn(
      begun.map((r) => ({ ...r, annotations: r.annotations.filter(({ sample }) => sample < quarter) })),
    );
    for (const record of begun.slice(0, 3)) {
      const annotated = annotateRecord(model, record);
      assert.equal([annotated.lead, annotated.notes], ['MLII', []]);
      const { samplingFrequency } = record;
      const scoring = { samplingFrequency, start: quarter / samplingFrequency, end: (4 * quarter) / samplingFrequency };
      const { qrs, veb } = compareBeats(record.annotations, beatAnnotations(annotated), scoring).statistics;
      const found = [qrs.sensitivity, qrs.positivePredictivity].every(({ value }) => value! > 0.95);
      const told = [veb.sensitivity, veb.positivePredictivity].every(({ value }) => value! > 0.8);
      assert.ok(found && told, JSON.stringify({ name: record.name, qrs, veb }));
    }
    const paced = annotateRecord(model, loadRecord(join(dir, '107')));
    const unlike = paced.beats.filter(({ why }) => why === 'unlike').length / paced.beats.length;
    assert.ok(unlike > 0.5, `${unlike}`);
    assert.is(
      paced.notes[0],
      `${(100 * unlike).toFixed(0)} % of the beats are unlike those that the model was trained on`,
    );
  });
}

test.run();
