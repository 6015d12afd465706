import { newVec } from '../autograd/creation.ts';
import { Tensor } from '../autograd/tensor.ts';
import { sizeOf } from '../core/shape.ts';

/** Samples `from` up to, not including, `to` of x (N,...), in x's memory. */
export function viewRows({ data, shape: [, ...sample] }: Tensor, from: number, to: number): Tensor {
  const size = sizeOf(sample);
  return new Tensor(data.subarray(from * size, to * size), [to - from, ...sample]);
}

/** The samples of x (N,...) at the given positions, in that order, copied. */
export function takeRows({ data, dtype, shape: [, ...sample] }: Tensor, positions: Int32Array): Tensor {
  const size = sizeOf(sample);
  const taken = newVec(dtype, positions.length * size);
  positions.forEach((from, i) => {
    taken.set(data.subarray(from * size, (from + 1) * size), i * size);
  });
  return new Tensor(taken, [positions.length, ...sample]);
}

/** Tensors (n_i,...) concatenated, copied. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  const rows = parts.reduce((sum, { shape: [n] }) => sum + n, 0);
  const shape = [rows, ...first.shape.slice(1)];
  const data = newVec(first.dtype, sizeOf(shape));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.size;
  }
  return new Tensor(data, shape);
}
