// The kernels of src/inference alone, for programs that train nothing.
export { affine } from './arithmetic';
export { attentionPool } from './attention';
export { batchNormReluPool } from './batchNormReluPool';
export { conv1d, conv1dWorkspace } from './conv1d';
export { l2Normalize } from './distance';
export { gemm, gemmWorkspace } from './gemm';
export { lstm, lstmWorkspace } from './lstm';
export { stridedScatter, stridedGatherWorkspace as stridedScatterWorkspace } from './movement';
export { softmax } from './reduce';
export { relu, sigmoid, tanh } from './unary';
