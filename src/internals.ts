/**
 * What authors of kernels, backends and ops work with, and what looks into the memory of scopes.
 *
 * @module dynaecg/kernels
 */
export { asTensor } from './autograd/argument.ts';
export { poisonReleasedMemory, scopeMemory } from './autograd/scope.ts';
export { kernels, useKernels } from './backend/active.ts';
export { jsKernels } from './kernels/js/index.ts';
export type { Kernels, Vec } from './kernels/types.ts';
