/** The stages of Pan and Tompkins's detector, at its rate. `detectQrs.ts` describes how it uses them. */
import { Trace, type TraceState } from '../signal/trace.ts';

/** Hz; the rate that the paper's filters are designed for. */
export const RATE = 200;

// Widths in samples at 200 Hz. The paper's are 6, 32 and 30; odd ones have a centre, so that there is no delay.
const LOW_PASS = 5; // twice: -3 dB at 13 Hz; with 6 at 11 Hz, which keeps more of slow waves
const HIGH_PASS = 33; // -3 dB at 5 Hz
const INTEGRATION = 31; // 155 ms, about the widest QRS complex
const SLOPE = 2; // samples on either side

/** Half of the integration, within which the features of a peak are looked for. */
export const HALF = (INTEGRATION - 1) / 2;

/** Samples after one that all stages need for it. */
export const LOOK_AHEAD = (HIGH_PASS - 1) / 2 + 2 * ((LOW_PASS - 1) / 2) + SLOPE + HALF;

const KEPT = 2 * HALF + HIGH_PASS + 8; // samples of each stage that the next one may need, and the features of a peak

/**
 * Band-pass, derivative, squaring and integration, of a signal of which there may be more to come. With M(w) the mean
 * over the w samples around each:
 *
 * filtered = M(5) M(5) (x - M(33) x), slope[i] = (2 f[i+2] + f[i+1] - f[i-1] - 2 f[i-2]) / 10, integrated = sqrt(M(31)
 * slope^2)
 *
 * The paper's low-pass, high-pass and integration are such means, too, but over past samples; centred on a sample they
 * do the same without delay. Beyond its ends the signal keeps its end values.
 */
export class Stages {
  private readonly x: Trace<Float64Array>; // so that all stages are of one type, which engines compile better
  private readonly high: Trace<Float64Array>;
  private readonly smooth: Trace<Float64Array>;
  private readonly squared: Trace<Float64Array>;
  /** The band-passed signal. */
  readonly filtered: Trace<Float64Array>;
  /** Its slope per sample. */
  readonly slope: Trace<Float64Array>;
  /** The root of the mean of the squared slope over 155 ms. */
  readonly integrated: Trace<Float64Array>;
  private readonly all: readonly Trace<Float64Array>[];
  /** Index of the first sample of the signal. */
  first = 0;

  /** @param keep number of samples to keep of each */
  constructor(keep = KEPT) {
    const trace = (): Trace<Float64Array> => new Trace(new Float64Array(0), keep);
    [this.x, this.high, this.smooth, this.squared] = [trace(), trace(), trace(), trace()];
    [this.filtered, this.slope, this.integrated] = [trace(), trace(), trace()];
    this.all = [this.x, this.high, this.smooth, this.filtered, this.slope, this.squared, this.integrated];
  }

  /** Begins a signal whose first sample has this index. */
  restart(first: number): void {
    this.first = first;
    for (const trace of this.all) trace.restart(first);
  }

  /** Adds what can be said by the samples up to now; or all, if there are no more. */
  run(x: Trace<Float32Array | Float64Array>, ended: boolean): void {
    const { first } = this;
    const [copy, high, smooth, filtered, slope, squared, integrated] = this.all;
    copy.append(x.data.subarray(copy.end - x.start, x.end - x.start));
    let i = high.end;
    means(copy, high, HIGH_PASS, first, ended);
    for (; i < high.end; i++) high.data[i - high.start] = copy.data[i - copy.start] - high.data[i - high.start];
    means(high, smooth, LOW_PASS, first, ended);
    means(smooth, filtered, LOW_PASS, first, ended);
    i = slope.end;
    const f = filtered.data;
    const until = ended ? filtered.end : Math.max(filtered.end - SLOPE, i);
    slope.grow(until - i);
    squared.grow(until - i);
    for (; i < until; i++) {
      const k = i - filtered.start;
      const inside = i >= first + SLOPE && i < filtered.end - SLOPE;
      const steepness = inside ? (2 * f[k + 2] + f[k + 1] - f[k - 1] - 2 * f[k - 2]) / 10 : 0;
      slope.data[i - slope.start] = steepness;
      squared.data[i - squared.start] = steepness * steepness;
    }
    i = integrated.end;
    means(squared, integrated, INTEGRATION, first, ended);
    for (; i < integrated.end; i++)
      integrated.data[i - integrated.start] = Math.sqrt(integrated.data[i - integrated.start]);
  }

  get bytes(): number {
    return this.all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  save(): StagesState {
    return { first: this.first, traces: this.all.map((trace) => trace.save()) };
  }

  load({ first, traces }: StagesState): void {
    this.first = first;
    this.all.forEach((trace, k) => {
      trace.load(traces[k]);
    });
  }
}

/** `Stages` as plain data. */
export interface StagesState {
  first: number;
  traces: TraceState[];
}

/** Adds the centred means over `width` samples that are known; samples beyond the ends have the end values. */
export function means(
  { data: x, start, end }: Trace<Float64Array>,
  out: Trace<Float64Array>,
  width: number,
  first: number,
  ended: boolean,
): void {
  const half = (width - 1) / 2;
  let i = out.end;
  const until = ended ? end : end - half;
  if (until <= i) return;
  out.grow(until - i);
  for (; i < until; i++) {
    let sum = 0; // from scratch for each: in a running sum an artefact would leave its rounding errors forever
    const from = i - half - start;
    if (i >= first + half && i + half < end) for (let j = from; j < from + width; j++) sum += x[j];
    else for (let j = i - half; j <= i + half; j++) sum += x[Math.min(Math.max(j, first), end - 1) - start];
    out.data[i - out.start] = sum / width;
  }
}

/** Centred means over `width` samples, an odd number; samples beyond the ends have the end values. */
export function movingMean(x: ArrayLike<number>, width: number): Float64Array {
  const out = Trace.of(new Float64Array(x.length));
  out.restart(0);
  means(Trace.of(Float64Array.from(x)), out, width, 0, true);
  return out.data;
}
