import type { Tensor } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { ArgumentError, DataError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { checkSameDType } from '../nn/module.ts';
import { MlpClassifier } from './mlpClassifier.ts';

/** Throws unless these are embeddings for a classifier, with a class each; there may be none. */
export function checkFewLabels(
  op: string,
  classifier: MlpClassifier,
  x: Tensor,
  labels: ArrayLike<number>,
): { x: Tensor; N: number; D: number; K: number } {
  checkKind(op, 'classifier', classifier, 'layer');
  if (!(classifier instanceof MlpClassifier))
    throw new ArgumentError(`${op}: expected classifier to be an MlpClassifier, got another layer`);
  const { inFeatures: D, classes: K } = classifier.config;
  const { N } = expectShape<'N' | 'D'>(op, 'z (N,D)', x.shape, { D });
  checkSameDType(op, 'z', x, classifier);
  checkLabels(op, 'labels', labels, N);
  for (let i = 0; i < N; i++)
    if (!(labels[i] >= 0 && labels[i] < K))
      throw new ArgumentError(`${op}: expected labels from 0 to ${K - 1}, got ${labels[i]} at position ${i}`);
  const wrong = x.data.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0)
    throw new DataError(`${op}: expected finite z, got ${x.data[wrong]} at position ${Math.floor(wrong / D)}`);
  return { x, N, D, K };
}
