import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { checkShape, type Shape } from '../core/shape.ts';
import { layerNorm } from '../ops/layerNorm.ts';
import { constant } from './init.ts';
import { Layer } from './module.ts';

/** Layer normalisation of x (...,normalizedShape) over its last axes; see `layerNorm`. */
export class LayerNorm extends Layer {
  readonly normalizedShape: Shape;
  /** of shape normalizedShape, or null with `elementwiseAffine: false` */
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly eps: number;

  /**
   * @param normalizedShape sizes of the axes to normalise over, or the size of the last axis
   * @param options.eps 1e-5 by default
   * @param options.elementwiseAffine whether there are a weight and a bias, true by default
   */
  constructor(normalizedShape: number | Shape, options: { eps?: number; elementwiseAffine?: boolean } = {}) {
    super();
    const op = 'LayerNorm';
    const shape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    checkKind(op, 'normalizedShape', shape, 'array');
    for (const size of shape.length > 0 ? shape : [undefined]) checkCount(op, 'normalizedShape', size, 1);
    checkShape(op, shape);
    checkOptions(op, options, [], ['eps', 'elementwiseAffine']);
    const { eps = 1e-5, elementwiseAffine = true } = options;
    checkRange(op, 'eps', eps, 0);
    checkKind(op, 'elementwiseAffine', elementwiseAffine, 'flag');
    this.normalizedShape = [...shape];
    this.weight = elementwiseAffine ? constant(shape, 1) : null;
    this.bias = elementwiseAffine ? constant(shape, 0) : null;
    this.eps = eps;
  }

  forward(x: TensorLike): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }
}
