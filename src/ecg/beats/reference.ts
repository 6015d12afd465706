import { checkCount, checkFields, checkKind, checkRange } from '../../core/check.ts';
import { checkFiniteNumbers } from '../../core/checkArrays.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { CheckpointError, ShapeError } from '../../core/errors.ts';
import { type BeatSet, checkBeats } from './beatSet.ts';

/** Options of `PastReference` and `pastReferences`. */
export interface ReferenceOptions {
  /** beats that the median is of, at most
   * @defaultValue 15 */
  memory?: number;
  /** correlation with the reference from which a beat looks like the patient's usual ones
   * @defaultValue 0.9 */
  similarity?: number;
}

/** What a `PastReference` remembers, as plain data. */
export interface PastReferenceState {
  /** the last windows, oldest first, and whether each looked usual */
  last: { window: number[]; isUsual: boolean }[];
  /** those that the reference is the median of */
  usual: number[][];
}

/**
 * What a patient's usual beat looks like, from the beats so far, without labels: sample by sample the median of the last
 * `memory` windows that looked usual. A beat looks usual if its correlation with the reference before it is at least
 * `similarity`; while there is none, every beat does. If of the last `memory` beats fewer than half did, the reference
 * is of the wrong beats, such as a run at the beginning, or the patient has changed: it is then the median of those
 * `memory` beats, whatever they look like.
 *
 * It is causal, and takes beats one by one: the reference of a beat depends on earlier beats alone.
 *
 * @throws ArgumentError for options out of range
 * @example
 *     declare const windows: Float32Array[];
 *     const reference = new PastReference();
 *     const usual = windows.map((window) => reference.next(window));
 */
export class PastReference {
  readonly memory: number;
  readonly similarity: number;
  private usual: Float32Array[] = [];
  private last: { window: Float32Array; isUsual: boolean }[] = [];
  private median: Float32Array | null = null;

  constructor(options: ReferenceOptions = {}) {
    checkOptions('PastReference', options, [], ['memory', 'similarity']);
    const { memory = 15, similarity = 0.9 } = options;
    checkCount('PastReference', 'memory', memory, 1, 4096);
    checkRange('PastReference', 'similarity', similarity, -1, 1);
    this.memory = memory;
    this.similarity = similarity;
  }

  /**
   * The reference (L) for a beat's window (L), of the beats before it, and the window itself for the first beat; then
   * remembers the window.
   *
   * @throws ShapeError for a window without samples, or of another length than those before it, DataError for one that is not finite
   */
  next(window: ArrayLike<number>): Float32Array {
    checkFiniteNumbers('PastReference', 'window', window);
    const own = Float32Array.from(window);
    if (own.length === 0) throw new ShapeError('PastReference: expected a window of at least one sample, got none');
    const before = this.median;
    if (before && before.length !== own.length)
      throw new ShapeError(`PastReference: expected a window of ${before.length} samples, got ${own.length}`);
    const isUsual = before === null || correlation(before, own) >= this.similarity;
    this.last.push({ window: own, isUsual });
    if (this.last.length > this.memory) this.last.shift();
    const restart =
      this.last.length === this.memory && 2 * this.last.filter((beat) => beat.isUsual).length < this.memory;
    if (restart) {
      for (const beat of this.last) beat.isUsual = true;
      this.usual = this.last.map(({ window }) => window);
    } else if (isUsual) this.usual.push(own);
    if (this.usual.length > this.memory) this.usual.shift();
    if (restart || isUsual) this.median = medianOf(this.usual);
    return before ?? own;
  }

  /** Of the windows that are remembered. */
  get bytes(): number {
    const windows = new Set([...this.last.map(({ window }) => window), ...this.usual]); // most are in both
    return 4 * (this.median?.length ?? 0) * (windows.size + 1);
  }

  /** Plain data to resume from later. */
  get state(): PastReferenceState {
    const plain = (window: Float32Array): number[] => Array.from(window);
    return {
      last: this.last.map(({ window, isUsual }) => ({ window: plain(window), isUsual })),
      usual: this.usual.map(plain),
    };
  }

  /** @throws CheckpointError for a state of other options, or one whose windows differ in length */
  set state(state: PastReferenceState) {
    checkFields('PastReference', 'state', state, { last: 'array', usual: 'array' });
    const { last, usual } = state;
    const fits = (windows: readonly unknown[]): boolean =>
      windows.length <= this.memory &&
      windows.every((w) => Array.isArray(w) && w.length === usual[0]?.length && w.every(Number.isFinite));
    if (!fits(usual) || !fits(last.map((beat) => beat?.window)) || (usual.length === 0 && last.length > 0))
      throw new CheckpointError(
        `PastReference: expected a state of at most ${this.memory} windows of one length, got another`,
      );
    this.last = last.map(({ window, isUsual }) => ({ window: Float32Array.from(window), isUsual: isUsual === true }));
    this.usual = usual.map((window) => Float32Array.from(window));
    this.median = usual.length > 0 ? medianOf(this.usual) : null;
  }
}

/**
 * The reference of each beat of a set, (n, L) in its order: what the beats of the same record before it usually look like, in
 * order of time; see `PastReference`. Next to the beats' own windows it is a second channel, by which a network sees how a
 * beat differs from the patient's others.
 *
 * @throws ArgumentError for options out of range; DataError for windows that are not finite
 * @example
 *     declare const records: EcgRecord[];
 *     const beats = extractBeats(records);
 *     const usual = pastReferences(beats);
 */
export function pastReferences(beats: BeatSet, options: ReferenceOptions = {}): Float32Array {
  checkBeats('pastReferences', beats);
  checkKind('pastReferences', 'options', options, 'object');
  const { x, length: L } = beats;
  new PastReference(options); // options out of range are an error without beats too
  const found = new Float32Array(x.length);
  for (const own of inOrderOfTime(beats)) {
    const reference = new PastReference(options);
    for (const i of own) found.set(reference.next(x.subarray(i * L, (i + 1) * L)), i * L);
  }
  return found;
}

/** The indices of the beats of each record, in order of time. */
export function inOrderOfTime({ record, sample }: BeatSet): number[][] {
  const records = new Map<number, number[]>();
  for (const [i, r] of record.entries()) {
    const own = records.get(r) ?? [];
    own.push(i);
    records.set(r, own);
  }
  return [...records.values()].map((own) => own.sort((a, b) => sample[a] - sample[b] || a - b));
}

/** Sample by sample, the lower of the two middle values of an even number. */
function medianOf(windows: readonly Float32Array[]): Float32Array {
  const middle = (windows.length - 1) >> 1;
  const values = new Float32Array(windows.length);
  return windows[0].map((_, t) => {
    for (const [n, window] of windows.entries()) {
      let at = n;
      for (; at > 0 && values[at - 1] > window[t]; at--) values[at] = values[at - 1];
      values[at] = window[t]; // by insertion: a sort of a few numbers costs more than the numbers
    }
    return values[middle];
  });
}

/** Pearson's; 0 where either is constant. */
function correlation(a: Float32Array, b: Float32Array): number {
  const n = a.length;
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < n; i++) {
    sumA += a[i];
    sumB += b[i];
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [p, q] = [a[i] - sumA / n, b[i] - sumB / n];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
