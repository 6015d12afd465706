import type { ACCESS } from '../access.ts';
import { conv1dBackwardPlan } from './convolutionPlan.ts';
import { lstmBackwardPlan, lstmPlan } from './lstmPlan.ts';
import { byUnits, type Plan, pieceSize, run, type Units } from './plan.ts';

const FLOAT = 4; // bytes
const VECTOR = 64; // elements: sixteen vectors, so that no piece begins inside one
const PANELS = 32; // columns of a product that are packed together
const ROWS = 40; // of a product at least, whose panels each piece packs for itself

// Multiply-adds that take as long as one element.
const SIMPLE = 8;
const TRANSCENDENTAL = 32;
const REPULSION = 2; // a cell and a point, of which most cells are never met

type Name = keyof typeof ACCESS;
type Sizes = (args: readonly number[]) => Units;

/** By elements, of which each of the arrays has n. */
const elements = (counted: number, arrays: readonly number[], cost = SIMPLE): Sizes => {
  const steps = Object.fromEntries(arrays.map((i) => [i, FLOAT]));
  return (args) => ({ counted, units: args[counted], cost, arrays: steps, multiple: VECTOR });
};
const unary = (cost = SIMPLE): Sizes => elements(2, [0, 1], cost);
const unaryBackward = (cost = SIMPLE): Sizes => elements(3, [0, 1, 2], cost);
const binary = elements(3, [0, 1, 2]);

/** By planes before an axis, of arrays (outer,n,inner). */
const planes = (counted: number, arrays: readonly number[], cost = TRANSCENDENTAL): Sizes => {
  return (args) => {
    const plane = args[counted + 1] * args[counted + 2];
    const steps = Object.fromEntries(arrays.map((i) => [i, FLOAT * plane]));
    return { counted, units: args[counted], cost: cost * plane, arrays: steps };
  };
};

/** By rows of a, or columns of b where there are many more. */
const gemm: Sizes = ([, , ldc, , , lda, , , ldb, M, N, K, transposeA, transposeB]) => {
  if (M * PANELS < N * ROWS) {
    const offsets: Record<number, number> = { 1: 1, 7: transposeB ? ldb : 1 };
    return { counted: 10, units: N, cost: M * K, arrays: {}, offsets, multiple: PANELS };
  }
  const offsets: Record<number, number> = { 1: ldc, 4: transposeA ? 1 : lda };
  return { counted: 9, units: M, cost: N * K, arrays: {}, offsets, multiple: ROWS };
};

const SIZES: Partial<Record<Name, Sizes>> = {
  adamw: elements(4, [0, 1, 2, 3], TRANSCENDENTAL),
  sgd: elements(3, [0, 1, 2]),
  axpy: elements(3, [0, 2]),
  affine: elements(4, [0, 1]),
  multiplyAdd: binary,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  divBackward: elements(5, [0, 1, 2, 3, 4]),
  where: elements(4, [0, 1, 2, 3]),
  whereBackward: elements(4, [0, 1, 2, 3]),
  leakyRelu: elements(3, [0, 1]),
  leakyReluBackward: elements(4, [0, 1, 2]),
  clamp: elements(4, [0, 1]),
  clampBackward: elements(5, [0, 1, 2]),
  abs: unary(),
  absBackward: unaryBackward(),
  relu: unary(),
  reluBackward: unaryBackward(),
  sqrt: unary(),
  sqrtBackward: unaryBackward(),
  square: unary(),
  squareBackward: unaryBackward(),
  exp: unary(TRANSCENDENTAL),
  expBackward: unaryBackward(),
  log: unary(TRANSCENDENTAL),
  logBackward: unaryBackward(),
  sigmoid: unary(TRANSCENDENTAL),
  sigmoidBackward: unaryBackward(),
  tanh: unary(TRANSCENDENTAL),
  tanhBackward: unaryBackward(),
  silu: unary(TRANSCENDENTAL),
  siluBackward: unaryBackward(TRANSCENDENTAL),
  gelu: unary(TRANSCENDENTAL),
  geluBackward: unaryBackward(TRANSCENDENTAL),
  geluTanh: unary(TRANSCENDENTAL),
  geluTanhBackward: unaryBackward(TRANSCENDENTAL),
  softmax: planes(2, [0, 1]),
  softmaxBackward: planes(3, [0, 1, 2]),
  logSoftmax: planes(2, [0, 1]),
  logSoftmaxBackward: planes(3, [0, 1, 2]),
  gemm,
  conv1d: ([, , , , B, C, L, O, P, K, , , , groups]) => ({
    counted: 4,
    units: B,
    cost: (O * P * C * K) / groups,
    arrays: { 0: FLOAT * O * P, 1: FLOAT * C * L },
  }),
  maxPool1d: ([, , , B, L, P]) => ({
    counted: 3,
    units: B,
    cost: SIMPLE * L,
    arrays: { 0: FLOAT * P, 1: FLOAT * P, 2: FLOAT * L },
  }),
  maxPool1dBackward: ([, , , B, L, P]) => ({
    counted: 3,
    units: B,
    cost: SIMPLE * L,
    arrays: { 0: FLOAT * L, 1: FLOAT * P, 2: FLOAT * P },
  }),
  batchNorm: ([, , , , , , B, C, L]) => ({
    counted: 6,
    units: B,
    cost: SIMPLE * C * L,
    arrays: { 0: FLOAT * C * L, 1: FLOAT * C * L },
  }),
  batchNormReluPool: ([, , , , , , B, C, L, pool]) => ({
    counted: 6,
    units: B,
    cost: SIMPLE * C * L,
    arrays: { 0: FLOAT * C * Math.floor(L / pool), 1: FLOAT * C * L },
  }),
  gruStep: ([, , , , B, H]) => ({
    counted: 4,
    units: B,
    cost: 3 * TRANSCENDENTAL * H,
    arrays: { 0: FLOAT * H, 1: 3 * FLOAT * H, 2: 3 * FLOAT * H, 3: FLOAT * H },
  }),
  gruStepBackward: ([, , , , , B, H]) => ({
    counted: 5,
    units: B,
    cost: 3 * TRANSCENDENTAL * H,
    arrays: { 0: FLOAT * H, 1: 3 * FLOAT * H, 2: 3 * FLOAT * H, 3: FLOAT * H, 4: FLOAT * H },
  }),
  l2Normalize: ([, , , B, D]) => ({
    counted: 3,
    units: B,
    cost: SIMPLE * D,
    arrays: { 0: FLOAT * D, 1: FLOAT, 2: FLOAT * D },
  }),
  l2NormalizeBackward: ([, , , , B, D]) => ({
    counted: 4,
    units: B,
    cost: SIMPLE * D,
    arrays: { 0: FLOAT * D, 1: FLOAT * D, 2: FLOAT * D, 3: FLOAT },
  }),
  repulsion: ([, , , , , , , , , , L, cells, N]) => ({
    counted: 10,
    units: L,
    cost: Math.ceil((REPULSION * Math.min(N, cells) * N) / L),
    arrays: { 1: 2 * FLOAT, 2: FLOAT },
  }),
  squaredEuclidean: ([, , , M, N, D]) => ({
    counted: 3,
    units: M,
    cost: 2 * N * D,
    arrays: { 0: FLOAT * N, 1: FLOAT * D },
  }),
};

/** The number of channels of a piece comes last, since all of them are needed to walk from sample to sample. */
const CHANNELS: Partial<Record<Name, Sizes>> = {
  batchNormStatistics: ([, , , B, C, L]) => ({
    counted: 6,
    units: C,
    cost: SIMPLE * B * L,
    arrays: { 0: FLOAT, 1: FLOAT, 2: FLOAT * L },
  }),
  batchNormBackward: ([, , , , , , , , B, C, L]) => ({
    counted: 12,
    units: C,
    cost: 2 * SIMPLE * B * L,
    arrays: { 0: FLOAT * L, 1: FLOAT, 2: FLOAT, 3: FLOAT * L, 4: FLOAT * L, 5: FLOAT, 6: FLOAT, 7: FLOAT },
  }),
  batchNormReluPoolBackward: ([, , , , , , , , , B, C, L, pool]) => {
    const [one, row, pooled] = [FLOAT, FLOAT * L, FLOAT * Math.floor(L / pool)];
    const arrays = { 0: row, 1: one, 2: one, 3: pooled, 4: row, 5: one, 6: one, 7: one, 8: one };
    return { counted: 14, units: C, cost: 4 * SIMPLE * B * L, arrays };
  },
};

/** da by its rows, then db by its rows. */
const squaredEuclideanBackwardPlan: Plan = ({ args, pool }) => {
  const [M, N, D] = args.slice(5);
  const [sizeA, sizeB] = [pieceSize(pool, M, 2 * N * D), pieceSize(pool, N, 2 * M * D)];
  if (sizeA === null && sizeB === null) return null;
  return {
    bytes: 0,
    run([da, db, dd, a, b]) {
      const pulls = (
        to: number,
        x: number,
        y: number,
        m: number,
        n: number,
        mStep: number,
        nStep: number,
        size: number,
      ) =>
        run(pool, {
          kernel: 'squaredEuclideanPulls',
          args: [to, dd, x, y, m, n, D, mStep, nStep],
          steps: { 0: FLOAT * D, 1: mStep, 2: FLOAT * D },
          counted: 4,
          units: m,
          size,
          workspace: 0,
          workspaceBytes: 0,
        });
      if (da) pulls(da, a, b, M, N, FLOAT * N, FLOAT, sizeA ?? M);
      if (db) pulls(db, b, a, N, M, FLOAT, FLOAT * N, sizeB ?? N);
      return 0;
    },
  };
};

const named = (sizes: Partial<Record<Name, Sizes>>, part: boolean): [string, Plan][] =>
  Object.entries(sizes).map(([name, of]) => [name, byUnits(name, of, part)]);

/** How threads share the kernels that can be shared; the others run in the caller's thread alone. */
export const PLANS: ReadonlyMap<string, Plan> = /* @__PURE__ */ new Map([
  ...named(SIZES, false),
  ...named(CHANNELS, true),
  ['conv1dBackward', conv1dBackwardPlan],
  ['lstm', lstmPlan],
  ['lstmBackward', lstmBackwardPlan],
  ['squaredEuclideanBackward', squaredEuclideanBackwardPlan],
]);
