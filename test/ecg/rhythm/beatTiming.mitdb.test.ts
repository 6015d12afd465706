import { AAMI_CLASSES, extractBeats } from 'dynaecg/ecg';
import { loadRecords } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { naive, rounding, rows } from '../../support/beatTiming.ts';

const test = suite('ecg/rhythm/beatTiming.mitdb');

const dir = process.env['MITDB'];

if (!dir)
  console.log('ecg/rhythm/beatTiming.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else
  test('MIT-BIH: the timing is that of the plain mean but after pauses, in four records', () => {
    const changed: Record<string, number> = {};
    for (const record of loadRecords(dir)) {
      const beats = extractBeats([record], { length: 1, classes: AAMI_CLASSES });
      const x = rows(record, beats);
      const [exact, plain] = [false, true].map((as) => naive(record, 32, as));
      assertClose(
        x.flat(),
        exact.flatMap((row) => row.slice(0, 4)),
        rounding,
        record.name,
      );
      const others = exact.filter((row, i) => row.some((value, f) => value !== plain[i][f])).length;
      if (others > 0) changed[record.name] = others;
      if (record.name !== '207') continue;
      // After 100 s of ventricular flutter, whose waves are no beats: 2.28 s, 2.51 s, 1.48 s, then about one.
      const after = beats.sample.findIndex((sample, i) => sample - beats.sample[i - 1] > 36000);
      const shown = (table: number[][]): number[][] =>
        [10, 20, 32].map((i) => [0, 2].map((f) => Number(table[after + i][f].toFixed(2))));
      assert.equal(shown(plain), [
        [-1.31, 1.39],
        [-1.39, 1.39],
        [-1.39, 1.39],
      ]);
      assert.equal(shown(x), [
        [-0.26, 0.61],
        [-0.19, 0.48],
        [-0.2, 0.41],
      ]);
    }
    assert.equal(changed, { 201: 28, 207: 113, 208: 32, 232: 735 });
  });

test.run();
