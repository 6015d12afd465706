// Miners of many samples, whose negatives WebAssembly sorts: the same triplets as by plain loops, ties and infinities included.

import { Random, setBackend } from 'dynaecg';
import { jsKernels, type Kernels, kernels } from 'dynaecg/kernels';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits } from '../support/asserts.ts';
import { BACKENDS } from '../support/backends.ts';

const plain = suite('kernels/mining');
const test: typeof plain = BACKENDS.includes('wasm') ? plain : Object.assign(plain.skip, plain);
if (test === plain) test.before(() => void setBackend('wasm'));
const B = 450; // above the number from which on they are sorted

const DISTANCES: Record<string, (random: Random) => number> = {
  'any distances': (random) => Math.fround(random.uniform(0, 4)),
  'many ties': (random) => random.integer(9) / 4,
  'distances of either sign, and zeros of both': (random) =>
    (random.integer(41) - 20) / 16 || (random.integer(2) ? 0 : -0),
  infinities: (random) => [0.5, 1, Number.POSITIVE_INFINITY][random.integer(3)],
  'tiny and huge': (random) => Math.fround(2 ** random.uniform(-150, 120)),
};

for (const kernel of ['mineNearestSemiHard', 'mineSemiHardOrFarthest'] as const)
  for (const [what, draw] of Object.entries(DISTANCES))
    test(`${kernel} of ${B} samples: ${what}`, () => {
      const random = new Random(`${kernel}, ${what}`);
      const d = Float32Array.from({ length: B * B }, () => draw(random));
      const labels = Int32Array.from({ length: B }, () => random.integer(12));
      for (const margin of [0, 0.2, 3]) {
        const [found, expected] = [kernels('float32'), jsKernels].map((table) =>
          mined(table[kernel], d, labels, margin),
        );
        assert.is(found.length, expected.length);
        assertSameBits(found, expected, what);
      }
    });

/** Anchors, positives and negatives, one array after the other. */
function mined(kernel: Kernels['mineViolating'], d: Float32Array, labels: Int32Array, margin: number): Int32Array {
  const n = kernel(null, null, null, d, labels, B, margin);
  const found = new Int32Array(3 * n);
  const [anchors, positives, negatives] = [0, 1, 2].map((i) => found.subarray(i * n, (i + 1) * n));
  assert.is(kernel(anchors, positives, negatives, d, labels, B, margin), n);
  return found;
}

plain.run();
