/** Everything that needs neither files nor code generation from strings: the contents of the single-file build. */
export * as ecg from './ecg/index.ts';
export * as kernels from './internals.ts';
export * from './main.ts';
