/** Everything that needs neither files nor the compiling of code from strings: what the single-file build holds. */
export * as ecg from './ecg/index.ts';
export * from './index.ts';
export * as kernels from './internals.ts';
