/**
 * What a note in a stream is about:
 *
 * - `input`: the samples are converted or resampled for the model
 * - `invalid`: more than 200 ms of samples that are not finite; `flat`: more than 2 s of equal samples
 * - `dropped`: samples that never came, according to the time of a packet; they count as not finite
 * - `repeated`: samples that had come already; they are ignored
 * - `saturated`: samples at a limit of the range
 * - `step`: the baseline has moved by more than the height of the signal
 * - `noise`: no ECG can be read, and beats have no class
 * - `learning`: thresholds are learned, at the beginning or after four seconds without a beat; beats come late
 * - `rate`, `restart`: a new signal begins, at another rate or after an interruption; nothing is known of its rhythm
 */
export type StreamNoteKind =
  | 'input'
  | 'invalid'
  | 'flat'
  | 'dropped'
  | 'repeated'
  | 'saturated'
  | 'step'
  | 'noise'
  | 'learning'
  | 'rate'
  | 'restart';

/** A remark about a stream, at the place where it applies. */
export interface StreamNote {
  kind: StreamNoteKind;
  /** Index of the first sample. */
  start: number;
  /** The sample after the last one; null if it goes on, and another note with the same start will say until when. */
  end: number | null;
  /** s from the beginning of the stream to `start`. */
  time: number;
  text: string;
}

/** A note of one of the signals that a stream consists of, with samples counted from its beginning. */
export type SignalNote = Omit<StreamNote, 'time'>;

/** `0.25`, `12` */
export const seconds = (samples: number, rate: number): string => String(Number((samples / rate).toFixed(2)));
