import type { In, Vec } from '../types.ts';

let float32 = /* @__PURE__ */ new Float32Array(0);
let float64 = /* @__PURE__ */ new Float64Array(0);

/**
 * Workspace of the running kernel until it returns: n elements of the float type of `like`, whose contents are
 * undefined. One array of each type serves all kernels, since one runs at a time; it grows to the most ever requested.
 * (The panels of a gemm, which runs inside other kernels and whose sizes are fixed, are constants next to it.)
 */
export function workspace(like: In, n: number): Vec {
  if (like.BYTES_PER_ELEMENT === 4) {
    if (float32.length < n) float32 = new Float32Array(n);
    return float32.subarray(0, n);
  }
  if (float64.length < n) float64 = new Float64Array(n);
  return float64.subarray(0, n);
}
