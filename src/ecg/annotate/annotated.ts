import type { SignalQuality } from '../quality/signalQuality.ts';
import type { Stretch } from '../quality/stretches.ts';

/** A detected beat, and its classification. */
export interface AnnotatedBeat {
  /** Sample index of the R peak, or of the peak as it was given. */
  sample: number;
  /** The class, or the first label of a class of your own; `Q` for an unclassified beat. */
  label: string;
  /**
   * Why it has no class: its window crosses an `edge` of the recording, contains an `invalid` sample, is `flat`, the
   * lead is `noise` there, or it is `unlike` the beats that the model was trained on (novel).
   */
  why: 'edge' | 'invalid' | 'flat' | 'noise' | 'unlike' | null;
  /** The most probable class, also of a novel beat; null if there is no window to classify. */
  nearest: string | null;
  /** In the order of the model's classes; empty if there is no window. */
  probabilities: number[];
  /** To the nearest cluster of training beats, see `NoveltyDetector`; null if unknown. */
  distance: number | null;
}

/** The beats of a recording, classified by a model. */
export interface AnnotatedRecord {
  beats: AnnotatedBeat[];
  /** Name of the lead that was read. */
  lead: string;
  /**
   * Remarks for a reader of the annotations: another lead, unit or rate than the model's, unreadable parts of the lead,
   * many novel beats, a lead that seems to be inverted.
   */
  notes: string[];
  /**
   * Where the lead cannot be read, in order of time: more than 2 s of invalid samples, or of a flat line, and noise. No
   * interval across it counts as rhythm.
   */
  unreadable: Stretch[];
  /** Which parts of the lead can be read; without windows below 50 Hz. */
  quality: SignalQuality;
}
