import type { Vec } from '../types.ts';

// y (shape) += x seen through stride from offset
export function stridedGather(
  y: Vec,
  x: Vec,
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

// y seen through stride from offset += x (shape)
export function stridedScatter(
  y: Vec,
  x: Vec,
  shape: readonly number[],
  stride: readonly number[],
  offset: number,
  axis = 0,
  from = 0,
): number {
  if (axis === shape.length) {
    y[offset] += x[from];
    return from + 1;
  }
  const n = shape[axis];
  const step = stride[axis];
  if (axis < shape.length - 1) {
    for (let i = 0; i < n; i++) from = stridedScatter(y, x, shape, stride, offset + i * step, axis + 1, from);
    return from;
  }
  if (step === 0) {
    let sum = 0; // in float64
    for (let i = 0; i < n; i++) sum += x[from + i];
    y[offset] += sum;
  } else {
    for (let i = 0; i < n; i++) y[offset + i * step] += x[from + i];
  }
  return from + n;
}

// y (outer,m,inner) = x (outer,n,inner) at index (m)
export function gather(y: Vec, x: Vec, index: Int32Array, outer: number, n: number, m: number, inner: number): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < m; j++) {
      const from = (o * n + index[j]) * inner;
      const to = (o * m + j) * inner;
      for (let i = 0; i < inner; i++) y[to + i] = x[from + i];
    }
}

// dx (outer,n,inner) at index (m) += dy (outer,m,inner)
export function gatherBackward(
  dx: Vec,
  dy: Vec,
  index: Int32Array,
  outer: number,
  n: number,
  m: number,
  inner: number,
): void {
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < m; j++) {
      const to = (o * n + index[j]) * inner;
      const from = (o * m + j) * inner;
      for (let i = 0; i < inner; i++) dx[to + i] += dy[from + i];
    }
}
