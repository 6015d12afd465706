import { DataError } from '../../core/errors.ts';
import { FREQUENCY, within } from '../wfdb/ranges.ts';
import { checkSpread } from './gaps.ts';
import { median } from './median.ts';
import { counted } from './recording.ts';

/** The rate of samples with times, and where each is. */
export interface Timing {
  rate: number;
  /** The position of each sample; null if they follow each other without a gap. */
  positions: Float64Array | null;
  /** Samples with those that are missing in gaps. */
  length: number;
}

const NORMAL = [0.5, 1.5]; // of the median step: a step with one sample in it, whatever the times are rounded to
const REGULAR = 0.9; // of the steps are normal: times that tell gaps
/** Seconds of a unit, if the median step in it is one of a rate from 40 to 4,000 Hz. */
const UNITS: readonly [seconds: number, name: string][] = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];
const SHORTEST_STEP = 1 / 4000;
const LONGEST_STEP = 1 / 40;

/**
 * The rate from times, and the gaps: the mean of the steps that are about the median. A whole number of Hz is meant where that
 * makes a difference of less than one sample over all.
 *
 * @param unit seconds of the times' unit; guessed from the step if it is null
 * @throws DataError for fewer than two times, for times that do not increase, for gaps too long
 */
export function timingOf(
  times: Float64Array,
  unit: number | null,
  file: string,
  column: string,
  notes: string[],
): Timing {
  const fail = (expected: string, got: string | number): never => {
    throw new DataError(
      `openRecording: ${file} column ${column}: expected ${expected}, got ${got}; the option rate overrides the times`,
    );
  };
  const n = times.length;
  const steps = new Float64Array(Math.max(0, n - 1));
  for (let i = 1; i < n; i++) steps[i - 1] = times[i] - times[i - 1];
  const known = steps.filter(Number.isFinite);
  const typical = median(known.slice());
  const normal = known.filter((step) => step >= NORMAL[0] * typical && step <= NORMAL[1] * typical);
  const regular = typical > 0 && normal.length >= REGULAR * known.length;
  const step = regular
    ? normal.reduce((sum, value) => sum + value, 0) / normal.length
    : (times[n - 1] - times[0]) / (n - 1);
  if (!(step > 0))
    return fail('at least two times that increase', n < 2 ? counted(n, 'time') : `a mean step of ${step}`);

  let seconds = unit;
  if (seconds === null) {
    const fits = UNITS.find(([of]) => step * of >= SHORTEST_STEP && step * of <= LONGEST_STEP);
    if (!fits) return fail('times in s, ms, µs or ns of a rate from 40 to 4000 Hz', `steps of ${step}`);
    seconds = fits[0];
    notes.push(`times in ${column} taken as ${fits[1]}`);
  }
  const measured = 1 / (step * seconds);
  const whole = Math.round(measured);
  const rate = (Math.abs(whole - measured) / measured) * n < 1 ? whole : Number(measured.toPrecision(7));
  if (!within(rate, FREQUENCY)) fail(`a rate of ${FREQUENCY[0]} to ${FREQUENCY[1]} Hz`, rate);
  notes.push(`rate ${rate} Hz, from the times in ${column}`);
  if (!regular) {
    notes.push(`the times in ${column} are irregular; samples are taken to be evenly spaced`);
    return { rate, positions: null, length: n };
  }
  if (normal.length === known.length) return { rate, positions: null, length: n };
  return { rate, ...place(steps, typical, step, file, notes) };
}

/** The position of each sample, later ones further on after a gap. */
function place(
  steps: Float64Array,
  typical: number,
  step: number,
  file: string,
  notes: string[],
): Omit<Timing, 'rate'> {
  const n = steps.length + 1;
  const positions = new Float64Array(n);
  let gaps = 0;
  for (let i = 1; i < n; i++) {
    const long = steps[i - 1] > NORMAL[1] * typical;
    if (long) gaps++;
    positions[i] = positions[i - 1] + (long ? Math.max(1, Math.round(steps[i - 1] / step)) : 1);
  }
  const length = positions[n - 1] + 1;
  checkSpread(file, length, n, ' (the option rate overrides the times, and joins what is around gaps)');
  if (length > n) notes.push(`${counted(gaps, 'gap')} of ${counted(length - n, 'sample')} in all, filled with NaN`);
  return { positions: length > n ? positions : null, length };
}
