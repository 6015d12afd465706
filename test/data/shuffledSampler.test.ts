import { ArgumentError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { batches, range, shuffled, tally } from '../support/samplers.ts';

const test = suite('data/shuffledSampler');

const ascending = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);

// ---- shuffled

test('a shuffled sampler: every pass holds all samples once, its last batch what is left', () => {
  for (const [samples, batchSize, sizes] of [
    [10, 4, [4, 4, 2]],
    [12, 4, [4, 4, 4]],
    [5, 8, [5]],
    [5, 5, [5]],
    [3, 1, [1, 1, 1]],
    [1, 2, [1]],
  ] as const) {
    const s = shuffled(samples, batchSize);
    assert.is(s.batchSize, batchSize);
    const passes = range(20).map(() => batches(s, sizes.length));
    for (const pass of passes) {
      assert.equal(
        pass.map(({ length }) => length),
        [...sizes],
      );
      assert.equal(ascending(pass.flat()), range(samples));
    }
    if (samples > 1) assert.ok(new Set(passes.map((pass) => String(pass.flat()))).size > 3, 'the orders differ');
  }
});

test('a shuffled sampler draws every sample as often in every place', () => {
  const s = shuffled(6, 4);
  const passes = range(1200).map(() => batches(s, 2).flat());
  // binomial, 1200 passes of 1/6: 200, deviation 13; four and a half of them, for 36 pairs
  for (const place of range(6))
    for (const n of Object.values(tally(passes.map((pass) => pass[place]))))
      assert.ok(Math.abs(n - 200) < 58, `${n} in place ${place}`);
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => shuffled(0, 4), ArgumentError, 'ShuffledSampler: expected samples to be a whole number >= 1, got 0'],
  [() => shuffled(4, 0), ArgumentError, 'ShuffledSampler: expected batchSize to be a whole number >= 1, got 0'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
