import { DS1, DS2, MITDB_RECORDS, PACED_RECORDS, patientOf, SAME_PATIENT } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('ecg/splits/mitdb');

test('the facts of MIT-BIH agree with one another', () => {
  assert.is(MITDB_RECORDS.length, 48);
  assert.is(new Set(MITDB_RECORDS.map(patientOf)).size, 47);
  assert.equal([DS1.length, DS2.length], [22, 22]);
  assert.equal([...DS1, ...DS2, ...PACED_RECORDS].sort(), [...MITDB_RECORDS]);
  assert.equal(SAME_PATIENT.map(patientOf), ['201', '201']);
});

test.run();
