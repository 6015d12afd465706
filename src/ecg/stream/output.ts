import type { AnnotatedBeat } from '../annotate/annotated.ts';
import type { Found } from '../qrs/decisions.ts';
import type { BeatClassifier } from './beatClassifier.ts';
import type { StreamNote } from './notes.ts';
import type { ReadyBeat } from './windowStream.ts';

/** A beat in a stream. */
export interface StreamedBeat extends AnnotatedBeat {
  /** s from the beginning of the stream to the R peak. */
  time: number;
  /** From 0, noise, to 1, a clean ECG: `signalQuality` of the ten seconds before the beat; null if there are none. */
  quality: number | null;
  /** `directly`, or late: by the `searchBack` for a missed beat, or after `learning` the detector's thresholds. */
  found: Found;
}

/** What has become known of a stream. */
export interface StreamedBeats {
  /** In order of time. */
  beats: StreamedBeat[];
  notes: StreamNote[];
}

const AT_ONCE = 64; // beats that are classified in one batch

/** The beats and notes of one call. */
export class Output {
  readonly notes: StreamNote[] = [];
  private readonly classifier: BeatClassifier;
  private readonly beats: StreamedBeat[] = [];
  private waiting: { beat: ReadyBeat; sample: number; time: number }[] = [];

  constructor(classifier: BeatClassifier) {
    this.classifier = classifier;
  }

  beat(beat: ReadyBeat, sample: number, time: number): void {
    this.waiting.push({ beat, sample, time });
    if (this.waiting.length === AT_ONCE) this.classify();
  }

  take(): StreamedBeats {
    this.classify();
    return { beats: this.beats, notes: this.notes };
  }

  private classify(): void {
    const waiting = this.waiting;
    this.waiting = [];
    const labelled = this.classifier.classify(waiting.map(({ beat }) => beat));
    labelled.forEach((annotated, i) => {
      const { beat, sample, time } = waiting[i];
      const { quality, found } = beat;
      this.beats.push({ ...annotated, sample, time, quality, found });
    });
  }
}
