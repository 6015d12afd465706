import type { Kernels } from '../types.ts';
import { bind, type Kernel, type Room } from './bind.ts';
import { type Instance, LIMIT, LOW_BYTES, PAGE } from './instantiate.ts';

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
  clamp: 'wr',
  clampBackward: 'wrr',
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
  gelu: 'wr',
  geluBackward: 'wrr',
  geluTanh: 'wr',
  geluTanhBackward: 'wrr',
  gemm: 'wrr',
  gruStep: 'wwrr',
  gruStepBackward: 'wwwrr',
  l2Normalize: 'wwr',
  l2NormalizeBackward: 'wrrr',
  leakyRelu: 'wr',
  leakyReluBackward: 'wrr',
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
  mineSemiHardOrFarthest: 'wwwrr',
  mineViolating: 'wwwrr',
  mul: 'wrr',
  multiplyAdd: 'wrr',
  relu: 'wr',
  reluBackward: 'wrr',
  sgd: 'wwr',
  sigmoid: 'wr',
  sigmoidBackward: 'wrr',
  silu: 'wr',
  siluBackward: 'wrr',
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
  where: 'wrrr',
  whereBackward: 'wwrr',
} as const satisfies Partial<Record<keyof Kernels, string>>;

/** Names of the kernels that run in WebAssembly; the others are JavaScript's. */
export const nativeKernels = /* @__PURE__ */ Object.keys(ACCESS) as readonly (keyof Kernels)[];

/**
 * The table of kernels in which those of ACCESS run in WebAssembly.
 *
 * A call that finds no room, because a scope has outgrown the memory, runs in a spare instance of the same code, whose
 * memory holds nothing between two calls and so may grow at any time: its bits are the same. Where the engine has no
 * memory for that either, the kernel of `fallback` runs.
 */
export function wasmKernels(instance: Instance, room: Room, fallback: Kernels): Kernels {
  let spare: Kernels | null = null;
  const outgrown = (): Kernels => {
    if (spare) return spare;
    const other = instance.again();
    spare = bindAll(other, growing(other.memory), (name) => fallback[name] as Kernel);
    return spare;
  };
  const native = bindAll(
    instance,
    room,
    (name) =>
      (...args) =>
        (outgrown()[name] as Kernel)(...args),
  );
  return Object.freeze({ ...fallback, ...native });
}

function bindAll({ functions, memory }: Instance, room: Room, fallback: (name: keyof Kernels) => Kernel): Kernels {
  const bound = nativeKernels.map((name) => {
    const access = ACCESS[name as keyof typeof ACCESS];
    return [name, bind(functions[name], functions[`${name}Work`], access, memory, room, fallback(name))];
  });
  return Object.fromEntries(bound);
}

/** A memory in which nothing is alive between two calls. */
function growing(memory: Instance['memory']): Room {
  return {
    get buffer() {
      return memory.buffer;
    },
    reserve(bytes) {
      const end = LOW_BYTES + bytes;
      if (end > LIMIT) return -1;
      try {
        if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
      } catch {
        return -1;
      }
      return LOW_BYTES;
    },
  };
}
