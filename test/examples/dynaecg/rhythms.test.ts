import { CLASSES } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rhythms } from '../../../examples/dynaecg/examine/rhythms.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('examples/dynaecg/rhythms');

/** Beats a second apart, a letter each. */
const recorded = (name: string, labels: string) => ({
  ...makeRecord(
    name,
    {},
    [...labels].map((label, i) => [180 + 300 * i, label] as const),
  ),
  length: 3600,
});

test('couplets and runs of whole records, as annotated and as predicted; beats that were not judged are as annotated', () => {
  const records = [recorded('a', 'NVVVNANF'), recorded('b', 'VVNN'), recorded('unjudged', 'VV')];
  // all but the fusion beat of a, and the last beat of b
  const judged = [records[0].annotations.slice(0, 7), records[1].annotations.slice(0, 3)];
  const beats = {
    ...{ classes: CLASSES, recordNames: ['b', 'a'] },
    record: Int32Array.from([...judged[0].map(() => 1), ...judged[1].map(() => 0)]),
    sample: Int32Array.from(judged.flat().map(({ sample }) => sample)),
  };
  const predictions = Int32Array.from([...'NVSVNSS', ...'VVV'].map((c) => CLASSES.indexOf(c as 'N')));
  const found = rhythms({ records }, { beats }, predictions);
  const counts = (beats: number, couplets: number, runs: number) => ({ beats, couplets, runs });
  const hours = 10 / 3600;
  assert.equal(found, {
    a: {
      hours,
      annotated: { S: counts(1, 0, 0), V: counts(3, 0, 1) },
      predicted: { S: counts(3, 1, 0), V: counts(2, 0, 0) },
    },
    b: {
      hours,
      annotated: { S: counts(0, 0, 0), V: counts(2, 1, 0) },
      predicted: { S: counts(0, 0, 0), V: counts(3, 0, 1) },
    },
  });
});

test.run();
