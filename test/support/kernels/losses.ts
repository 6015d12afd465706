/** Arguments for the kernels of distances and losses. */
import type { Random } from 'dynaecg';
import { between, blank, data, few, floats, integers, perhaps, pick, shares, some } from './arrays.ts';
import { labelled, twoOrOne } from './batches.ts';
import type { Entries } from './entry.ts';

function triplets(r: Random) {
  const { B, d, margin } = labelled(r);
  const count = pick(r, 0, few(r, 60));
  const of = (): Int32Array => integers(r, count, B);
  return { d, B, rest: [of(), of(), of(), count, B, margin, pick(r, 1, 2)] as const };
}

function classes(r: Random) {
  const [B, K] = [few(r, 12), few(r, 12)];
  const weights = perhaps(r, floats(r, K, between(0.1, 3)), 0.5);
  return { n: B * K, rest: [integers(r, B, K), weights, pick(r, 0, 0.1, 1), B, K] as const };
}

export const losses: Entries = {
  l2Normalize: {
    within: 1,
    of: 'value',
    args: (r) => {
      const [B, D] = [few(r), some(r)];
      const x = data(r, B * D);
      for (let b = 0; b < B; b++) {
        const factor = pick(r, 1, 1, 0, 1e-25, 1e25); // squares overflow float32, or vanish
        for (let i = b * D; i < (b + 1) * D; i++) x[i] *= factor;
      }
      return [blank(B * D), blank(B), x, B, D, 1e-12];
    },
  },
  l2NormalizeBackward: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const [B, D] = [few(r), some(r)];
      const y = floats(r, B * D, (random) => random.normal() / Math.sqrt(D));
      return [floats(r, B * D), data(r, B * D), y, floats(r, B, (q) => pick(q, 0, q.uniform(0.5, 2))), B, D, 1e-12];
    },
  },
  squaredEuclidean: {
    within: 14,
    of: 'value',
    args: (r) => {
      const [M, N, D] = [few(r, 12), few(r, 12), some(r)];
      const a = data(r, M * D, (random) => 10 + random.normal());
      if (r.integer(3) === 0) return [blank(M * M), a, a, M, M, D];
      const b = Float32Array.from({ length: N * D }, (_, i) => a[i % a.length] + 1e-3 * r.normal()); // near neighbours
      return [blank(M * N), a, b, M, N, D];
    },
  },
  squaredEuclideanBackward: {
    within: 8,
    of: 'largest',
    args: (r) => {
      const [M, D] = [few(r, 12), some(r)];
      const a = floats(r, M * D);
      const same = r.integer(3) === 0;
      const [N, b] = same ? [M, a] : [7, floats(r, 7 * D)];
      const [da, db] = same
        ? twoOrOne(r, () => floats(r, M * D), true)
        : [perhaps(r, floats(r, M * D)), perhaps(r, floats(r, N * D))];
      return [da, db, data(r, M * N, (random) => pick(random, 0, random.normal())), a, b, M, N, D];
    },
  },

  tripletHinge: {
    within: 0,
    of: 'value',
    args: (r) => {
      const { d, rest } = triplets(r);
      return [blank(1), d, ...rest];
    },
  },
  tripletHingeBackward: {
    within: 0,
    of: 'largest',
    args: (r) => {
      const { d, B, rest } = triplets(r);
      return [floats(r, B * B), floats(r, 1), d, ...rest];
    },
  },

  crossEntropy: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const { n, rest } = classes(r);
      const logits = data(r, n, between(-9, 9));
      if (rest[2] === 0 && r.integer(3) === 0) logits[n - 1] = -Infinity; // a masked class
      return [blank(1), blank(n), logits, ...rest];
    },
  },
  crossEntropyBackward: {
    within: 5,
    of: 'largest',
    args: (r) => {
      const { n, rest } = classes(r);
      return [floats(r, n), floats(r, 1), shares(r, rest[3], rest[4], 1), ...rest];
    },
  },
};
