import { cos, sin } from '../../core/math.ts';

/**
 * The one-sided power spectrum of a window of a signal: |FFT(w (x - mean))|^2 with Hann's window w, padded with zeros to
 * a power of two, and doubled where a negative frequency has the same. Its unit is left out, as only ratios are taken.
 *
 * @returns (m / 2 + 1), from 0 Hz to half of the rate, for m the power of two
 */
export function powerSpectrum(x: ArrayLike<number>): Float64Array {
  const n = x.length;
  let m = 2;
  while (m < n) m *= 2;
  const re = new Float64Array(m);
  const im = new Float64Array(m);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i];
  const mean = sum / n;
  if (window?.length !== n) window = Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * cos((2 * Math.PI * i) / n));
  for (let i = 0; i < n; i++) re[i] = window[i] * (x[i] - mean);
  transform(re, im);
  const power = new Float64Array(m / 2 + 1);
  for (let k = 0; k <= m / 2; k++) power[k] = (k === 0 || k === m / 2 ? 1 : 2) * (re[k] * re[k] + im[k] * im[k]);
  return power;
}

/** The power from one frequency up to and with another. */
export function bandPower(spectrum: Float64Array, rate: number, from: number, to: number): number {
  const step = rate / 2 / (spectrum.length - 1);
  let sum = 0;
  for (let k = Math.ceil(from / step); k <= Math.min(to / step, spectrum.length - 1); k++) sum += spectrum[k];
  return sum;
}

let window: Float64Array | null = null; // Hann's, of the last length
let turns: { cos: Float64Array; sin: Float64Array } | null = null; // of the last transform: those of each stage, one after the other

function turnsOf(n: number): { cos: Float64Array; sin: Float64Array } {
  if (turns?.cos.length === n) return turns;
  turns = { cos: new Float64Array(n), sin: new Float64Array(n) };
  for (let half = 1; half < n; half *= 2)
    for (let k = 0; k < half; k++) {
      const angle = (-Math.PI * k) / half;
      turns.cos[half + k] = cos(angle);
      turns.sin[half + k] = sin(angle);
    }
  return turns;
}

/** The discrete Fourier transform of a power of two of numbers, in place: Cooley and Tukey's, radix 2. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const turns = turnsOf(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let half = 1; half < n; half *= 2)
    for (let k = 0; k < half; k++) {
      const c = turns.cos[half + k];
      const s = turns.sin[half + k];
      for (let i = k; i < n; i += 2 * half) {
        const j = i + half;
        const a = c * re[j] - s * im[j];
        const b = s * re[j] + c * im[j];
        re[j] = re[i] - a;
        im[j] = im[i] - b;
        re[i] += a;
        im[i] += b;
      }
    }
}
