import type { Acc, In, Out } from './arrays.ts';

/** One axis: x and y are (outer,n,inner). */
type AlongAxis = (y: Out, x: In, outer: number, n: number, inner: number) => void;
type AlongAxisBackward = (dx: Acc, dy: In, y: In, outer: number, n: number, inner: number) => void;

/** Movement of elements, and what runs along one axis. */
export interface Axes {
  /** y (shape, row-major) += x seen through `stride` from `offset`: transposes, slices and broadcasts. */
  stridedGather: (y: Acc, x: In, shape: readonly number[], stride: readonly number[], offset: number) => void;
  /** y seen through `stride` from `offset` += x (shape, row-major): the adjoint of stridedGather; sums, too. */
  stridedScatter: (y: Acc, x: In, shape: readonly number[], stride: readonly number[], offset: number) => void;
  /** y (outer,m,inner) = x (outer,n,inner) taken at index (m) */
  gather: (y: Out, x: In, index: In<Int32Array>, outer: number, n: number, m: number, inner: number) => void;
  gatherBackward: (dx: Acc, dy: In, index: In<Int32Array>, outer: number, n: number, m: number, inner: number) => void;

  /** y (outer,inner) = the maximum of x (outer,n,inner); argmax (outer,inner) its first position along the axis */
  max: (y: Out, argmax: Out<Int32Array>, x: In, outer: number, n: number, inner: number) => void;
  maxBackward: (dx: Acc, dy: In, argmax: In<Int32Array>, outer: number, n: number, inner: number) => void;
  softmax: AlongAxis;
  softmaxBackward: AlongAxisBackward;
  logSoftmax: AlongAxis;
  logSoftmaxBackward: AlongAxisBackward;
}
