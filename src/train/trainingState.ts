import type { Tensor } from '../autograd/tensor.ts';

/** The state of training after an iteration: numbers that JSON can hold, and tensors. */
export interface TrainingState {
  numbers: Record<string, unknown>;
  tensors: Record<string, Tensor>;
}

/** Tensors under names that begin with `prefix` and a dot. */
export function prefixed(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]));
}

/** Those of the tensors whose names begin so, under what follows. */
export function unprefixed(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(own.map(([name, t]) => [name.slice(prefix.length + 1), t]));
}
