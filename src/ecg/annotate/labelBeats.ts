import type { Classified } from '../../models/embeddingClassifier.ts';
import type { NoveltyDetector } from '../../models/noveltyDetector.ts';
import { isInNoise, type SignalQuality } from '../quality/signalQuality.ts';
import type { AnnotatedBeat } from './annotated.ts';
import { type BeatInput, labelsOf } from './beatInput.ts';
import type { BeatWindows } from './beatWindows.ts';

/**
 * Each beat with its class, or with the reason why it has none.
 *
 * @param peaks ascending
 */
export function labelBeats(
  input: BeatInput,
  peaks: Int32Array,
  { alone: x, peak, dropped }: BeatWindows,
  { probabilities, labels }: Classified,
  quality: SignalQuality,
  novelty: NoveltyDetector | null,
): AnnotatedBeat[] {
  const { classes } = input;
  const labelOf = labelsOf(input);
  const K = classes.length;
  const L = x.shape[2];
  const distances = novelty?.distance(x);
  const beats = Array.from(peaks, (sample, i): AnnotatedBeat => {
    const why = dropped.get(i) ?? 'edge';
    return { sample, label: 'Q', why, nearest: null, probabilities: [], distance: null };
  });
  const noisy = isInNoise(quality);
  peak.forEach((i, row) => {
    const { sample } = beats[i];
    const window = x.data.subarray(row * L, (row + 1) * L);
    const own = Array.from(probabilities.data.subarray(row * K, (row + 1) * K));
    const [nearest, label] = [classes[labels[row]], labelOf[labels[row]]];
    const facts = { window, nearest, label, distance: distances?.[row] ?? null, noisy: noisy(sample) };
    beats[i] = labelBeat(sample, facts, own, novelty);
  });
  return beats;
}

/** What is known of a beat with a window. */
interface BeatFacts {
  /** as it was classified */
  window: ArrayLike<number>;
  nearest: string;
  /** what it is labelled with unless it becomes `Q` */
  label: string;
  distance: number | null;
  /** whether the lead is noise there */
  noisy: boolean;
}

/** A beat with its class, or with the reason why it has none. */
export function labelBeat(
  sample: number,
  { window, nearest, label, distance, noisy }: BeatFacts,
  probabilities: number[],
  novelty: NoveltyDetector | null,
): AnnotatedBeat {
  const unlike = distance !== null && distance > novelty!.limit;
  const why = isFlat(window) ? 'flat' : noisy ? 'noise' : unlike ? 'unlike' : null;
  return { sample, label: why ? 'Q' : label, why, nearest, probabilities, distance };
}

function isFlat(window: ArrayLike<number>): boolean {
  for (let i = 1; i < window.length; i++) if (window[i] !== window[0]) return false;
  return true;
}
