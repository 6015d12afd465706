// Where the weights of the quality index come from.
import { DataError, quantile } from 'dynaecg';
import { addNoise, type EcgRecord, type NoiseKind, type QualityParts, signalQuality } from 'dynaecg/ecg';
import { inNoise, markedNoise, oneLead } from './periods.ts';

const SNR = 0; // dB, which cannot be read
const FALSE_ALARMS = 0.008; // of the clean windows may have an index below the limit
const STEPS = 30; // of Newton's method
const RIDGE = 1e-6; // added to the diagonal
const TINY = 1e-3; // as in src/ecg/quality/combine.ts

/** The features of a window, and a 1 for the constant. */
function featuresOf({ bSQI, kSQI, basSQI, tSQI }: QualityParts): number[] {
  return [bSQI, Math.log(kSQI + TINY), Math.log((basSQI + TINY) / (1 - basSQI + TINY)), tSQI, 1];
}

/**
 * Weights of a logistic regression, clean windows of the records against noisy ones. The constant is then
 * moved to the rate of false alarms.
 */
export function fitWeights(records: readonly EcgRecord[], kinds: readonly NoiseKind[], seed: string): string {
  const clean: number[][] = [];
  const noisy: number[][] = [];
  for (const whole of records) {
    const record = oneLead(whole);
    for (const kind of [null, ...kinds]) {
      const { leads, samplingFrequency: rate } = kind ? addNoise(record, { kind, snr: SNR, seed }) : record;
      for (const { start, end, parts } of signalQuality(leads[0].samples, rate).windows) {
        if (parts === null) continue;
        if (kind === null && !markedNoise(whole, start, end)) clean.push(featuresOf(parts));
        if (kind !== null && inNoise(start, rate)) noisy.push(featuresOf(parts));
      }
    }
  }
  if (clean.length === 0 || noisy.length === 0)
    throw new DataError(`--fit: expected clean and noisy windows, got ${clean.length} and ${noisy.length}`);
  const weights = logisticRegression([...clean, ...noisy], [...clean.map(() => 1), ...noisy.map(() => 0)]);
  const scores = Float64Array.from(clean, (f) => dot(weights, f)).sort();
  weights[4] -= quantile(scores, FALSE_ALARMS);
  const [bSQI, kSQI, basSQI, tSQI, b] = weights.map((w) => w.toFixed(3));
  const flagged = noisy.filter((f) => dot(weights, f) < 0).length;
  return [
    `{ bSQI: ${bSQI}, kSQI: ${kSQI}, basSQI: ${basSQI}, tSQI: ${tSQI}, b: ${b} }`,
    `${clean.length} clean windows; below the limit ${flagged} of ${noisy.length} noisy ones`,
  ].join('\n');
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, v, i) => sum + v * b[i], 0);
}

/** By Newton's method. */
function logisticRegression(x: readonly number[][], y: readonly number[]): number[] {
  const n = x[0].length;
  let w = x[0].map(() => 0);
  for (let step = 0; step < STEPS; step++) {
    const hessian = w.map((_, i) => w.map((_, j) => (i === j ? RIDGE : 0)));
    const gradient = w.map((v) => -RIDGE * v);
    x.forEach((f, k) => {
      const p = 1 / (1 + Math.exp(-dot(w, f)));
      for (let i = 0; i < n; i++) {
        gradient[i] += (y[k] - p) * f[i];
        for (let j = 0; j < n; j++) hessian[i][j] += p * (1 - p) * f[i] * f[j];
      }
    });
    const change = solve(hessian, gradient);
    w = w.map((v, i) => v + change[i]);
  }
  return w;
}

/** Solves a x = b, for a positive definite, by Gaussian elimination. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j < n; j++) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  const x = b.slice();
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= a[i][j] * x[j];
    x[i] /= a[i][i];
  }
  return x;
}
