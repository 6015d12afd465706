import type { Parameter } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkRange } from '../core/check.ts';
import { checkParameters } from './optimizer.ts';

/** The Euclidean norm of all gradients as one vector; a parameter that is passed twice counts once. */
export function gradNorm(parameters: readonly Parameter[]): number {
  checkParameters('gradNorm', parameters, 0);
  let squares = 0;
  for (const { grad, dtype } of new Set(parameters))
    if (grad) squares += kernels(dtype).sumOfSquares(grad.data, grad.size);
  return Math.sqrt(squares);
}

/**
 * Scales all gradients by one factor so that their joint norm is at most `maxNorm` (Pascanu, Mikolov and Bengio, 2013).
 *
 * @returns the norm before clipping
 */
export function clipGradNorm(parameters: readonly Parameter[], maxNorm: number): number {
  checkParameters('clipGradNorm', parameters, 0);
  checkRange('clipGradNorm', 'maxNorm', maxNorm, 0);
  const norm = gradNorm(parameters);
  const factor = maxNorm / (norm + 1e-6); // PyTorch's guard against division by zero
  if (factor < 1)
    for (const { grad, dtype } of new Set(parameters))
      if (grad) kernels(dtype).affine(grad.data, grad.data, factor, 0, grad.size);
  return norm;
}
