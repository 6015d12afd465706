import { Arena } from '../backend/arena.ts';
import { type Backend, BackendChoice, type BackendName, type BackendOptions } from '../backend/choice.ts';
import { attentionPool } from '../kernels/js/attention.ts';
import { batchNormReluPool } from '../kernels/js/batchNormReluPool.ts';
import { conv1d } from '../kernels/js/conv1d.ts';
import { l2Normalize } from '../kernels/js/distance.ts';
import { affine, relu, sigmoid, tanh } from '../kernels/js/elementwise.ts';
import { gemm } from '../kernels/js/gemm.ts';
import { lstm } from '../kernels/js/lstm.ts';
import { stridedScatter } from '../kernels/js/movement.ts';
import { softmax } from '../kernels/js/reduce.ts';
import type { DType } from '../kernels/types.ts';
import type { InferenceKernels } from '../models/forward.ts';

/** What inference needs of the table: no kernel of a gradient, so that no bundle holds one. */
const js = {
  affine,
  attentionPool,
  batchNormReluPool,
  conv1d,
  gemm,
  l2Normalize,
  lstm,
  relu,
  sigmoid,
  softmax,
  stridedScatter,
  tanh,
} satisfies InferenceKernels;

/** Apart from that of tensors, so that this entry and `dynaecg` can be used in one program. */
export const arena = /* @__PURE__ */ new Arena();
export const choice = /* @__PURE__ */ new BackendChoice<InferenceKernels>(js, arena);

/** The backend that inference runs on; chosen at first use, `wasm` if the entry holds it and the engine can run it. */
export function backend(): Backend {
  return choice.backend();
}

/**
 * Chooses where the float32 kernels of this entry run; see `setBackend` of `dynaecg`.
 *
 * @throws BackendError if the engine cannot run it, the entry has no WebAssembly, or the module is not of this version
 */
export function setBackend(name: BackendName, options: BackendOptions = {}): Backend {
  return choice.setBackend(name, options);
}

/** The kernels for a dtype, as `kernels` of `dynaecg/kernels` has them. */
export function kernels(dtype: DType): InferenceKernels {
  if (dtype === 'float64') return js;
  if (!choice.active) choice.backend();
  return choice.table;
}
