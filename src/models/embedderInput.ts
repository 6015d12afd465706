import { argument } from '../autograd/argument.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { reshape } from '../ops/movement.ts';
import type { EmbedderConfig } from './embedderConfig.ts';

/** Signals (B,C,L), given so or, with one lead, as (B,L). */
export function signalsOf({ length, inChannels }: EmbedderConfig, x: TensorLike): Tensor {
  let t = argument('Embedder', 'x', x);
  const { shape } = t;
  if (shape.length === 2 && inChannels === 1) t = reshape(t, [shape[0], 1, shape[1]]);
  if (t.shape.length !== 3 || t.shape[1] !== inChannels || t.shape[2] !== length)
    throw new ShapeError(`Embedder: expected x (B,C,L) with C=${inChannels} L=${length}, got ${formatShape(shape)}`);
  return t;
}

/** The context (B,F) of B signals; null for an embedder that takes none. */
export function contextOf(
  { contextFeatures: F }: EmbedderConfig,
  context: TensorLike | undefined,
  B: number,
): Tensor | null {
  if (F === 0 && context === undefined) return null;
  const numbers = context === undefined ? undefined : argument('Embedder', 'context', context);
  if (numbers?.shape.length !== 2 || numbers.shape[0] !== B || numbers.shape[1] !== F)
    throw new ShapeError(
      `Embedder: expected context (B,F) with B=${B} F=${F}, got ${numbers ? formatShape(numbers.shape) : 'none'}`,
    );
  return numbers;
}
