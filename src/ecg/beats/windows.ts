import { NORMALIZATIONS, type Normalization } from './normalize.ts';

/** The section of a signal cut for each beat. */
export interface WindowShape {
  /** Samples per window. */
  length: number;
  /** Samples of a window before its beat. */
  before: number;
  /** How each window is scaled. */
  normalize: Normalization;
}

/**
 * A position without a window, because it would cross an end of the signal, or contains a sample that is not finite.
 */
export interface NoWindow {
  /** Index of the position. */
  index: number;
  why: 'edge' | 'invalid';
  /** The sample that is not finite; -1 at an edge. */
  at: number;
}

/** Windows of a signal at some positions. */
export interface Windows {
  /** (m, length), a row per window. */
  x: Float32Array;
  /** (m) the index of each window's position, ascending. */
  kept: Int32Array;
  dropped: NoWindow[];
}

/** Cuts a window at each position: x[i] = signal[position - before + i]. */
export function windowsAt(signal: Float32Array, positions: ArrayLike<number>, shape: WindowShape): Windows {
  const { length } = shape;
  const dropped = Array.from(positions, (position, index) => fault(signal, position, index, shape)).filter(
    (found) => found !== null,
  );
  const without = new Set(dropped.map(({ index }) => index));
  const kept = Int32Array.from(Array.from(positions).keys()).filter((index) => !without.has(index));
  const x = new Float32Array(kept.length * length);
  const cut = windowCutter(signal, shape);
  kept.forEach((index, row) => {
    cut(positions[index], x.subarray(row * length, (row + 1) * length));
  });
  return { x, kept, dropped };
}

/** Why there is no window at a position; null if there is one. */
export function fault(
  signal: Float32Array,
  position: number,
  index: number,
  { length, before }: WindowShape,
): NoWindow | null {
  const start = position - before;
  if (!(start >= 0 && start + length <= signal.length)) return { index, why: 'edge', at: -1 };
  for (let at = start; at < start + length; at++)
    if (!Number.isFinite(signal[at])) return { index, why: 'invalid', at };
  return null;
}

/** Copies the window at a position into a row, and scales it. */
export function windowCutter(
  signal: Float32Array,
  { length, before, normalize }: WindowShape,
): (position: number, row: Float32Array) => void {
  const scale = NORMALIZATIONS[normalize](signal);
  return (position, row) => {
    row.set(signal.subarray(position - before, position - before + length));
    scale(row);
  };
}
