/** Random arguments for every kernel, and how near a backend's result must come to that of the JavaScript kernel. */
import type { Random } from 'dynaecg';
import type { Kernels, Vec } from 'dynaecg/kernels';
import type { In } from '../../src/kernels/types.ts';

/**
 * What a difference is measured against, element by element: `terms` is the sum of the absolute values of all that is
 * added up for it, which the kernel itself gives when everything it is told is positive; `value` is the element itself;
 * `largest` the largest element of its array, where terms cancel in ways that neither of the others shows; `one` is 1,
 * for what goes through a sigmoid or a tanh.
 */
export type Scale = 'terms' | 'value' | 'largest' | 'one';

interface Entry<K extends keyof Kernels> {
  /** In units of float32's epsilon, 2^-23: about four times the worst that was found. 0 means the same bits. */
  within: number;
  of: Scale;
  args(r: Random): Parameters<Kernels[K]>;
  /** Other arguments for `terms`, where absolute values are not enough. */
  positive?(...args: Parameters<Kernels[K]>): Parameters<Kernels[K]>;
}

// ---- sizes and arrays

/** A size with every remainder modulo 4, 5, 8 and 16, rarely none or a few hundred: more than any block of a sum. */
const long = (r: Random): number => {
  const kind = r.integer(12);
  return kind === 0 ? 0 : kind === 1 ? 250 + r.integer(800) : 1 + r.integer(40);
};
/** The same without 0. */
const some = (r: Random): number => Math.max(long(r), 1);
const few = (r: Random, most = 9): number => 1 + r.integer(most);
const perhaps = <T>(r: Random, x: T, share = 0.7): T | null => (r.uniform() < share ? x : null);
const pick = <T>(r: Random, ...all: T[]): T => all[r.integer(all.length)];

type Draw = (r: Random) => number;
const normal: Draw = (r) => r.normal();
const between =
  (low: number, high: number): Draw =>
  (r) =>
    r.uniform(low, high);
/** Few different numbers, so that many are equal. */
const coarse: Draw = (r) => r.integer(5) - 2;
/** What is easily got wrong, among ordinary numbers. */
const SPECIAL = [0, -0, Number.NaN, Infinity, -Infinity, 1e-45, -3e-39, 3.4e38, -3.4e38, 1, -1, 88.8, -103.5, 0.2, 17];
const special: Draw = (r) => (r.uniform() < 0.3 ? SPECIAL[r.integer(SPECIAL.length)] : r.normal(0, 3));
/** Where a function that goes to 0 below keeps its digits; a NaN, an infinity and zeros among them. */
const nearby: Draw = (r) => (r.uniform() < 0.1 ? pick(r, 0, -0, Number.NaN, Infinity) : r.uniform(-6, 9));

const floats = (r: Random, n: number, draw: Draw = normal): Float32Array =>
  Float32Array.from({ length: n }, () => draw(r));
const integers = (r: Random, n: number, below: number): Int32Array =>
  Int32Array.from({ length: n }, () => r.integer(below));
/** An output that is to be overwritten. */
const blank = (n: number): Float32Array => new Float32Array(n).fill(Number.NaN);
/** Numbers with, now and then, a NaN among them. */
const data = (r: Random, n: number, draw: Draw = normal): Float32Array => {
  const x = floats(r, n, draw);
  if (n > 0 && r.integer(6) === 0) x[r.integer(n)] = Number.NaN;
  return x;
};
/** Positive numbers of sum 1 along the middle axis of (outer,n,inner). */
const shares = (r: Random, outer: number, n: number, inner: number): Float32Array => {
  const x = floats(r, outer * n * inner, between(0.01, 1));
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += x[(o * n + j) * inner + i];
      for (let j = 0; j < n; j++) x[(o * n + j) * inner + i] /= sum;
    }
  return x;
};

/** The largest absolute value but NaN and infinities. */
export function largest(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]) > most && Number.isFinite(x[i])) most = Math.abs(x[i]);
  return most;
}

// ---- families of kernels

/** An entry for any kernel of one signature. */
type Same<K extends keyof Kernels> = Omit<Entry<K>, 'positive'>;

const unary = (within: number, of: Scale, draw = special): Same<'exp'> => ({
  within,
  of,
  args: (r) => {
    const n = long(r);
    return [blank(n), floats(r, n, draw), n];
  },
});
const unaryBackward = (within: number, saved: Draw): Same<'expBackward'> => ({
  within,
  of: 'terms',
  args: (r) => {
    const n = long(r);
    return [floats(r, n), data(r, n), data(r, n, saved), n];
  },
});
const binary: Same<'add'> = {
  within: 0,
  of: 'value',
  args: (r) => {
    const n = long(r);
    return [blank(n), floats(r, n, special), floats(r, n, special), n];
  },
};
const along = (within: number): Same<'softmax'> => ({
  within,
  of: 'value',
  args: (r) => {
    const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
    return [blank(outer * n * inner), data(r, outer * n * inner, between(-9, 9)), outer, n, inner];
  },
});

/** A dense array's size, and a view into it: axes sliced, stepped, stretched and put into another order. */
function view(r: Random): { size: number; shape: number[]; stride: number[]; offset: number; viewed: number } {
  const axes: { n: number; stride: number }[] = [];
  let size = 1;
  let offset = 0;
  for (let axis = r.integer(4); axis > 0; axis--) {
    const n = axis === 1 && r.integer(8) === 0 ? 300 + r.integer(300) : r.integer(20) === 0 ? 0 : few(r, 12);
    const step = pick(r, 1, 1, 1, 2, 3);
    const start = pick(r, 0, 0, r.integer(3));
    axes.push({ n: Math.max(Math.ceil((n - start) / step), 0), stride: step * size });
    offset += start * size;
    size *= Math.max(n, start + 1);
  }
  for (let more = r.integer(3); more > 0; more--) axes.push({ n: pick(r, 1, few(r, 5), 30), stride: 0 });
  axes.reverse(); // row-major, with the stretched axes in front
  if (r.integer(2) === 0) axes.push(...axes.splice(0, r.integer(axes.length + 1)));
  if (r.integer(2) === 0) axes.reverse();
  const shape = axes.map(({ n }) => n);
  return { size, shape, stride: axes.map(({ stride }) => stride), offset, viewed: shape.reduce((a, b) => a * b, 1) };
}

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

function channels(r: Random) {
  const [B, C, L] = [few(r, 5), few(r, 6), some(r)];
  return { n: B * C * L, C, sizes: [B, C, L] as const };
}

function recurrent(r: Random) {
  const [T, B] = [few(r, 6), few(r, 12)];
  const [D, H] = r.integer(8) === 0 ? [300, 70] : [few(r, 20), few(r, 20)]; // more than one block of a sum
  const weights = (n: number): Float32Array => floats(r, 4 * H * n, (random) => random.normal() / Math.sqrt(n));
  const initial = (): Float32Array | null => perhaps(r, floats(r, B * H), 0.5);
  const step = T * B * H;
  const ldy = H + pick(r, 0, H, r.integer(5)); // the other direction's states may lie between
  const sizes = [T, B, D, H, ldy, r.integer(2) === 0] as const;
  return { step, y: (T * B - 1) * ldy + H, D, H, B, x: T * B * D, weights, initial, sizes };
}

/** x - mean in place of x and 0 in place of mean; and dy at its largest, which covers what training takes away from it. */
function centred(x: In, mean: In, C: number, L: number, dy: In = x): { x: Vec; mean: Vec; dy: Vec } {
  const x0 = Float64Array.from(x, (v, i) => v - mean[Math.floor(i / L) % C] || 0); // a NaN may lie outside all windows
  return { x: x0, mean: new Float64Array(C), dy: x0.slice().fill(largest(dy)) };
}

/** A lower and an upper bound, float32 numbers, of which either may be none. */
const bounds = (r: Random): [number, number] => {
  const [a, b] = [Math.fround(r.normal()), pick(r, -1, 0, 1)].sort((x, y) => x - y);
  return [pick(r, a, -Infinity), pick(r, b, Infinity)];
};

/** Distances, also many equal ones and such as no distance is, and labels that need not be consecutive. */
function labelled(r: Random) {
  const B = few(r, 40);
  const draw = pick<Draw>(r, between(0, 4), (random) => Math.fround(0.1 * random.integer(30)), special);
  const labels = integers(r, B, few(r, 4)).map((label) => 7 * label);
  return { B, d: data(r, B * B, draw), labels, margin: pick(r, 0, 0.1, 0.2, 1, 9) };
}

type Mine = Extract<keyof Kernels, `mine${string}`>;
const mining = (kernel: Kernels[Mine]): Same<Mine> => ({
  within: 0,
  of: 'value',
  args: (r) => {
    const { B, d, labels, margin } = labelled(r);
    if (r.integer(5) === 0) return [null, null, null, d, labels, B, margin]; // only counts
    const count = kernel(null, null, null, d, labels, B, margin);
    const [anchors, positives, negatives] = [0, 1, 2].map(() => new Int32Array(count).fill(-1));
    return [anchors, positives, negatives, d, labels, B, margin];
  },
});

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

/** The same array twice, or two. */
const twoOrOne = (r: Random, make: () => Float32Array, same: boolean): [Float32Array | null, Float32Array | null] => {
  const [a, b] = [perhaps(r, make()), perhaps(r, make())];
  return same && a && b ? [a, a] : [a, b];
};

// ---- the table

/** Every kernel that may run elsewhere than in JavaScript. */
export const generators = (js: Kernels): { [K in keyof Kernels]?: Entry<K> } => ({
  gemm: {
    within: 10,
    of: 'terms',
    args: (r) => {
      const [M, N, K] = r.shuffle([long(r), r.integer(40), few(r, 40)]);
      const [transposeA, transposeB] = [r.integer(2) === 0, r.integer(2) === 0];
      const [alpha, beta] = [pick(r, 1, 1, -0.5, 0.3), pick(r, 0, 1, 0.7)];
      const matrix = (rows: number, columns: number, fill: (n: number) => Vec): [Vec, number, number] => {
        const [at, ld] = [r.integer(6), columns + pick(r, 0, r.integer(5))];
        return [fill(rows === 0 ? at : at + (rows - 1) * ld + columns), at, ld];
      };
      const a = matrix(transposeA ? K : M, transposeA ? M : K, (n) => data(r, n));
      const b = matrix(transposeB ? N : K, transposeB ? K : N, (n) => data(r, n));
      const c = matrix(M, N, (n) => (beta === 0 ? blank(n) : floats(r, n)));
      return [...c, ...a, ...b, M, N, K, transposeA, transposeB, alpha, beta];
    },
  },

  axpy: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), r.normal(), data(r, n), n];
    },
  },
  affine: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      const x = data(r, n);
      return [pick(r, x, blank(n)), x, r.normal(), pick(r, 0, r.normal()), n]; // also in place
    },
  },
  multiplyAdd: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n), n];
    },
  },
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  divBackward: {
    within: 4,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const [da, db] = twoOrOne(r, () => floats(r, n), r.integer(4) === 0);
      return [da, db, data(r, n), data(r, n), data(r, n, between(0.5, 2)), n];
    },
  },
  exp: unary(6, 'value'),
  expBackward: unaryBackward(4, between(0, 3)),
  log: unary(4, 'value'),
  logBackward: unaryBackward(4, between(0.1, 3)),
  sqrt: unary(0, 'value'),
  sqrtBackward: unaryBackward(4, (r) => pick(r, 0, r.uniform(0.1, 3))),
  square: unary(0, 'value'),
  squareBackward: unaryBackward(4, normal),
  abs: unary(0, 'value'),
  absBackward: unaryBackward(0, coarse),
  relu: unary(0, 'value'),
  reluBackward: unaryBackward(0, (r) => Math.max(r.normal(), 0)),
  sigmoid: unary(6, 'value'),
  sigmoidBackward: unaryBackward(6, between(0, 1)),
  tanh: unary(6, 'value'),
  tanhBackward: unaryBackward(8, between(-1, 1)),
  silu: unary(8, 'value', nearby),
  siluBackward: unaryBackward(8, between(-9, 9)),
  gelu: unary(100, 'value', nearby), // as the next
  geluBackward: unaryBackward(12, between(-4, 4)),
  geluTanh: unary(100, 'value', nearby), // of e^-z for a large z, where float32 rounds z
  geluTanhBackward: unaryBackward(20, between(-4, 4)),
  leakyRelu: {
    within: 4,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), floats(r, n, special), pick(r, 0.01, 0.2, 1.5, -0.5), n];
    },
  },
  leakyReluBackward: {
    within: 4,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n, coarse), pick(r, 0.01, 0.2, 1.5, -0.5), n];
    },
  },
  clamp: {
    within: 0,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), floats(r, n, pick(r, special, coarse)), ...bounds(r), n];
    },
  },
  clampBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      return [floats(r, n), data(r, n), data(r, n, coarse), ...bounds(r), n];
    },
    positive: (dx, dy, x, _min, _max, n) => [dx, dy, x, -Infinity, Infinity, n],
  },
  where: {
    within: 0,
    of: 'value',
    args: (r) => {
      const n = long(r);
      return [blank(n), data(r, n, pick(r, coarse, special)), floats(r, n, special), floats(r, n, special), n];
    },
  },
  whereBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const n = long(r);
      const [da, db] = twoOrOne(r, () => floats(r, n), r.integer(4) === 0);
      return [da, db, data(r, n), data(r, n, coarse), n];
    },
  },

  stridedGather: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const { size, viewed, shape, stride, offset } = view(r);
      return [floats(r, viewed), data(r, size), shape, stride, offset];
    },
  },
  stridedScatter: {
    within: 2,
    of: 'terms',
    args: (r) => {
      const { size, viewed, shape, stride, offset } = view(r);
      return [floats(r, size), data(r, viewed), shape, stride, offset];
    },
  },
  gather: {
    within: 0,
    of: 'value',
    args: (r) => {
      const [outer, n, m, inner] = [few(r, 4), few(r), r.integer(12), long(r)];
      return [blank(outer * m * inner), data(r, outer * n * inner), integers(r, m, n), outer, n, m, inner];
    },
  },
  gatherBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const [outer, n, m, inner] = [few(r, 4), few(r), r.integer(12), long(r)];
      return [floats(r, outer * n * inner), data(r, outer * m * inner), integers(r, m, n), outer, n, m, inner];
    },
  },

  max: {
    within: 0,
    of: 'value',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const argmax = new Int32Array(outer * inner);
      return [
        blank(outer * inner),
        argmax,
        data(r, outer * n * inner, pick(r, normal, coarse, special)),
        outer,
        n,
        inner,
      ];
    },
  },
  maxBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const n2 = outer * inner;
      return [floats(r, n2 * n), data(r, n2), integers(r, n2, n), outer, n, inner];
    },
  },
  softmax: along(40), // of e^(x - maximum), where float32 rounds the difference
  softmaxBackward: {
    within: 4,
    of: 'largest',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const size = outer * n * inner;
      return [floats(r, size), data(r, size), shares(r, outer, n, inner), outer, n, inner];
    },
  },
  logSoftmax: along(20),
  logSoftmaxBackward: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const size = outer * n * inner;
      return [floats(r, size), data(r, size), shares(r, outer, n, inner).map(Math.log), outer, n, inner];
    },
  },

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

  lstm: {
    within: 80,
    of: 'one',
    args: (r) => {
      const { step, y, D, H, x, weights, initial, sizes } = recurrent(r);
      const inputs = [data(r, x), weights(D), weights(H), floats(r, 4 * H), floats(r, 4 * H)] as const;
      return [blank(y), blank(step), blank(4 * step), ...inputs, initial(), initial(), ...sizes];
    },
  },
  lstmBackward: {
    within: 20,
    of: 'terms',
    args: (r) => {
      const { step, y, D, H, B, x, weights, initial, sizes } = recurrent(r);
      const gates = floats(r, 4 * step, between(0.01, 1));
      for (let i = 0; i < gates.length; i++) if (Math.floor(i / H) % 4 === 2) gates[i] = r.uniform(-1, 1);
      const [h0, c0] = [initial(), initial()];
      const gradient = (n: number): Vec | null => perhaps(r, floats(r, n));
      return [
        ...([gradient(x), gradient(4 * H * D), gradient(4 * H * H), gradient(4 * H), gradient(4 * H)] as const),
        ...([h0 && gradient(B * H), c0 && gradient(B * H)] as const),
        // A NaN there spoils what JavaScript leaves at 0: the forget gate of a first step that has no cell to forget.
        ...([perhaps(r, c0 ? data(r, y) : floats(r, y)), perhaps(r, floats(r, B * H))] as const),
        ...([
          floats(r, y, between(-1, 1)),
          floats(r, step),
          gates,
          floats(r, x),
          weights(D),
          weights(H),
          h0,
          c0,
        ] as const),
        ...sizes,
      ];
    },
  },

  gruStep: {
    within: 8,
    of: 'one',
    args: (r) => {
      const [B, H] = [few(r, 6), few(r, 20)];
      const gates = data(r, 3 * B * H, (random) => random.normal(0, 2));
      return [blank(B * H), gates, floats(r, 3 * B * H), perhaps(r, floats(r, B * H, between(-1, 1))), B, H];
    },
  },
  gruStepBackward: {
    within: 8,
    of: 'largest',
    args: (r) => {
      const [B, H] = [few(r, 6), few(r, 20)];
      const gates = floats(r, 3 * B * H, between(0.01, 1));
      for (let i = 0; i < gates.length; i++) if (Math.floor(i / H) % 3 === 2) gates[i] = r.uniform(-1, 1);
      const [dy, h] = [perhaps(r, data(r, B * H)), perhaps(r, floats(r, B * H, between(-1, 1)))];
      return [floats(r, B * H), gates, floats(r, 3 * B * H), dy, h, B, H];
    },
  },

  attentionPool: {
    within: 24,
    of: 'largest',
    args: (r) => {
      const [T, B, D] = [pick(r, few(r), some(r)), few(r), few(r, 40)];
      const values = data(r, T * B * D);
      const [keys, E] = r.integer(2) === 0 ? [values, D] : [floats(r, T * B * 7), 7]; // keys and values may be one
      return [blank(B * D), blank(T * B), values, keys, floats(r, E), T, B, D, E];
    },
  },
  attentionPoolBackward: {
    within: 20,
    of: 'largest',
    args: (r) => {
      const [T, B, D] = [pick(r, few(r), some(r)), few(r), few(r, 40)];
      const same = r.integer(2) === 0;
      const values = floats(r, T * B * D);
      const [keys, E] = same ? [values, D] : [floats(r, T * B * 7), 7];
      const w = floats(r, E);
      const dvalues = perhaps(r, floats(r, T * B * D));
      const dkeys = same ? dvalues : perhaps(r, floats(r, T * B * E));
      const alpha = shares(r, 1, T, B);
      const gradients = [dvalues, dkeys, perhaps(r, floats(r, E))] as const;
      return [...gradients, data(r, B * D), alpha, values, keys, w, T, B, D, E];
    },
  },

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

  mineSemiHard: mining(js.mineSemiHard),
  mineViolating: mining(js.mineViolating),
  mineNearestSemiHard: mining(js.mineNearestSemiHard),
  mineSemiHardOrFarthest: mining(js.mineSemiHardOrFarthest),
  mineBatchHard: mining(js.mineBatchHard),
  mineAllTriplets: mining(js.mineAllTriplets),
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

  sumOfSquares: {
    within: 1e-6,
    of: 'value',
    args: (r) => {
      const n = long(r);
      const factor = pick(r, 1, 1e25); // squares overflow float32
      return [data(r, n, (random) => factor * random.normal()), n];
    },
  },
  adamw: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const moments = [floats(r, n), floats(r, n, between(0, 2))] as const;
      const options = [pick(r, 1e-4, 1e-2), 0.9, 0.999, 1e-8, pick(r, 0, 0.01), pick(r, 1, 2, 1000)] as const;
      return [floats(r, n), ...moments, data(r, n), n, ...options];
    },
  },
  sgd: {
    within: 5,
    of: 'largest',
    args: (r) => {
      const n = long(r);
      const step = few(r, 2);
      const velocity = step === 1 ? blank(n) : floats(r, n); // the first step does not read it
      const options = [pick(r, 1e-3, 0.1), pick(r, 0, 0.9), r.integer(2) === 0, pick(r, 0, 0.01), step] as const;
      return [floats(r, n), velocity, data(r, n), n, ...options];
    },
  },
});
