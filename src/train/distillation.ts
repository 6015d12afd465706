import { argument, asTensor } from '../autograd/argument.ts';
import { noGrad } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape, formatShape, sameShape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { predict } from '../models/predict.ts';
import { checkTemperature } from '../models/temperature.ts';
import type { Layer } from '../nn/module.ts';
import { add, affine, mul, sub } from '../ops/elementwise.ts';
import { logSoftmax, softmax, sum } from '../ops/reduce.ts';

/** A classifier that another learns from, such as an ensemble that is too large for where the other will run. */
export interface Teacher {
  /** gives the logits (B,K) of the same samples; it is not changed */
  model: Layer;
  /** part of the loss that is the distance from the teacher; the labels have the rest
   * @defaultValue 0.5 */
  weight?: number;
  /** T of `distillationLoss`
   * @defaultValue 2 */
  temperature?: number;
}

/**
 * How far a model's probabilities are from a teacher's, as a mean over the batch: with p and q the softmax of the teacher's
 * and of the model's logits, each divided by a temperature T,
 *
 *   T^2 sum_k p_k log(p_k / q_k).
 *
 * A higher temperature shows more of which wrong classes the teacher finds likely; T^2 keeps gradients at one scale. No
 * gradient reaches the teacher.
 *
 * @param logits (B,K)
 * @param teacherLogits (B,K)
 * @param options.temperature 2 by default
 * @throws ShapeError if sizes differ, ArgumentError for a temperature below 1e-6 or not finite
 * @see Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015
 * @example
 *     declare const [teacher, student, x]: [Layer, Layer, Tensor];
 *     backward(distillationLoss(student.forward(x), predict(teacher, x)));
 */
export function distillationLoss(
  logits: TensorLike,
  teacherLogits: TensorLike,
  options: { temperature?: number } = {},
): Tensor {
  const op = 'distillationLoss';
  const z = argument(op, 'logits', logits);
  const t = argument(op, 'teacherLogits', teacherLogits);
  checkOptions(op, options, [], ['temperature']);
  const { temperature: T = 2 } = options;
  checkTemperature(op, T);
  const { B } = expectShape<'B' | 'K'>(op, 'logits (B,K)', z.shape);
  if (!sameShape(z.shape, t.shape))
    throw new ShapeError(`${op}: expected teacherLogits ${formatShape(z.shape)}, got ${formatShape(t.shape)}`);
  const [p, logP] = noGrad(() => [softmax(affine(t, 1 / T)), logSoftmax(affine(t, 1 / T))]);
  return affine(sum(mul(p, sub(logP, logSoftmax(affine(z, 1 / T))))), (T * T) / B);
}

/** Throws unless a teacher is usable. */
export function checkTeacher(op: string, teacher: Teacher): void {
  checkOptions(`${op}.teacher`, teacher, ['model'], ['weight', 'temperature']);
  const { model, weight, temperature } = teacher;
  checkKind(`${op}.teacher`, 'model', model, 'layer');
  if (weight !== undefined) checkRange(`${op}.teacher`, 'weight', weight, 0, 1);
  if (temperature !== undefined) checkTemperature(`${op}.teacher`, temperature);
}

/** A loss by labels, in part replaced by the distance of the logits from the teacher's. */
export function taught(
  op: string,
  { model, weight = 0.5, temperature }: Teacher,
  loss: Tensor,
  logits: Tensor,
  { x, context }: Dataset,
): Tensor {
  const own = asTensor(op, predict(model, x, { context, batchSize: logits.shape[0] }));
  return add(affine(loss, 1 - weight), affine(distillationLoss(logits, own, { temperature }), weight));
}
