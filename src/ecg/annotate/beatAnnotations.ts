import { checkCount, checkFields } from '../../core/check.ts';
import { checkQuality, type SignalQuality } from '../quality/signalQuality.ts';
import { type Annotation, checkAnnotations } from '../wfdb/annotation.ts';
import type { AnnotatedRecord } from './annotated.ts';

const UNREADABLE = -1; // subtype of a noise annotation in MIT-BIH: all bits, so that bxb takes it for a shutdown
const CLEAN = 0;

/**
 * Annotations of the beats, for `writeAnnotations`: a beat without a class is `Q`, with the reason and the nearest
 * class as its text; a beat of a class of your own has the class as its text. Where the lead becomes unreadable there is a `~` with subtype -1, as in MIT-BIH, and one with 0
 * where it can be read again: what EC57 calls a shutdown, as `compareBeats` reads it.
 */
export function beatAnnotations(
  annotated: Pick<AnnotatedRecord, 'beats'> & Partial<AnnotatedRecord>,
  channel = 0,
): Annotation[] {
  checkFields('beatAnnotations', 'annotated', annotated, { beats: 'array' });
  checkCount('beatAnnotations', 'channel', channel, 0, 255);
  const { beats, quality } = annotated;
  checkAnnotations('beatAnnotations', 'annotated.beats', beats as unknown as Annotation[]);
  const own = beats.map(({ sample, label, why, nearest }) => {
    const aux = why ? [why, nearest].filter(Boolean).join(' ') : nearest === label ? '' : (nearest ?? '');
    return { sample, label, subtype: 0, channel, num: 0, aux };
  });
  if (quality === undefined) return own;
  checkQuality('beatAnnotations', 'annotated.quality', quality);
  return [...noiseAnnotations(quality, channel), ...own].sort((a, b) => a.sample - b.sample);
}

/** Noise annotations where a lead becomes unreadable (subtype -1) and where it can be read again (0). */
function noiseAnnotations({ windows }: SignalQuality, channel: number): Annotation[] {
  const changes = windows.filter(
    ({ problem }, i) => (problem === null) !== ((windows[i - 1]?.problem ?? null) === null),
  );
  return changes.map(({ start: sample, problem }) => {
    const subtype = problem === null ? CLEAN : UNREADABLE;
    return { sample, label: '~', subtype, channel, num: 0, aux: problem ?? '' };
  });
}
