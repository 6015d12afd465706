import { type Annotation, aamiClass, type Ectopy, type RhythmSummary, summarizeRhythm } from 'dynaecg/ecg';
import type { Judged } from '../../report/metrics.ts';
import type { Recorded } from '../recordings.ts';
import type { Samples } from '../samples.ts';

/** What is read of a recording. */
type Annotated = Pick<Recorded, 'name' | 'annotations' | 'samplingFrequency' | 'length'>;

/** What is read of the judged beats. */
interface JudgedBeats {
  beats: Pick<Samples['beats'], 'record' | 'recordNames' | 'sample' | 'classes'>;
}

/**
 * The ectopic beats of each judged record as a summary counts them, as annotated and as predicted; beats that were not judged,
 * of other classes or without a window, are as annotated in both.
 */
export function rhythms(
  { records }: { records: readonly Annotated[] },
  { beats }: JudgedBeats,
  predictions: Int32Array,
): Judged['rhythms'] {
  const predicted = new Map<string, Map<number, string>>();
  beats.sample.forEach((sample, i) => {
    const name = beats.recordNames[beats.record[i]];
    const own = predicted.get(name) ?? new Map<number, string>();
    predicted.set(name, own.set(sample, beats.classes[predictions[i]]));
  });
  const judged = records.filter(({ name }) => predicted.has(name));
  return Object.fromEntries(
    judged.map(({ name, annotations, samplingFrequency, length }) => {
      const own = predicted.get(name)!;
      const asPredicted = (a: Annotation): Annotation =>
        aamiClass(a.label) === undefined ? a : { ...a, label: own.get(a.sample) ?? a.label };
      const end = length / samplingFrequency;
      const of = (list: Annotation[]): RhythmSummary => summarizeRhythm(list, { samplingFrequency, end });
      const [annotated, model] = [of(annotations), of(annotations.map(asPredicted))];
      const hours = annotated.analyzed / 3600;
      return [name, { hours, annotated: countsOf(annotated), predicted: countsOf(model) }];
    }),
  );
}

function countsOf({ supraventricular, ventricular }: RhythmSummary) {
  const counts = ({ beats, couplets, runs }: Ectopy) => ({ beats, couplets, runs: runs.length });
  return { S: counts(supraventricular), V: counts(ventricular) };
}
