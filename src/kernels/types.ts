/**
 * The contract of the kernels: free functions on flat typed arrays, outputs first, inputs next, dimensions last. Their
 * signatures are in contract/, by subject.
 *
 * A kernel never checks and has no closure. How it accesses an array is in the type of the argument: it reads an `In`,
 * overwrites an `Out`, adds to an `Acc`, and reads and writes an `InOut` (`contract/arrays.ts`). A forward kernel overwrites
 * its outputs; a backward kernel accumulates (`+=`) into gradients, named `d...`, and skips those that are `null`. Memory
 * that it needs in between is workspace, which no caller sees: its backend provides it, and its contents mean nothing before
 * or after. All arrays of one call have the same float type.
 *
 * The alphabet of dimensions: B batch, C channels, L length, O output channels, P output length, K kernel width,
 * T time, D features, H hidden units, E score features, M N K the sizes of a gemm, n a number of elements;
 * `outer n inner` are the loops before, along and after one axis.
 */
import type { Axes } from './contract/axes.ts';
import type { Elementwise } from './contract/elementwise.ts';
import type { Layout } from './contract/layout.ts';
import type { Linear } from './contract/linear.ts';
import type { Metric } from './contract/metric.ts';
import type { Normalization } from './contract/normalization.ts';
import type { Pooling } from './contract/pooling.ts';
import type { Sequence } from './contract/sequence.ts';
import type { Training } from './contract/training.ts';

export type { AccessOf, DType, Elements, In, Vec } from './contract/arrays.ts';

/** Every kernel. A backend is such a table, in whole or in part. */
export interface Kernels
  extends Linear,
    Elementwise,
    Axes,
    Pooling,
    Normalization,
    Sequence,
    Metric,
    Layout,
    Training {}
