import { jsKernels } from '../kernels/js/index.ts';
import type { DType, Kernels } from '../kernels/types.ts';

let table: Kernels = jsKernels;

/** The kernels that run on tensors of a dtype: the chosen table for float32, plain JavaScript for float64. */
export function kernels(dtype: DType): Kernels {
  return dtype === 'float32' ? table : jsKernels;
}

/**
 * Chooses the float32 kernels: `useKernels({ ...jsKernels, relu: mine })` replaces one, `useKernels(jsKernels)` goes
 * back. Returns the table that ran before. (jsKernels' own convolution and LSTM call its gemm, not the table's.)
 */
export function useKernels(next: Kernels): Kernels {
  const before = table;
  table = next;
  return before;
}
