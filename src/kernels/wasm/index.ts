import type { Kernels } from '../types.ts';
import { bind, type Kernel, type Room } from './bind.ts';
import type { Instance } from './instantiate.ts';

/**
 * The kernels that have a SIMD twin, and how each uses its arrays, in the order of its arguments: `r` only reads, `w`
 * writes, `-` has no use for it.
 */
const ACCESS = {
  abs: 'wr',
  absBackward: 'wrr',
  adamw: 'wwwr',
  add: 'wrr',
  affine: 'wr',
  attentionPool: 'wwrrr',
  attentionPoolBackward: 'wwwrrrrrw',
  axpy: 'wr',
  batchNorm: 'wrrrrr',
  batchNormBackward: 'wwwrrrrr',
  batchNormReluPool: 'wrrrrr',
  batchNormReluPoolBackward: 'wwwrrrrrr',
  batchNormStatistics: 'wwr',
  conv1d: 'wrrr-',
  conv1dBackward: 'wwwrrr-',
  crossEntropy: 'wwrrr',
  crossEntropyBackward: 'wrrrr',
  div: 'wrr',
  divBackward: 'wwrrr',
  exp: 'wr',
  expBackward: 'wrr',
  gather: 'wrr',
  gatherBackward: 'wrr',
  gemm: 'wrr',
  l2Normalize: 'wwr',
  l2NormalizeBackward: 'wrrr',
  log: 'wr',
  logBackward: 'wrr',
  logSoftmax: 'wr',
  logSoftmaxBackward: 'wrr',
  lstm: 'wwwrrrrrrr',
  lstmBackward: 'wwwwwwwrrw-wrrrrrrrr',
  max: 'wwr',
  maxBackward: 'wrr',
  maxPool1d: 'wwr',
  maxPool1dBackward: 'wrr',
  mineAllTriplets: 'wwwrr',
  mineBatchHard: 'wwwrr',
  mineNearestSemiHard: 'wwwrr',
  mineSemiHard: 'wwwrr',
  mul: 'wrr',
  multiplyAdd: 'wrr',
  relu: 'wr',
  reluBackward: 'wrr',
  sgd: 'wwr',
  sigmoid: 'wr',
  sigmoidBackward: 'wrr',
  softmax: 'wr',
  softmaxBackward: 'wrr',
  sqrt: 'wr',
  sqrtBackward: 'wrr',
  square: 'wr',
  squareBackward: 'wrr',
  squaredEuclidean: 'wrr',
  squaredEuclideanBackward: 'wwrrr',
  stridedGather: 'wr',
  stridedScatter: 'wr',
  sub: 'wrr',
  sumOfSquares: 'r',
  tanh: 'wr',
  tanhBackward: 'wrr',
  tripletHinge: 'wrrrr',
  tripletHingeBackward: 'wrrrrr',
} as const satisfies Partial<Record<keyof Kernels, string>>;

/** Names of the kernels that run in WebAssembly; the others are JavaScript's. */
export const nativeKernels = /* @__PURE__ */ Object.keys(ACCESS) as readonly (keyof Kernels)[];

/**
 * The table of kernels in which those of ACCESS run in WebAssembly.
 *
 * Where there is no room for a call's arrays (see `bind`), the kernel of `fallback` runs.
 */
export function wasmKernels({ exports, memory }: Instance, room: Room, fallback: Kernels): Kernels {
  const native = Object.entries(ACCESS).map(([name, access]) => {
    const twin = fallback[name as keyof Kernels] as Kernel;
    const call = bind(exports[name], exports[`${name}Work`], access, memory, room, twin);
    return [name, call];
  });
  return Object.freeze({ ...fallback, ...Object.fromEntries(native) });
}
