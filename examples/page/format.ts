import { percent } from '../shared/text.ts';

const ABSENT = '–'; // what could not be computed, such as a mean of nothing

/** A share as percent without the sign, to two digits; a dash where there is none. */
export const share = (x: number): string => (Number.isFinite(x) ? percent(x) : ABSENT);

/** A share with the sign, which stays on the line of its number. */
export const percentage = (x: number): string => `${share(x)}\u00a0%`;

/** Of all intervals here: part of what the bootstrap gives. */
export const LEVEL = '95\u00a0%';

/** A number to `digits` after the point; a dash where there is none. */
export const decimal = (x: number, digits: number): string => (Number.isFinite(x) ? x.toFixed(digits) : ABSENT);

/** A whole number with commas between thousands. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** "1 beat", "2,000 beats". */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Where a sample is in a recording: hours where there are any, minutes, seconds to the millisecond. */
export function clock(sample: number, samplingFrequency: number): string {
  const ms = Math.round((1000 * sample) / samplingFrequency);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60];
  const rest = `${two(minutes)}:${two(seconds)}.${String(ms % 1000).padStart(3, '0')}`;
  return hours >= 1 ? `${Math.floor(hours)}:${rest}` : rest;
}

/** A duration in the unit that suits it. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return ABSENT;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
