import { last } from '../../core/builtins.ts';
import type { Complexes } from '../qrs/complexes.ts';
import { RATE } from '../qrs/stages.ts';
import { CurveLength, type CurveLengthState } from '../quality/curveLength.ts';
import { AROUND, qualityOf, WINDOW, withoutBaseline } from '../quality/windowQuality.ts';
import type { GapWatch } from './gapWatch.ts';
import { type SignalNote, seconds } from './notes.ts';

const STEP = 5; // s from the end of a window to that of the next
const KEPT = 8; // verdicts: a beat may be found as late as the search back reaches

/** The quality of the ten seconds before a sample. */
export interface Verdict {
  end: number;
  index: number;
  noise: boolean;
  /** whether it is a window of `signalQuality`; others begin in the middle of one */
  whole: boolean;
}

/** `QualityStream` as plain data. */
export interface QualityStreamState {
  verdicts: Verdict[];
  /** number of windows so far */
  windows: number;
  /** where noise began */
  noise: number | null;
  peaks: number[];
  /** of the second detector, at 200 Hz */
  second: number[];
  curves: CurveLengthState;
}

/** The quality, as of `signalQuality`, of the last ten seconds of a signal, every five seconds. */
export class QualityStream {
  private readonly rate: number;
  private state: Omit<QualityStreamState, 'curves'> = { verdicts: [], windows: 0, noise: null, peaks: [], second: [] };
  private readonly curves = new CurveLength(RATE);

  constructor(rate: number) {
    this.rate = rate;
  }

  /** Adds R peaks, ascending. */
  add(peaks: readonly number[]): void {
    this.state.peaks.push(...peaks);
  }

  /**
   * Judges the windows that end by now, and a signal that ends before the first of them.
   *
   * @param until samples before this have been decided
   */
  run(complexes: Complexes, gaps: GapWatch, until: number, ended: boolean, notes: SignalNote[]): void {
    this.state.second.push(...this.curves.run(complexes.x, ended));
    const { x, open, scale } = complexes;
    const known = open && !ended ? (x.end - AROUND) * scale : until;
    for (let end = this.next; end <= Math.min(until, known); end = this.next) this.judge(complexes, gaps, end, notes);
    if (ended && this.state.windows === 0 && until > 0) this.judge(complexes, gaps, until, notes);
  }

  /** The quality before a beat, or of the first ten seconds; null if that is not known yet. */
  at(sample: number): Verdict | null {
    if (this.next <= sample) return null;
    const { verdicts } = this.state;
    return last(verdicts.filter(({ end }) => end <= sample)) ?? verdicts[0] ?? null;
  }

  /** The same for a beat at the end of the signal. */
  last(sample: number): Verdict | null {
    return this.at(sample) ?? last(this.state.verdicts) ?? null;
  }

  /** Whether a window of `signalQuality` that is noise ends after one sample and up to another. */
  noiseEndsBetween(after: number, until: number): boolean {
    return this.state.verdicts.some(({ end, noise, whole }) => noise && whole && end > after && end <= until);
  }

  private get next(): number {
    return Math.round((WINDOW + STEP * this.state.windows) * this.rate);
  }

  private judge({ x, scale }: Complexes, gaps: GapWatch, end: number, notes: SignalNote[]): void {
    const s = this.state;
    const [last, first] = [Math.round(end / scale), Math.round(Math.max(0, end - WINDOW * this.rate) / scale)];
    // In a gap the signal has the value before it.
    const origin = Math.max(0, first - AROUND);
    const plain = new Float32Array(Math.max(last, Math.min(x.end, last + AROUND)) - origin);
    for (let i = 0; i < plain.length; i++) plain[i] = x.at(Math.min(origin + i, x.end - 1));
    s.peaks = s.peaks.filter((peak) => Math.round(peak / scale) >= first);
    s.second = s.second.filter((peak) => peak >= first);
    const lead = {
      rate: RATE,
      gaps: gaps.within(first * scale, end).map(({ start, end: until, why }) => {
        return { start: start / scale - origin, end: until / scale - origin, why };
      }),
      ...{ plain, level: withoutBaseline(plain) },
      first: s.peaks.map((peak) => Math.round(peak / scale) - origin),
      second: s.second.map((peak) => peak - origin),
    };
    const { index, problem } = qualityOf(lead, first - origin, last - origin);
    const noise = problem === 'noise';
    const whole = (s.windows * STEP) % WINDOW === 0;
    s.verdicts = [...s.verdicts, { end, index, noise, whole }].slice(-KEPT);
    s.windows++;
    if (noise && s.noise === null) {
      s.noise = Math.max(0, Math.round(end - WINDOW * this.rate));
      notes.push({ kind: 'noise', start: s.noise, end: null, text: 'noise: beats have no class' });
    } else if (!noise && s.noise !== null) {
      const until = s.verdicts[s.verdicts.length - 2]?.end ?? end;
      const text = `${seconds(until - s.noise, this.rate)} s of noise`;
      notes.push({ kind: 'noise', start: s.noise, end: until, text });
      s.noise = null;
    }
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.curves.bytes;
  }

  save(): QualityStreamState {
    return { ...this.state, curves: this.curves.save() };
  }

  load({ curves, ...state }: QualityStreamState): void {
    this.state = state;
    this.curves.load(curves);
  }
}
