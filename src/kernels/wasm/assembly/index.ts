// What the module exports: kernels by their names in the table, and as `...Workspace` the bytes of workspace
// that each needs.
export { add, affine, axpy, div, divBackward, mul, multiplyAdd, sub } from './arithmetic';
export { attentionPool, attentionPoolBackward, attentionPoolBackwardWorkspace } from './attention';
export { batchNorm, batchNormBackward, batchNormStatistics } from './batchNorm';
export { batchNormReluPool, batchNormReluPoolBackward } from './batchNormReluPool';
export { conv1d, conv1dBackward, conv1dBackwardWorkspace, conv1dWorkspace } from './conv1d';
export { crossEntropy, crossEntropyBackward } from './crossEntropy';
export { l2Normalize, l2NormalizeBackward, squaredEuclidean, squaredEuclideanBackward } from './distance';
export { gemm, gemmWorkspace } from './gemm';
export { gruStep, gruStepBackward } from './gru';
export { lstm, lstmBackward, lstmBackwardWorkspace, lstmWorkspace } from './lstm';
export {
  gather,
  gatherBackward,
  stridedGather,
  stridedGatherWorkspace,
  stridedScatter,
  stridedGatherWorkspace as stridedScatterWorkspace,
} from './movement';
export { adamw, sgd, sumOfSquares } from './optimizer';
export { maxPool1d, maxPool1dBackward } from './pool';
export { logSoftmax, logSoftmaxBackward, max, maxBackward, softmax, softmaxBackward } from './reduce';
export { clamp, clampBackward, leakyRelu, leakyReluBackward, where, whereBackward } from './select';
export {
  mineAllTriplets,
  mineBatchHard,
  mineNearestSemiHard,
  mineSemiHard,
  mineSemiHardOrFarthest,
  mineViolating,
} from './triplet';
export { tripletHinge, tripletHingeBackward } from './tripletHinge';
export {
  abs,
  absBackward,
  exp,
  expBackward,
  gelu,
  geluBackward,
  geluTanh,
  geluTanhBackward,
  log,
  logBackward,
  relu,
  reluBackward,
  sigmoid,
  sigmoidBackward,
  silu,
  siluBackward,
  sqrt,
  sqrtBackward,
  square,
  squareBackward,
  tanh,
  tanhBackward,
} from './unary';
