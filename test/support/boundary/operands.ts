/** Tensors that calls take, and why some of them take anything. */
import { Random, type Tensor, tensor } from 'dynaecg';

export const random = (): Random => new Random(1);

/** A tensor of small numbers, another for each shape. */
export const of = (...shape: number[]): Tensor => {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: n }, (_, i) => ((i * 7) % 5) / 4 + 0.1),
    shape,
  );
};

export const leaf = (...shape: number[]): Tensor => {
  const t = of(...shape);
  t.requiresGrad = true;
  return t;
};
export const OPTIONS = 'the defaults';
