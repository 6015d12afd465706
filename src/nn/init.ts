import { Parameter } from '../autograd/tensor.ts';
import type { Random } from '../core/random.ts';
import { checkShape, type Shape, sizeOf } from '../core/shape.ts';

let drawing = true;

/** Makes a module whose parameters are 0 instead of drawn, for weights that were saved: PyTorch's `skip_init`. */
export function withoutDrawing<M>(make: () => M): M {
  const before = drawing;
  drawing = false;
  try {
    return make();
  } finally {
    drawing = before;
  }
}

/** A parameter drawn uniformly from [-bound, bound]; `op` is the layer it belongs to. */
export function uniform(op: string, shape: Shape, bound: number, random: Random): Parameter {
  checkShape(op, shape); // before memory is allocated
  const data = new Float32Array(sizeOf(shape));
  if (drawing) for (let i = 0; i < data.length; i++) data[i] = random.uniform(-bound, bound);
  return new Parameter(data, shape);
}

/** A parameter filled with one value. */
export function constant(shape: Shape, value: number): Parameter {
  return new Parameter(new Float32Array(sizeOf(shape)).fill(value), shape);
}

/**
 * The bound of PyTorch's default for linear and convolutional layers, 1 / sqrt(fan-in): Kaiming's uniform
 * initialisation with a = sqrt(5) (He et al., ICCV 2015). The fan-in is the number of inputs of one output.
 */
export function fanInBound(weight: Shape): number {
  return 1 / Math.sqrt(sizeOf(weight.slice(1)));
}
