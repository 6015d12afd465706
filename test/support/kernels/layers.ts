/** Arguments for the kernels of convolution, pooling and batch norm. */

import type { Random } from 'dynaecg';
import type { Vec } from 'dynaecg/kernels';
import { between, blank, coarse, data, few, floats, normal, perhaps, pick, special } from './arrays.ts';
import { centred, channels } from './batches.ts';
import type { Entries } from './entry.ts';

function convolution(r: Random) {
  const [B, groups, K, dilation] = [few(r, 4), few(r, 3), few(r, 5), few(r, 3)];
  const [C, O] = [groups * few(r, 5), groups * few(r, 9)];
  const reach = dilation * (K - 1);
  const same = r.integer(4) === 0; // as many outputs as inputs, an odd zero at the right
  const [stride, padding] = same ? [1, Math.floor(reach / 2)] : [few(r, 3), r.integer(5)];
  const both = same ? reach : 2 * padding;
  const L = Math.max(reach + 1 - both, 1) + (r.integer(10) === 0 ? 500 + r.integer(200) : r.integer(40));
  const P = Math.floor((L + both - reach - 1) / stride) + 1;
  const sizes = [B, C, L, O, P, K, stride, padding, dilation, groups] as const;
  return { x: B * C * L, y: B * O * P, w: (O * C * K) / groups, bias: O, sizes };
}

function pooling(r: Random) {
  const pairs = r.integer(2) === 0;
  const [B, K] = [few(r, 4), pairs ? 2 : few(r, 5)];
  const stride = pairs ? 2 : few(r, 4);
  const padding = pairs ? 0 : r.integer(Math.floor(K / 2) + 1);
  const L = K + r.integer(50);
  return { B, L, P: Math.floor((L + 2 * padding - K) / stride) + 1, K, stride, padding };
}

export const layers: Entries = {
  conv1d: {
    within: 10,
    of: 'terms',
    args: (r) => {
      const { x, y, w, bias, sizes } = convolution(r);
      return [blank(y), data(r, x), floats(r, w), perhaps(r, floats(r, bias)), ...sizes];
    },
  },
  conv1dBackward: {
    within: 10,
    of: 'terms',
    args: (r) => {
      const { x, y, w, bias, sizes } = convolution(r);
      const gradients = [x, w, bias].map((n) => perhaps(r, floats(r, n))) as [Vec | null, Vec | null, Vec | null];
      return [...gradients, data(r, y), data(r, x), floats(r, w), ...sizes];
    },
  },
  maxPool1d: {
    within: 0,
    of: 'value',
    args: (r) => {
      const { B, L, P, ...window } = pooling(r);
      const x = data(r, B * L, pick(r, normal, coarse, special));
      return [blank(B * P), new Int32Array(B * P), x, B, L, P, window.K, window.stride, window.padding];
    },
  },
  maxPool1dBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const { B, L, P, K, stride, padding } = pooling(r);
      const argmax = Int32Array.from({ length: B * P }, (_, i) => {
        const start = (i % P) * stride - padding;
        const first = Math.max(start, 0);
        return first + r.integer(Math.min(start + K, L) - first);
      });
      return [floats(r, B * L), data(r, B * P), argmax, B, L, P];
    },
  },

  batchNormStatistics: {
    within: 4,
    of: 'value',
    args: (r) => {
      const { n, C, sizes } = channels(r);
      const far = pick(r, 5, 50); // so that the mean is not much less than what is summed
      return [blank(C), blank(C), data(r, n, (random) => far + random.normal()), ...sizes];
    },
  },
  batchNorm: {
    within: 8,
    of: 'terms',
    args: (r) => {
      const { n, C, sizes } = channels(r);
      const invStd = floats(r, C, between(0.1, 3));
      return [blank(n), data(r, n), floats(r, C), invStd, floats(r, C), floats(r, C), ...sizes];
    },
    positive: (y, x, mean, ...[invStd, weight, bias, B, C, L]) => {
      const c = centred(x, mean, C, L);
      return [y, c.x, c.mean, invStd, weight, bias, B, C, L];
    },
  },
  batchNormBackward: {
    within: 8,
    of: 'terms',
    args: (r) => {
      const { n, C, sizes } = channels(r);
      const gradients = [n, C, C].map((k) => perhaps(r, floats(r, k))) as [Vec | null, Vec | null, Vec | null];
      const invStd = floats(r, C, between(0.5, 1.5));
      return [...gradients, data(r, n), data(r, n), floats(r, C), invStd, floats(r, C), ...sizes, r.integer(2) === 0];
    },
    positive: (dx, dweight, dbias, ...[dy, x, mean, invStd, weight, B, C, L]) => {
      const c = centred(x, mean, C, L, dy);
      return [dx, dweight, dbias, c.dy, c.x, c.mean, invStd, weight, B, C, L, false];
    },
  },
  batchNormReluPool: {
    within: 6,
    of: 'terms',
    args: (r) => {
      const { C, sizes } = channels(r);
      const pool = pick(r, 2, 2, few(r, Math.min(sizes[2], 4)));
      const [B, , rest] = sizes;
      const L = Math.max(rest, pool);
      const x = data(r, B * C * L, pick(r, normal, coarse));
      const perChannel = [normal, between(0.1, 3), normal, normal].map((draw) => floats(r, C, draw));
      const [mean, invStd, weight, bias] = perChannel;
      return [blank(B * C * Math.floor(L / pool)), x, mean, invStd, weight, bias, B, C, L, pool];
    },
    positive: (y, x, mean, ...[invStd, weight, bias, B, C, L, pool]) => {
      const c = centred(x, mean, C, L);
      return [y, c.x, c.mean, invStd, weight, bias, B, C, L, pool];
    },
  },
  batchNormReluPoolBackward: {
    within: 8,
    of: 'terms',
    args: (r) => {
      const { C, sizes } = channels(r);
      const pool = pick(r, 2, 2, few(r, Math.min(sizes[2], 4)));
      const [B, , rest] = sizes;
      const L = Math.max(rest, pool);
      const n = B * C * L;
      const x = data(r, n, pick(r, normal, coarse));
      const perChannel = [normal, between(0.5, 1.5), normal, normal].map((draw) => floats(r, C, draw));
      const [mean, invStd, weight, bias] = perChannel;
      const gradients = [n, C, C].map((k) => perhaps(r, floats(r, k))) as [Vec | null, Vec | null, Vec | null];
      const dy = data(r, B * C * Math.floor(L / pool));
      return [...gradients, dy, x, mean, invStd, weight, bias, B, C, L, pool, r.integer(2) === 0];
    },
    positive: (dx, dweight, dbias, ...[dy, x, mean, invStd, weight, bias, B, C, L]) => {
      const c = centred(x, mean, C, L, dy);
      return [dx, dweight, dbias, c.dy, c.x, c.mean, invStd, weight, bias, B, C, L, 1, false]; // each wins a window of 1
    },
  },
};
