import { Tensor } from '../../autograd/tensor.ts';
import { checkCount, checkFields } from '../../core/check.ts';
import { checkFiniteNumbers } from '../../core/checkArrays.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { CheckpointError, ShapeError } from '../../core/errors.ts';
import { type BeatSet, checkBeats } from './beatSet.ts';
import { inOrderOfTime, PastReference, type PastReferenceState, type ReferenceOptions } from './reference.ts';

/** What a network is given of the beats before one, besides its own window: options of `BeatChannels` and `beatChannels`. */
export interface ChannelOptions {
  /** a channel with the patient's usual beat so far, and how `PastReference` is to make it; none by default */
  reference?: ReferenceOptions;
  /** channels with the windows of so many beats before, the last one first
   * @defaultValue 0 */
  previous?: number;
}

/** What `BeatChannels` remember, as plain data. */
export interface BeatChannelsState {
  reference: PastReferenceState | null;
  /** the windows before, the last one first */
  previous: number[][];
}

const MOST = 64; // windows before

/**
 * The channels of one beat after the other: its window, then the patient's usual beat so far, then the windows of the beats
 * before, each where it is asked for. Where there are too few before, the earliest is there again; for the first beat that is
 * its own. It is causal: channels depend on the beat and on earlier ones alone.
 *
 * @throws ArgumentError for options out of range
 * @example
 *     declare const windows: Float32Array[];
 *     const channels = new BeatChannels({ reference: {}, previous: 2 });
 *     const inputs = windows.map((window) => channels.next(window)); // each 4 channels
 */
export class BeatChannels {
  /** channels of a beat */
  readonly count: number;
  private readonly reference: PastReference | null;
  private readonly most: number;
  private previous: Float32Array[] = []; // the last one first

  constructor(options: ChannelOptions = {}) {
    checkOptions('BeatChannels', options, [], ['reference', 'previous']);
    const { reference, previous = 0 } = options;
    checkCount('BeatChannels', 'previous', previous, 0, MOST);
    this.reference = reference === undefined ? null : new PastReference(reference);
    this.most = previous;
    this.count = 1 + (this.reference ? 1 : 0) + previous;
  }

  /**
   * The channels (C,L) of a beat's window (L), one after the other; then remembers the window.
   *
   * @throws ShapeError for a window without samples, or of another length than those before it, DataError for one that is not finite
   */
  next(window: ArrayLike<number>): Float32Array {
    checkFiniteNumbers('BeatChannels', 'window', window);
    const own = Float32Array.from(window);
    const L = own.length;
    const before = this.previous[0]?.length ?? L;
    if (L === 0) throw new ShapeError('BeatChannels: expected a window of at least one sample, got none');
    if (before !== L) throw new ShapeError(`BeatChannels: expected a window of ${before} samples, got ${L}`);
    const channels: Float32Array[] = [own];
    if (this.reference) channels.push(this.reference.next(own));
    for (let k = 0; k < this.most; k++) channels.push(this.previous[Math.min(k, this.previous.length - 1)] ?? own);
    this.previous = [own, ...this.previous].slice(0, this.most);
    const all = new Float32Array(channels.length * L);
    channels.forEach((channel, c) => {
      all.set(channel, c * L);
    });
    return all;
  }

  /** Of the windows that are remembered. */
  get bytes(): number {
    const windows = this.previous.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return windows + (this.reference?.bytes ?? 0);
  }

  /** Plain data to resume from later. */
  get state(): BeatChannelsState {
    return { reference: this.reference?.state ?? null, previous: this.previous.map((window) => Array.from(window)) };
  }

  /** @throws CheckpointError for a state of other options, or one whose windows differ in length */
  set state(state: BeatChannelsState) {
    checkFields('BeatChannels', 'state', state, { previous: 'array' });
    const { reference, previous } = state;
    const [first] = previous;
    const fits =
      previous.length <= this.most &&
      previous.every((w) => Array.isArray(w) && w.length > 0 && w.length === first.length && w.every(Number.isFinite));
    if (!fits || (reference === null) !== (this.reference === null))
      throw new CheckpointError(
        `BeatChannels: expected a state ${this.reference ? 'with' : 'without'} a reference and at most ${this.most} windows of one length, got another`,
      );
    if (this.reference) this.reference.state = reference!;
    this.previous = previous.map((window) => Float32Array.from(window));
  }
}

/**
 * The channels of each beat of a set, (n,C,L) in its order; see `BeatChannels`. Beats of a record are taken in order of time.
 *
 * @throws ArgumentError for options out of range; DataError for windows that are not finite
 * @example
 *     declare const records: EcgRecord[];
 *     const beats = extractBeats(records);
 *     const x = beatChannels(beats, { previous: 1 }); // (n,2,253)
 */
export function beatChannels(beats: BeatSet, options: ChannelOptions = {}): Tensor {
  checkBeats('beatChannels', beats);
  return channelsOf(beats.x, beats.length, inOrderOfTime(beats), options);
}

/** The channels (n,C,L) of windows (n,L), each of `sequences` being one recording's windows from the first to the last. */
export function channelsOf(
  x: Float32Array,
  L: number,
  sequences: Iterable<Iterable<number>>,
  options: ChannelOptions,
): Tensor {
  const { count } = new BeatChannels(options);
  const found = new Float32Array(x.length * count);
  for (const sequence of sequences) {
    const channels = new BeatChannels(options);
    for (const i of sequence) found.set(channels.next(x.subarray(i * L, (i + 1) * L)), i * count * L);
  }
  return new Tensor(found, [x.length / L, count, L]);
}
