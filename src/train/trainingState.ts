import type { Tensor } from '../autograd/tensor.ts';

/** The state of training after an iteration: numbers that JSON can hold, and tensors. */
export interface TrainingState {
  numbers: Record<string, unknown>;
  tensors: Record<string, Tensor>;
}

/** Tensors with `prefix` and a dot before their names. */
export function prefixed(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]));
}

/** The tensors whose names begin with `prefix` and a dot, with these removed. */
export function unprefixed(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(own.map(([name, t]) => [name.slice(prefix.length + 1), t]));
}
