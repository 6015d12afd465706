import { asSignal } from '../../core/asArrays.ts';
import { checkFinite, checkKind } from '../../core/check.ts';
import { CheckpointError } from '../../core/errors.ts';
import { checkNetworks, type ModelParts } from '../../formats/model.ts';
import { type BeatInput, beatInput } from '../annotate/beatInput.ts';
import { BeatClassifier } from './beatClassifier.ts';
import { type BeatStreamState, openState, sealState } from './beatStreamState.ts';
import { type SignalNote, seconds } from './notes.ts';
import { Output, type StreamedBeats } from './output.ts';
import {
  type BeatStreamOptions,
  checkRate,
  FARTHEST_BACK,
  type StreamOptions,
  streamOptions,
} from './streamOptions.ts';
import { type ReadyBeat, WindowStream } from './windowStream.ts';

const BLOCKS = 20; // per second, in which samples are processed, so that results do not depend on how a stream is cut
const LONGEST_LOSS = 3600; // s; after a longer one a new signal begins

/**
 * Detects and classifies beats while a lead is being recorded: samples in, beats out.
 *
 * What `annotateRecord` does with a whole recording, in bounded memory and with a bounded delay (`delay`). R peaks are those of
 * `detectQrs`, windows, timing and probabilities those of `annotateRecord`; see docs/streaming.md for what differs. The results
 * do not depend on how many samples are pushed at a time, not even in their last bit.
 *
 * A sample that is not finite is missing, as in `annotateRecord`. Whatever happens to a stream (gaps, lost packets, a flat line)
 * is a note. Everything is synchronous; a call that throws leaves the stream as it was, unless it says otherwise.
 *
 * @throws CheckpointError for a model without a classifier or without a description of its input, or one whose normalisation
 * requires the whole recording; DataError for a unit that cannot be converted; ArgumentError for an option out of range
 * @example
 *     declare const [model, packets]: [SavedModel, Iterable<Float32Array>];
 *     const stream = new BeatStream(model, { rate: 250, units: 'mV' });
 *     for (const packet of packets) {
 *       const { beats, notes } = stream.push(packet);
 *       for (const { time, label } of beats) console.log(`${label} at ${time.toFixed(2)} s`);
 *       for (const { text } of notes) console.log(text);
 *     }
 *     const { beats } = stream.flush();
 */
export class BeatStream {
  private readonly model: ModelParts;
  private readonly input: BeatInput;
  private readonly classifier: BeatClassifier;
  private readonly options: StreamOptions;
  private readonly factor: number;
  private windows: WindowStream;
  private block: Float32Array;
  private filled = 0; // samples of the block
  private hertz: number;
  private start = { sample: 0, time: 0 }; // of the signal, in the stream
  private count = 0; // samples of the signal
  private clock: number | null = null; // the time of packets at the beginning of the stream
  private begins: SignalNote[] = []; // notes for when the signal begins
  private ended = false; // by `flush`: the next sample begins another signal

  constructor(model: ModelParts, options: BeatStreamOptions) {
    const op = 'BeatStream';
    checkNetworks(op, model);
    checkKind(op, 'options', options, 'object');
    this.input = beatInput(model);
    const checked = streamOptions(op, options, this.input);
    this.options = checked.options;
    this.factor = checked.factor;
    this.classifier = new BeatClassifier(op, model, this.input);
    this.model = model;
    this.hertz = this.options.rate;
    if (this.factor !== 1)
      this.begins.push(note('input', `converted from ${this.options.units} to the model's ${this.input.window.units}`));
    [this.windows, this.block] = this.begin();
  }

  /**
   * Continues a stream where `state` was read, to the bit.
   *
   * @param model the same
   * @throws CheckpointError for a state that was changed, of another version, or of a stream with another model
   * @example
   *     declare const [model, stream]: [SavedModel, BeatStream];
   *     const text = JSON.stringify(stream.state);
   *     const continued = BeatStream.restore(model, JSON.parse(text));
   */
  static restore(model: ModelParts, state: BeatStreamState): BeatStream {
    const op = 'BeatStream.restore';
    checkNetworks(op, model);
    const { options, windows, block, ...own } = openState(op, model, state);
    const { range, ...others } = options;
    try {
      const stream = new BeatStream(model, range === null ? others : { ...others, range });
      stream.hertz = own.rate;
      [stream.windows, stream.block] = stream.begin();
      stream.windows.load(windows);
      stream.block.set(block.map((v) => v ?? Number.NaN));
      stream.filled = block.length;
      stream.start = own.start;
      stream.count = own.count;
      stream.clock = own.clock;
      stream.begins = own.begins;
      stream.ended = own.ended;
      return stream;
    } catch (error) {
      throw new CheckpointError(`${op}: expected the state of a stream, got ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Everything that `restore` needs besides the model: JSON, which can also be cloned and posted to a worker. */
  get state(): BeatStreamState {
    return sealState(this.model, {
      options: this.options,
      rate: this.rate,
      windows: this.windows.save(),
      block: Array.from(this.block.subarray(0, this.filled), (v) => (Number.isFinite(v) ? v : null)),
      ...{ start: this.start, count: this.count, clock: this.clock, begins: this.begins, ended: this.ended },
    });
  }

  /** Samples per second. */
  get rate(): number {
    return this.hertz;
  }

  /**
   * s of signal after an R peak by which its beat comes, unless it is found late (`found`) or the next beat counts (the timing
   * feature `next`); next to missing samples 0.2 s later.
   */
  get delay(): number {
    return this.windows.delay + (this.block.length + 2) / this.rate;
  }

  /** Bytes of signals that are kept, besides the model. */
  get bytes(): number {
    return this.windows.bytes + this.block.byteLength;
  }

  /**
   * Adds samples; returns the beats and notes that have become known.
   *
   * @param samples of any number; NaN and infinite ones are missing
   * @param time s, of the first of them by the recorder's clock, for packets that may be lost or repeated: what is missing since
   * the last packet becomes a gap, and what had come already is ignored. The first time that is given is where the clock begins.
   * More than an hour of missing samples, or a time of more than 10 s ago, begins a new signal, like `flush`
   * @throws ArgumentError for anything that is no array of numbers, and a time that is not finite; DataError if the output of
   * the model is not finite, which loses the beats of this call
   */
  push(samples: ArrayLike<number>, time?: number): StreamedBeats {
    const chunk = asSignal('BeatStream.push', 'samples', samples);
    if (time !== undefined) checkFinite('BeatStream.push', 'time', time);
    const out = new Output(this.classifier);
    const fresh = time === undefined || chunk.length === 0 ? chunk : this.synchronize(chunk, time, out);
    this.add(fresh, out);
    return out.take();
  }

  /**
   * Ends the signal: returns the remaining beats. Samples that follow are another signal, of whose rhythm nothing is known.
   *
   * @throws DataError if the output of the model is not finite, which loses the beats of this call
   */
  flush(): StreamedBeats {
    const out = new Output(this.classifier);
    this.end(out);
    this.ended = true;
    return out.take();
  }

  /**
   * Continues at another rate: returns the remaining beats. Samples that follow are another signal.
   *
   * @param rate samples per second, 50 to 10,000
   * @throws ArgumentError for a rate out of range; DataError if the output of the model is not finite, which loses the beats of
   * this call
   */
  changeRate(rate: number): StreamedBeats {
    checkRate('BeatStream.changeRate', rate);
    const out = new Output(this.classifier);
    this.end(out);
    const before = this.rate;
    this.hertz = rate;
    [this.windows, this.block] = this.begin();
    this.begins.push(note('rate', `the rate changes from ${before} Hz to ${rate} Hz`));
    this.ended = false;
    return out.take();
  }

  /** A new signal. */
  private begin(): [WindowStream, Float32Array] {
    const { samplingFrequency } = this.input;
    const rate = this.rate;
    this.begins = this.begins.filter(({ text }) => !text.startsWith('resampled'));
    if (rate !== samplingFrequency)
      this.begins.push(note('input', `resampled from ${rate} Hz to the model's ${samplingFrequency} Hz`));
    const windows = new WindowStream({ rate, input: this.input, factor: this.factor, range: this.options.range });
    return [windows, new Float32Array(Math.max(1, Math.round(rate / BLOCKS)))];
  }

  private add(samples: Float32Array, out: Output): void {
    if (samples.length === 0) return;
    if (this.ended) {
      [this.windows, this.block] = this.begin();
      this.begins.push(note('restart', 'a new signal begins'));
      this.ended = false;
    }
    for (const begin of this.begins.splice(0)) this.note(begin, out);
    const sign = this.options.invert ? -1 : 1;
    for (let i = 0; i < samples.length; ) {
      const n = Math.min(samples.length - i, this.block.length - this.filled);
      for (let k = 0; k < n; k++) this.block[this.filled + k] = sign * samples[i + k];
      i += n;
      this.filled += n;
      this.count += n;
      if (this.filled === this.block.length) this.process(out);
    }
  }

  private process(out: Output): void {
    const notes: SignalNote[] = [];
    const ready = this.windows.push(this.block.subarray(0, this.filled), notes);
    this.filled = 0;
    this.give(ready, notes, out);
  }

  private end(out: Output): void {
    if (this.filled > 0) this.process(out);
    const notes: SignalNote[] = [];
    if (!this.ended) this.give(this.windows.end(notes), notes, out);
    const { sample, time } = this.start;
    this.start = { sample: sample + this.count, time: time + this.count / this.rate };
    this.count = 0;
  }

  private give(ready: readonly ReadyBeat[], notes: readonly SignalNote[], out: Output): void {
    for (const one of notes) this.note(one, out);
    const { sample, time } = this.start;
    for (const beat of ready) out.beat(beat, sample + beat.sample, time + beat.sample / this.rate);
  }

  /** A note, its samples counted from the beginning of the stream. */
  private note({ kind, start, end, text }: SignalNote, out: Output): void {
    const { sample, time } = this.start;
    out.notes.push({
      ...{ kind, start: sample + start, end: end === null ? null : sample + end },
      ...{ time: time + start / this.rate, text },
    });
  }

  /** Compares the time of a packet with the samples before it; returns those that are new. */
  private synchronize(samples: Float32Array, time: number, out: Output): Float32Array {
    const now = this.start.time + this.count / this.rate;
    this.clock ??= time - now;
    const ahead = time - this.clock - now; // s
    if (Math.abs(ahead) <= this.options.jitter) return samples;
    const apart = Math.round(Math.abs(ahead) * this.rate);
    if (ahead > LONGEST_LOSS || ahead < -FARTHEST_BACK) {
      this.end(out);
      this.ended = true;
      if (ahead > 0) this.start.time = time - this.clock;
      else this.clock = time - this.start.time;
      return samples;
    }
    const at = this.count;
    const lost = `${seconds(apart, this.rate)} s of samples`;
    if (ahead > 0) {
      this.note({ kind: 'dropped', start: at, end: at + apart, text: `${lost} never came` }, out);
      const nothing = new Float32Array(this.block.length).fill(Number.NaN);
      for (let left = apart; left > 0; left -= nothing.length) this.add(nothing.subarray(0, left), out);
      return samples;
    }
    const repeated = Math.min(apart, samples.length);
    this.note(
      { kind: 'repeated', start: at, end: at, text: `${repeated} samples that had come already are ignored` },
      out,
    );
    return samples.subarray(repeated);
  }
}

function note(kind: SignalNote['kind'], text: string): SignalNote {
  return { kind, start: 0, end: null, text };
}
