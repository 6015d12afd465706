import { Random, type Shape, type Tensor, zeros } from 'dynaecg';
import type { Vec } from 'dynaecg/kernels';

/** Whatever a workload gives: floats, or positions. */
export type Elements = Vec | Int32Array;

/** A piece of work that is small enough to be run many times, and what it should come to. */
export interface Workload {
  name: string;
  /** floating-point operations of one run, where multiply-adds make up nearly all of it */
  flops?: number;
  /** Makes the operands, in the scope that it is called in, and the same on every backend. */
  make: () => Made;
}

export interface Made {
  run: () => Elements[];
  /** The same by plain loops in float64; left out where one backend is what the other is compared with. */
  expected?: () => ArrayLike<number>[];
}

/** A tensor of normal numbers, in the memory of the scope where there is one, as in training. */
export function normal(shape: Shape, options: { seed: string; deviation?: number; requiresGrad?: boolean }): Tensor {
  const { seed, deviation = 1, requiresGrad = false } = options;
  const random = new Random(seed);
  const x = zeros(shape, { requiresGrad });
  for (let i = 0; i < x.data.length; i++) x.data[i] = random.normal(0, deviation);
  return x;
}

/** The gradients that `run` leaves in leaves, which begin without. */
export function gradients(leaves: readonly Tensor[], run: () => void): Elements[] {
  for (const leaf of leaves) leaf.grad = null;
  run();
  return leaves.map(({ grad }) => (grad as Tensor).data);
}
