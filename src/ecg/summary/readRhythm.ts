import { type AamiClass, aamiClass } from '../classes.ts';
import { type Period, readBeats } from '../ec57/readBeats.ts';
import { merge, type Stretch } from '../quality/stretches.ts';
import type { Annotation } from '../wfdb/annotation.ts';

/** The beats of a part of a recording, in order of time. */
export interface Rhythm {
  /** Hz. */
  samplingFrequency: number;
  /** The part, samples. */
  first: number;
  last: number;
  /** (n) samples of the beats. */
  samples: number[];
  /** (n) */
  classes: AamiClass[];
  /** (n) samples since the previous beat; NaN for the first beat, and after a stretch in which no beat could be read. */
  intervals: number[];
  /** Merged. */
  unreadable: Stretch[];
  /** Ventricular flutter or fibrillation, merged. */
  flutter: Stretch[];
  /** Both, merged: where beats are not counted. */
  gaps: Stretch[];
  /** Beats in unreadable stretches. */
  unreadableBeats: number;
}

const NEAR = 0.15; // s from a beat to the start of a shutdown that has no end of its own, EC57's
const ORDER = 'NQFSV'; // of two beats at one sample, the class that counts is the later one

/** Beats that are in PhysioNet's list and not in de Chazal's table: bundle branch block, escape, R-on-T, unclassified. */
const OTHERS: Readonly<Record<string, AamiClass>> = { B: 'N', n: 'N', r: 'V', '?': 'Q' };

/** The beats of a list within `[first, last)`, and what interrupts them; without a `last`, up to the last beat. */
export function readRhythm(
  op: string,
  list: readonly Pick<Annotation, 'sample' | 'label'>[],
  given: readonly Stretch[],
  { samplingFrequency, first, last: end }: { samplingFrequency: number; first: number; last: number | null },
): Rhythm {
  const { beats, shutdowns, fibrillations } = readBeats(
    op,
    'beat',
    list as readonly Annotation[], // a subtype that is missing marks no shutdown
    Math.round(NEAR * samplingFrequency),
  );
  const read = beats.filter(({ beatClass }) => beatClass !== 'O');
  const last = end ?? Math.max(first, (read[read.length - 1]?.sample ?? -1) + 1);
  const unreadable = merge([...given, ...asStretches(shutdowns)], first, last);
  const flutter = merge(asStretches(fibrillations), first, last);
  const gaps = merge([...unreadable, ...flutter], first, last);
  const rhythm: Rhythm = {
    ...{ samplingFrequency, first, last, unreadable, flutter, gaps },
    ...{ samples: [], classes: [], intervals: [], unreadableBeats: 0 },
  };
  const { samples, classes, intervals } = rhythm;
  let gap = 0; // the first that ends after the beat before
  let covered = 0; // the first unreadable stretch that ends after the beat
  for (const { sample, annotation } of read) {
    if (sample < first || sample >= last) continue;
    while (covered < unreadable.length && unreadable[covered].end <= sample) covered++;
    if (covered < unreadable.length && unreadable[covered].start <= sample) {
      rhythm.unreadableBeats++;
      continue;
    }
    const beatClass = aamiClass(annotation.label) ?? OTHERS[annotation.label];
    const i = samples.length - 1;
    if (i >= 0 && samples[i] === sample) {
      if (ORDER.indexOf(beatClass) > ORDER.indexOf(classes[i])) classes[i] = beatClass;
      continue;
    }
    if (i >= 0) while (gap < gaps.length && gaps[gap].end <= samples[i]) gap++;
    const interrupted = i < 0 || (gap < gaps.length && gaps[gap].start < sample);
    samples.push(sample);
    classes.push(beatClass);
    intervals.push(interrupted ? Number.NaN : sample - samples[i]);
  }
  return rhythm;
}

/** Periods as stretches; one without an end lasts to the end of any. */
const asStretches = (periods: readonly Period[]): Stretch[] =>
  periods.map(({ from, to }) => ({ start: from, end: to }));
