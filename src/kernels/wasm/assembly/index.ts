// What the module exports: kernels by their names in the table, as `...Workspace` the bytes of workspace that each needs, and
// what threads share of those that cannot be cut by rows from outside (`...Part` and others, see ../threads/plans.ts).
export { add, affine, axpy, div, divBackward, mul, multiplyAdd, sub } from './arithmetic';
export { attentionPool, attentionPoolBackward, attentionPoolBackwardWorkspace } from './attention';
export {
  batchNorm,
  batchNormBackward,
  batchNormBackwardPart,
  batchNormStatistics,
  batchNormStatisticsPart,
} from './batchNorm';
export {
  batchNormReluPool,
  batchNormReluPoolBackward,
  batchNormReluPoolBackwardPart,
} from './batchNormReluPool';
export { conv1d, conv1dWorkspace } from './conv1d';
export {
  conv1dAddChunks,
  conv1dBackward,
  conv1dBackwardPart,
  conv1dBackwardShared,
  conv1dBackwardThread,
  conv1dBackwardWorkspace,
  conv1dChunks,
  conv1dFlip,
} from './conv1dBackward';
export { crossEntropy, crossEntropyBackward } from './crossEntropy';
export {
  l2Normalize,
  l2NormalizeBackward,
  squaredEuclidean,
  squaredEuclideanBackward,
  squaredEuclideanPulls,
} from './distance';
export { gemm, gemmWorkspace } from './gemm';
export { gruStep, gruStepBackward } from './gru';
export { lstm, lstmPack, lstmPackBytes, lstmPart, lstmWorkspace } from './lstm';
export {
  lstmBackward,
  lstmBackwardEnd,
  lstmBackwardRows,
  lstmBackwardShared,
  lstmBackwardStart,
  lstmBackwardSteps,
  lstmBackwardSums,
  lstmBackwardThread,
  lstmBackwardWorkspace,
} from './lstmBackward';
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
export { repulsion, repulsionWorkspace } from './repulsion';
export { clamp, clampBackward, leakyRelu, leakyReluBackward, where, whereBackward } from './select';
export {
  mineAllTriplets,
  mineBatchHard,
  mineNearestSemiHard,
  mineNearestSemiHardWorkspace,
  mineSemiHard,
  mineSemiHardOrFarthest,
  mineNearestSemiHardWorkspace as mineSemiHardOrFarthestWorkspace,
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
