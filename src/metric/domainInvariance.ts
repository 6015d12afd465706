import { argument, asTensor } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import { defineOp } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { affine, square, sub } from '../ops/elementwise.ts';
import { linear } from '../ops/linear.ts';
import { transpose } from '../ops/movement.ts';
import { mean, sum } from '../ops/reduce.ts';

/**
 * CORAL, how far the second moments of two domains' features are from each other: with C_a and C_b the covariance matrices of the
 * features, divided by n - 1,
 *
 *   loss = ||C_a - C_b||^2 / (4 D^2)   (Frobenius norm).
 *
 * Added to a loss by the labels of one domain, it aligns the features of both, without any label of the other. Covariances of
 * features of unit length are of the order of 1 / D, and the loss is then so small that a weight of thousands may be needed.
 *
 * @param a (N,D) of one domain, such as the database with labels; N >= 2
 * @param b (M,D) of the other; M >= 2
 * @throws ShapeError if D differs, or a domain has one sample
 * @see Sun and Saenko, "Deep CORAL: Correlation alignment for deep domain adaptation", ECCV 2016 Workshops
 * @example
 *     declare const [embedder, head]: [Embedder, MlpClassifier];
 *     declare const [labelled, unlabelled]: [Dataset, Dataset];
 *     const z = embedder.forward(labelled.x);
 *     const distance = coralLoss(z, embedder.forward(unlabelled.x));
 *     backward(add(crossEntropy(head.forward(z), labelled.labels), affine(distance, 1000)));
 */
export function coralLoss(a: TensorLike, b: TensorLike): Tensor {
  const op = 'coralLoss';
  const [x, y] = [argument(op, 'a', a), argument(op, 'b', b)];
  if (x.dtype !== y.dtype) throw new ShapeError(`${op}: expected b of ${x.dtype} as a, got ${y.dtype}`);
  const { D, N } = expectShape<'N' | 'D'>(op, 'a (N,D)', x.shape);
  const { M } = expectShape<'M' | 'D'>(op, 'b (M,D)', y.shape, { D });
  for (const [name, n] of Object.entries({ a: N, b: M }))
    if (n < 2) throw new ShapeError(`${op}: expected at least 2 samples in ${name}, got ${n}`);
  return affine(sum(square(sub(covariance(x), covariance(y)))), 1 / (4 * D * D));
}

/** (D,D) of x (N,D). */
function covariance(x: Tensor): Tensor {
  const centred = transpose(sub(x, mean(x, { axis: 0, keepDims: true })));
  return affine(linear(centred, centred), 1 / (x.shape[0] - 1));
}

const gradientReversalOp = defineOp('gradientReversal', (x: Tensor, weight: number) => {
  const y = empty(x.shape, x.dtype);
  y.data.set(x.data);
  return { inputs: [x], output: y, vjp: (dy, [dx]) => dx && kernels(x.dtype).axpy(dx, -weight, dy, dy.length) };
});

/**
 * The same values, with a gradient of the other sign: y = x, dx = -weight dy. The domain classifier behind it learns to
 * distinguish domains, and the layers before it learn domain-invariant features.
 *
 * @param x of any shape
 * @param options.weight at least 0, 1 by default
 * @throws ArgumentError for a weight below 0 or not finite
 * @see Ganin and Lempitsky, "Unsupervised domain adaptation by backpropagation", ICML 2015
 * @example
 *     declare const [z, domains]: [Tensor, Int32Array];
 *     declare const domainHead: MlpClassifier;
 *     const loss = crossEntropy(domainHead.forward(gradientReversal(z, { weight: 0.1 })), domains);
 */
export function gradientReversal(x: TensorLike, options: { weight?: number } = {}): Tensor {
  checkOptions('gradientReversal', options, [], ['weight']);
  const { weight = 1 } = options;
  checkRange('gradientReversal', 'weight', weight, 0);
  return gradientReversalOp(asTensor('gradientReversal', x), weight);
}
