import { checkCount, checkFinite, checkKind, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, CheckpointError, DataError } from '../../core/errors.ts';
import type { BeatInput } from '../annotate/beatInput.ts';
import { unitFactor } from '../annotate/beatWindows.ts';
import { SCALE_FREE } from '../beats/normalize.ts';
import { LOWEST_RATE } from '../qrs/findQrs.ts';

/** Options of `BeatStream`. */
export interface BeatStreamOptions {
  /** Samples per second, 50 to 10,000. */
  rate: number;
  /** Unit of the samples: V, mV, uV, µV or nV; another one is taken as it is if the model does not depend on the gain.
   * @defaultValue the model's, mV */
  units?: string;
  /** Inverts the lead, for electrodes that were swapped.
   * @defaultValue false */
  invert?: boolean;
  /** Smallest and largest number that the recorder can give, in `units`: samples at these are noted as saturated.
   * @defaultValue none is */
  range?: readonly [number, number];
  /** s by which the time of a packet may differ from the number of samples before it.
   * @defaultValue 0.02 */
  jitter?: number;
}

/** All options; `range` is null for none. */
export type StreamOptions = Required<Omit<BeatStreamOptions, 'range'>> & { range: readonly [number, number] | null };

/** s; an earlier time of a packet is that of a clock that began anew. */
export const FARTHEST_BACK = 10;
const HIGHEST_RATE = 10_000;
const JITTER = 0.02; // s

/** Throws unless a stream can have this rate. */
export function checkRate(op: string, rate: unknown): void {
  checkRange(op, 'rate', rate, LOWEST_RATE, HIGHEST_RATE);
}

/** The options with their defaults, and what samples are multiplied by for the model. */
export function streamOptions(
  op: string,
  options: BeatStreamOptions,
  input: BeatInput,
): { options: StreamOptions; factor: number } {
  checkOptions(op, options, ['rate'], ['units', 'invert', 'range', 'jitter']);
  const { normalize, units: own } = input.window;
  const { rate, units = own, invert = false, range, jitter = JITTER } = options;
  checkRate(op, rate);
  checkKind(op, 'units', units, 'text');
  checkKind(op, 'invert', invert, 'flag');
  checkRange(op, 'jitter', jitter, 0, FARTHEST_BACK);
  if (range !== undefined) checkLimits(op, range);
  if (normalize === 'record')
    throw new CheckpointError(`${op}: expected a model whose windows need no whole recording, got normalize 'record'`);
  const factor = unitFactor(units, own);
  if (factor === null && !SCALE_FREE.includes(normalize))
    throw new DataError(`${op}: expected units that can be converted to ${own}, got ${units}`);
  return { options: { rate, units, invert, range: range ?? null, jitter }, factor: factor ?? 1 };
}

function checkLimits(op: string, range: readonly [number, number]): void {
  checkKind(op, 'range', range, 'array');
  checkCount(op, 'range.length', range.length, 2, 2);
  for (const [i, limit] of range.entries()) checkFinite(op, `range[${i}]`, limit);
  if (range[0] >= range[1])
    throw new ArgumentError(`${op}: expected a range from a smaller to a larger number, got ${formatValue(range)}`);
}
