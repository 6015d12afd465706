import type { Tensor } from '../autograd/tensor.ts';
import type { RandomState } from '../core/random.ts';
import type { SamplerState } from '../data/sampler.ts';

/** Where training stands after a round: numbers that JSON can hold, and tensors. */
export interface TrainingState {
  numbers: Record<string, unknown>;
  tensors: Record<string, Tensor>;
}

/** What a trainer's numbers hold, all of it plain data. */
export interface Numbers {
  trainer: string;
  round: number;
  done: number;
  optimizer: number;
  /** absent from states of before they were noted */
  optimizerKind?: string;
  optimizerSteps?: readonly number[];
  best: number | null;
  tie: number;
  averaged: number | null;
  sampler: SamplerState;
  random: RandomState;
  dropout: RandomState[];
  own: unknown;
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
