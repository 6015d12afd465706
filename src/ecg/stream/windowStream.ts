import type { BeatInput } from '../annotate/beatInput.ts';
import { BeatChannels, type BeatChannelsState } from '../beats/beatChannels.ts';
import { fault, windowCutter } from '../beats/windows.ts';
import { alignedPeak } from '../qrs/align.ts';
import { Complexes, type ComplexesState } from '../qrs/complexes.ts';
import type { Found } from '../qrs/decisions.ts';
import { REFRACTORY } from '../qrs/findQrs.ts';
import { type FoundPeak, KEPT, QrsStream, type QrsStreamState } from '../qrs/qrsStream.ts';
import { HALF, LOOK_AHEAD, RATE } from '../qrs/stages.ts';
import { AROUND, WINDOW } from '../quality/windowQuality.ts';
import { Resampler } from '../signal/resampler.ts';
import { Trace, type TraceState } from '../signal/trace.ts';
import { BeatTimes } from './beatTimes.ts';
import { GapWatch, type GapWatchState } from './gapWatch.ts';
import { LevelWatch, type LevelWatchState } from './levelWatch.ts';
import { type SignalNote, seconds } from './notes.ts';
import { QualityStream, type QualityStreamState } from './qualityStream.ts';

const KEEP = KEPT + WINDOW; // s of signal: the quality of the ten seconds before a beat is asked for as late as the beat
const REACH = 0.1; // s between an R peak and that of the same beat in the model's signal; half of the refractory period
const R_PEAK = 0.15; // s, at most, from the middle of a QRS complex to its R peak

/** How a stream becomes the input of a model. */
export interface SignalFormat {
  /** Hz */
  rate: number;
  input: BeatInput;
  /** to the model's unit */
  factor: number;
  /** limits of the samples */
  range: readonly [number, number] | null;
}

/** A beat with its window, ready to be classified. */
export interface ReadyBeat {
  sample: number;
  found: Found;
  quality: number | null;
  noisy: boolean;
  /** why there is no window */
  dropped: 'edge' | 'invalid' | null;
  /** (L) */
  x: Float32Array | null;
  /** (C,L) as the networks take it: the window, and what they take of the beats before; null without a window */
  channels: Float32Array | null;
  /** (F) */
  context: number[];
}

/** A beat on its way. */
interface Pending extends FoundPeak {
  /** in the model's samples */
  position: number;
  /** null until it is known */
  context: number[] | null;
  quality: number | null;
  noisy: boolean;
}

/** `WindowStream` as plain data. */
export interface WindowStreamState {
  qrs: QrsStreamState;
  converted: TraceState;
  resampled: TraceState;
  resampler: number;
  model: ComplexesState | null;
  quality: QualityStreamState;
  gaps: GapWatchState;
  levels: LevelWatchState;
  times: number[];
  pending: Pending[];
  timed: number;
  last: number | null;
  learning: number | null;
  channels: BeatChannelsState;
}

/** The windows around the beats of a signal of which there may be more to come: what `annotateRecord` classifies. */
export class WindowStream {
  private readonly format: SignalFormat;
  private readonly qrs: QrsStream;
  private readonly model: Complexes; // of the signal at the model's rate, in its unit
  private readonly resampler: Resampler;
  private readonly converted: Trace;
  private readonly resampled: Trace;
  private readonly quality: QualityStream;
  private readonly gaps: GapWatch;
  private readonly levels: LevelWatch;
  private readonly times: BeatTimes;
  private readonly channels: BeatChannels;
  private pending: Pending[] = [];
  private timed = 0; // of the pending, whose rhythm is known
  private last: number | null = null; // of the timed ones
  private learning: number | null = null; // where the detector began to learn, if it has not finished

  constructor(format: SignalFormat) {
    const { rate, input, range } = format;
    this.format = format;
    this.qrs = new QrsStream(rate, REFRACTORY, KEEP);
    this.resampler = new Resampler(rate, input.samplingFrequency);
    this.model = this.isModels
      ? this.qrs.complexes
      : new Complexes(input.samplingFrequency, REFRACTORY, KEPT + 2 * (input.window.length / input.samplingFrequency));
    const keep = this.isModels ? 0 : 2 * this.resampler.reach + 2;
    this.converted = new Trace(new Float32Array(0), keep);
    this.resampled = new Trace(new Float32Array(0), 0);
    this.quality = new QualityStream(rate);
    this.gaps = new GapWatch(rate, KEEP * rate);
    this.levels = new LevelWatch(rate, range);
    this.times = new BeatTimes(input.samplingFrequency, input.timing);
    this.channels = new BeatChannels({ reference: input.reference, previous: input.previous });
  }

  /** Whether the model takes the signal as it is. */
  private get isModels(): boolean {
    const { rate, input, factor } = this.format;
    return rate === input.samplingFrequency && factor === 1;
  }

  /** s from an R peak to the last sample that a beat may depend on, without samples that are missing, unless it is found late. */
  get delay(): number {
    const { rate, input } = this.format;
    const { samplingFrequency, window } = input;
    const toModel = this.isModels ? 0 : this.resampler.reach / rate;
    const candidate = REFRACTORY + (LOOK_AHEAD + 3) / RATE;
    const reach = (from: number): number => new Resampler(from, RATE).reach / from;
    const detected = R_PEAK + candidate + reach(rate);
    const aligned = REACH + HALF / RATE + candidate + reach(samplingFrequency) + toModel;
    const cut = REACH + (window.length - window.before) / samplingFrequency + toModel;
    const judged = AROUND / RATE + reach(rate);
    return Math.max(detected, aligned, cut, judged, this.times.wait);
  }

  push(samples: Float32Array, notes: SignalNote[]): ReadyBeat[] {
    this.gaps.push(samples, notes);
    this.levels.push(samples, notes);
    this.add(this.qrs.push(samples), notes);
    this.toModel(samples, false);
    // An R peak may be as far before the middle of its complex, up to which all is decided.
    const until = this.qrs.until - R_PEAK * this.format.rate;
    this.quality.run(this.qrs.complexes, this.gaps, until, false, notes);
    return this.ready(false);
  }

  /** Ends the signal. */
  end(notes: SignalNote[]): ReadyBeat[] {
    this.gaps.end(notes);
    this.levels.end(notes);
    this.add(this.qrs.end(), notes);
    this.toModel(new Float32Array(0), true);
    const { complexes } = this.qrs;
    this.quality.run(complexes, this.gaps, complexes.raw.end, true, notes);
    return this.ready(true);
  }

  private add(peaks: readonly FoundPeak[], notes: SignalNote[]): void {
    const { rate, input } = this.format;
    this.quality.add(peaks.map(({ sample }) => sample));
    for (const peak of peaks) {
      const position = Math.round((peak.sample * input.samplingFrequency) / rate);
      this.pending.push({ ...peak, position, context: null, quality: null, noisy: false });
    }
    const learning = this.qrs.learningFrom;
    if (learning === this.learning) return;
    if (this.learning !== null) {
      const { end } = this.qrs.complexes.raw;
      const text = `thresholds were learned in ${seconds(end - this.learning, rate)} s`;
      notes.push({ kind: 'learning', start: this.learning, end, text });
    }
    if (learning !== null)
      notes.push({
        kind: 'learning',
        start: learning,
        end: null,
        text: 'thresholds are being learned: beats come late',
      });
    this.learning = learning;
  }

  private toModel(samples: Float32Array, ended: boolean): void {
    if (this.isModels) return;
    const { rate, input, factor } = this.format;
    const converted = factor === 1 ? samples : samples.map((v) => v * factor);
    if (rate === input.samplingFrequency) this.model.push(converted);
    else {
      this.converted.append(converted);
      const from = this.resampled.end;
      this.resampler.run(this.converted, this.resampled, 0, ended);
      const { data, start, end } = this.resampled;
      this.model.push(data.subarray(from - start, end - start));
    }
    if (ended) this.model.end();
  }

  private ready(ended: boolean): ReadyBeat[] {
    this.time(ended);
    const ready: ReadyBeat[] = [];
    while (this.pending.length > 0) {
      const beat = this.cut(this.pending[0], ended);
      if (beat === null) break;
      this.pending.shift();
      this.timed--;
      ready.push(beat);
    }
    return ready;
  }

  /** Gives beats their quality and their timing, in order. */
  private time(ended: boolean): void {
    const { rate } = this.format;
    for (; this.timed < this.pending.length; this.timed++) {
      const beat = this.pending[this.timed];
      const verdict = ended ? this.quality.last(beat.sample) : this.quality.at(beat.sample);
      if (verdict === null && !ended) break;
      beat.quality = verdict?.index ?? null;
      beat.noisy = verdict?.noise ?? false;
      const last = this.last;
      // The rhythm begins anew after a gap, and after noise: beats that were not detected make no interval.
      const begins =
        last === null || this.gaps.endsBetween(last, beat.sample) || this.quality.noiseEndsBetween(last, beat.sample);
      const before = this.times.add(beat.position, begins);
      const previous = this.pending[this.timed - 1];
      if (previous !== undefined) previous.context ??= before;
      if (this.times.wait === 0) beat.context = this.times.timing();
      this.last = beat.sample;
    }
    if (this.timed === 0) return;
    const last = this.pending[this.timed - 1];
    const alone = this.qrs.until - last.sample > this.times.wait * rate;
    if (ended || (alone && this.timed === this.pending.length)) last.context ??= this.times.timing();
  }

  /** A beat with its window; null if that depends on what is still to come. */
  private cut(beat: Pending, ended: boolean): ReadyBeat | null {
    const { input } = this.format;
    const { raw } = this.model;
    if (beat.context === null) return null;
    const position = ended ? Math.min(beat.position, raw.end - 1) : beat.position;
    const peak = alignedPeak(this.model, position, REACH * input.samplingFrequency, [], ended);
    if (peak === undefined) return null;
    const fiducial = peak ?? position;
    if (!ended && fiducial - input.window.before + input.window.length > raw.end) return null;
    const signal = raw.data.subarray(0, raw.end - raw.start);
    const at = fiducial - raw.start;
    const { sample, found, quality, noisy, context } = beat;
    const dropped = fault(signal, at, 0, input.window)?.why ?? null;
    const x = dropped === null ? new Float32Array(input.window.length) : null;
    if (x !== null) windowCutter(signal, input.window)(at, x);
    const channels = x && this.channels.next(x);
    return { sample, found, quality, noisy, dropped, x, channels, context };
  }

  /** Of all that is kept. */
  get bytes(): number {
    const { qrs, quality, converted, resampled, channels } = this;
    const own = qrs.complexes.bytes + quality.bytes + converted.bytes + resampled.bytes + channels.bytes;
    return this.isModels ? own : own + this.model.bytes;
  }

  save(): WindowStreamState {
    return {
      ...{ qrs: this.qrs.save(), model: this.isModels ? null : this.model.save() },
      ...{ converted: this.converted.save(), resampled: this.resampled.save(), resampler: this.resampler.save() },
      ...{ quality: this.quality.save(), gaps: this.gaps.save(), levels: this.levels.save() },
      ...{ times: this.times.save(), pending: this.pending, timed: this.timed, last: this.last },
      ...{ learning: this.learning, channels: this.channels.state },
    };
  }

  load(state: WindowStreamState): void {
    this.qrs.load(state.qrs);
    if (state.model !== null) this.model.load(state.model);
    this.converted.load(state.converted);
    this.resampled.load(state.resampled);
    this.resampler.load(state.resampler);
    this.quality.load(state.quality);
    this.gaps.load(state.gaps);
    this.levels.load(state.levels);
    this.times.load(state.times);
    this.pending = state.pending;
    this.timed = state.timed;
    this.last = state.last;
    this.learning = state.learning;
    this.channels.state = state.channels;
  }
}
