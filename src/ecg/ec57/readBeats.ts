import { DataError } from '../../core/errors.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import type { ComparedClass } from './beatStatistics.ts';

/** The sample of a beat after the last one, and the end of what lasts to the end. */
export const NEVER = Number.MAX_SAFE_INTEGER;
const BOTH_SIGNALS = 0x30; // bits of a noise annotation's subtype: neither of the two signals is readable (bxb.c)

const CLASS_OF: ReadonlyMap<string, ComparedClass> = new Map(
  (
    [
      ['N', 'N L R B'],
      ['S', 'A a J S j e n'],
      ['V', 'V E r'],
      ['F', 'F'],
      ['Q', '/ f Q ?'],
      ['O', '!'], // a flutter wave is a QRS in ecgmap.h but not a beat in bxb: it takes a partner, and counts as none
    ] as const
  ).flatMap(([compared, labels]) => labels.split(' ').map((label) => [label, compared] as const)),
);

/** A beat as EC57 sees it. */
export interface ReadBeat {
  sample: number;
  beatClass: ComparedClass;
  annotation: Annotation;
}

/** Samples from the first to the last, both of it. */
export interface Period {
  from: number;
  to: number;
}

/** What a list says, in the order of time. */
export interface Reading {
  beats: ReadBeat[];
  shutdowns: Period[];
  /** From `[` to `]`: ventricular flutter or fibrillation, or as the test has it. */
  fibrillations: Period[];
}

/**
 * The beats of a list, and what it says of stretches without any; `near` samples is how far from a beat a shutdown begins.
 *
 * @throws DataError for a sample that is not a whole number
 */
export function readBeats(op: string, which: string, list: readonly Annotation[], near: number): Reading {
  list.forEach((a, i) => {
    if (!Number.isSafeInteger(a.sample))
      throw new DataError(`${op}: expected whole samples, got ${a.sample} in ${which} annotation ${i} (${a.label})`);
  });
  const sorted = [...list].sort((a, b) => a.sample - b.sample);
  const reading: Reading = { beats: [], shutdowns: [], fibrillations: [] };
  let beatEnd = 0; // of the last beat or `]`
  for (let i = 0; i < sorted.length; i++) {
    const annotation = sorted[i];
    const { label, sample } = annotation;
    const beatClass = CLASS_OF.get(label);
    if (beatClass) {
      reading.beats.push({ sample, beatClass, annotation });
      beatEnd = sample;
    } else if (isShutdown(annotation)) {
      const next = sorted[i + 1];
      if (!next) reading.shutdowns.push({ from: sample, to: NEVER });
      else if (next.label === '~' && !isShutdown(next))
        reading.shutdowns.push({ from: sample, to: sorted[++i].sample });
      else {
        const to = next.sample - near;
        reading.shutdowns.push({ from: Math.min(beatEnd + near, to), to });
      }
    } else if (label === '[') {
      while (i < sorted.length && sorted[i].label !== ']') i++;
      const to = sorted[i]?.sample ?? NEVER;
      reading.fibrillations.push({ from: sample, to });
      beatEnd = to;
    }
  }
  return reading;
}

function isShutdown({ label, subtype }: Annotation): boolean {
  return label === '~' && (subtype & BOTH_SIGNALS) === BOTH_SIGNALS;
}

/** Whether a sample is in one of them. */
export function isWithin(periods: readonly Period[], sample: number): boolean {
  return periods.some(({ from, to }) => from <= sample && sample <= to);
}
