import type { Kernels } from '../types.ts';
import { attentionPool, attentionPoolBackward } from './attention.ts';
import { batchNorm, batchNormBackward, batchNormStatistics } from './batchNorm.ts';
import { batchNormReluPool, batchNormReluPoolBackward } from './batchNormReluPool.ts';
import { conv1d, conv1dBackward } from './conv1d.ts';
import { crossEntropy, crossEntropyBackward } from './crossEntropy.ts';
import * as distance from './distance.ts';
import * as elementwise from './elementwise.ts';
import { gemm } from './gemm.ts';
import { groupNorm, groupNormBackward } from './groupNorm.ts';
import { gruStep, gruStepBackward } from './gru.ts';
import { lstm, lstmBackward } from './lstm.ts';
import * as movement from './movement.ts';
import * as optimizer from './optimizer.ts';
import * as pool from './pool.ts';
import * as reduce from './reduce.ts';
import { repulsion } from './repulsion.ts';
import * as triplet from './triplet.ts';

/** Every kernel in plain loops, for any engine, float32 and float64. */
export const jsKernels: Kernels = /* @__PURE__ */ Object.freeze({
  attentionPool,
  attentionPoolBackward,
  batchNorm,
  batchNormBackward,
  batchNormReluPool,
  batchNormReluPoolBackward,
  batchNormStatistics,
  conv1d,
  conv1dBackward,
  crossEntropy,
  crossEntropyBackward,
  gemm,
  groupNorm,
  groupNormBackward,
  gruStep,
  gruStepBackward,
  lstm,
  lstmBackward,
  repulsion,
  ...distance,
  ...elementwise,
  ...movement,
  ...optimizer,
  ...pool,
  ...reduce,
  ...triplet,
});
