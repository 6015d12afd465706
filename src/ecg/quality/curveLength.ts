import { means } from '../qrs/stages.ts';
import { Trace, type TraceState } from '../signal/trace.ts';

/** A second QRS detector, of another principle than `detectQrs`: the length of the curve, as wqrs measures it. */

const WIDTH = 0.13; // s of curve whose length counts, about the widest QRS complex
const SMOOTHING = 0.035; // s: a moving average of this length, twice, passes what is below about 13 Hz
const LEARNING = 8; // s at the beginning
const FIRST = 3; // times the mean length there
const THRESHOLD = 1 / 3; // of the level, as in wqrs; half of it finds fewer T waves, but also less of the noise that is to be noticed
const ADAPTATION = 0.1; // weight of a new beat in the level
const MOST = 2; // times the level, that a beat counts at most
const REFRACTORY = 0.25; // s
const SILENCE = 2.5; // s without a beat, after which the level falls
const FALL = 0.995; // of the level, per 5 ms

/**
 * QRS complexes where the curve of a lead is long: the sum of |x[i] - x[i-1]|, of the smoothed signal, over 130 ms, is
 * above a third of a running level of its peaks. In wqrs a step is sqrt(dt^2 + dx^2), with the amplitude scaled so
 * that the second dominates; without the first, the gain of the signal does not matter.
 *
 * @see Zong, Moody and Jiang, "A robust open-source algorithm to detect onset and duration of QRS complexes", Computers in
 * Cardiology 30, 2003
 */
export class CurveLength {
  private readonly rate: number;
  private readonly half: number;
  private readonly x: Trace<Float64Array>;
  private readonly smooth: readonly [Trace<Float64Array>, Trace<Float64Array>];
  private readonly sums: Trace<Float64Array>; // of the steps before a sample
  private readonly length: Trace<Float64Array>;
  private readonly width: number;
  private detector = { next: 0, last: 0, level: 0 };

  constructor(rate: number) {
    this.rate = rate;
    this.width = Math.max(1, Math.round((SMOOTHING * rate) / 2) * 2 - 1);
    this.half = Math.round((WIDTH * rate) / 2);
    const trace = (seconds: number): Trace<Float64Array> => new Trace(new Float64Array(0), seconds * rate);
    this.x = trace(1);
    this.smooth = [trace(1), trace(1)];
    this.sums = trace(1);
    this.length = trace(LEARNING + 1);
  }

  /**
   * The positions of the longest curves, in samples, that are known by the samples up to now; or all, if there are no more.
   *
   * @param x finite samples
   */
  run(x: Trace, ended: boolean): number[] {
    const [once, twice] = this.smooth;
    const [sums, length, half] = [this.sums, this.length, this.half];
    this.x.append(x.data.subarray(this.x.end - x.start, x.end - x.start));
    means(this.x, once, this.width, 0, ended);
    means(once, twice, this.width, 0, ended);
    if (sums.end === 0) sums.fillTo(1, 0);
    const n = twice.end;
    let i = sums.end - 1;
    sums.grow(n - i);
    for (; i < n; i++) {
      const step = i > 0 ? Math.abs(twice.at(i) - twice.at(i - 1)) : 0;
      sums.data[i + 1 - sums.start] = sums.at(i) + step;
    }
    i = length.end;
    const until = ended ? n : Math.max(i, n - half);
    length.grow(until - i);
    for (; i < until; i++)
      length.data[i - length.start] = sums.at(Math.min(i + half + 1, n)) - sums.at(Math.max(i - half, 0));
    return this.detect(ended);
  }

  private detect(ended: boolean): number[] {
    const beats: number[] = [];
    const [length, rate, s] = [this.length, this.rate, this.detector];
    const n = length.end;
    const refractory = Math.round(REFRACTORY * rate);
    const search = Math.round(WIDTH * rate);
    while (s.next < n) {
      if (!(s.level > 0)) {
        const learning = Math.min(n - s.next, Math.round(LEARNING * rate));
        if (!ended && learning < Math.round(LEARNING * rate)) break;
        let mean = 0;
        for (let i = s.next; i < s.next + learning; i++) mean += length.at(i) / learning;
        s.level = FIRST * mean;
        if (!(s.level > 0)) {
          s.next += learning;
          continue;
        }
      }
      if (!ended && s.next + search > n) break;
      const i = s.next;
      s.next++;
      if (i - s.last > SILENCE * rate) s.level *= FALL;
      if (length.at(i) <= THRESHOLD * s.level) continue;
      let peak = i;
      for (let j = i; j < Math.min(i + search, n); j++) if (length.at(j) > length.at(peak)) peak = j;
      beats.push(peak);
      s.level += ADAPTATION * (Math.min(length.at(peak), MOST * s.level) - s.level);
      s.last = peak;
      s.next = peak + refractory + 1;
    }
    return beats;
  }

  private get traces(): Trace<Float64Array>[] {
    return [this.x, ...this.smooth, this.sums, this.length];
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.traces.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  save(): CurveLengthState {
    return { traces: this.traces.map((trace) => trace.save()), detector: this.detector };
  }

  load({ traces, detector }: CurveLengthState): void {
    this.traces.forEach((trace, k) => {
      trace.load(traces[k]);
    });
    this.detector = detector;
  }
}

/** `CurveLength` as plain data. */
export interface CurveLengthState {
  traces: TraceState[];
  detector: { next: number; last: number; level: number };
}

/** `CurveLength` of a whole signal. */
export function detectByCurveLength(x: Float32Array, rate: number): number[] {
  return new CurveLength(rate).run(Trace.of(x), true);
}
