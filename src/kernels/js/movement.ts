import type { In, Kernels, Vec } from '../types.ts';

// y (shape) += x seen through stride from offset
export function stridedGather(
  y: Vec,
  x: In,
  shape: readonly number[],
  stride: readonly number[],
  offset: number,
  axis = 0,
  from = 0,
): number {
  if (axis === shape.length) {
    y[from] += x[offset];
    return from + 1;
  }
  const n = shape[axis];
  const step = stride[axis];
  if (axis < shape.length - 1) {
    for (let i = 0; i < n; i++) from = stridedGather(y, x, shape, stride, offset + i * step, axis + 1, from);
    return from;
  }
  for (let i = 0; i < n; i++) y[from + i] += x[offset + i * step];
  return from + n;
}

// y seen through stride from offset += x (shape); values that an axis of stride 0 adds to one element are first summed in float64
export const stridedScatter: Kernels['stridedScatter'] = (y, x, shape, stride, offset) => {
  let size = 1;
  for (const n of shape) size *= n;
  if (size > 0) scatter(y, x, shape, stride, stride.lastIndexOf(0), size, offset, 0, size, 0);
};

// The axes from `axis` on, which take up `block` elements of x from `from`; `last` is the last axis of stride 0, or -1.
function scatter(
  y: Vec,
  x: In,
  shape: readonly number[],
  stride: readonly number[],
  last: number,
  size: number,
  offset: number,
  axis: number,
  block: number,
  from: number,
): void {
  if (axis === shape.length) {
    y[offset] += last < 0 ? x[from] : total(x, shape, stride, last, 0, size, from);
    return;
  }
  const n = stride[axis] === 0 ? 1 : shape[axis];
  const inner = block / shape[axis];
  const step = stride[axis];
  if (axis === shape.length - 1 && last < 0) for (let i = 0; i < n; i++) y[offset + i * step] += x[from + i];
  else
    for (let i = 0; i < n; i++)
      scatter(y, x, shape, stride, last, size, offset + i * step, axis + 1, inner, from + i * inner);
}

// The sum of x over the axes of stride 0.
function total(
  x: In,
  shape: readonly number[],
  stride: readonly number[],
  last: number,
  axis: number,
  block: number,
  from: number,
): number {
  const n = shape[axis];
  const inner = block / n;
  if (stride[axis] !== 0) return total(x, shape, stride, last, axis + 1, inner, from);
  let sum = 0;
  if (axis === last) for (let i = 0; i < n; i++) sum += x[from + i * inner];
  else for (let i = 0; i < n; i++) sum += total(x, shape, stride, last, axis + 1, inner, from + i * inner);
  return sum;
}

// y (outer,m,inner) = x (outer,n,inner) at index (m)
export const gather: Kernels['gather'] = (y, x, index, outer, n, m, inner) => {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < m; j++) {
      const from = (o * n + index[j]) * inner;
      const to = (o * m + j) * inner;
      for (let i = 0; i < inner; i++) y[to + i] = x[from + i];
    }
};

// dx (outer,n,inner) at index (m) += dy (outer,m,inner)
export const gatherBackward: Kernels['gatherBackward'] = (dx, dy, index, outer, n, m, inner) => {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < m; j++) {
      const to = (o * n + index[j]) * inner;
      const from = (o * m + j) * inner;
      for (let i = 0; i < inner; i++) dx[to + i] += dy[from + i];
    }
};
