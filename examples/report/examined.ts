import * as v from 'valibot';
import { atLeast, dictionary, whole } from '../shared/schema.ts';
import { type fieldsOf, number, share, shareOrNaN } from './fields.ts';

// What metrics.json holds of the probabilities of the judged beats, and of single wrong ones.

/** Fields that depend on the classes. */
type ClassFields = ReturnType<typeof fieldsOf>;

const reliabilityBin = v.object({
  /** the bin's limits */
  low: share,
  high: share,
  samples: whole(1),
  /** mean of the predicted probabilities */
  probability: share,
  /** how often it was so */
  frequency: share,
});

/** How far the probabilities can be trusted, as of `calibration`, in 15 bins of equal width. */
export type CalibrationMetrics = v.InferOutput<ReturnType<typeof calibrationOf>>;
export function calibrationOf({ byClass, counts }: Pick<ClassFields, 'byClass' | 'counts'>) {
  /** expected calibration errors of the most probable class and of each, and the mean cross-entropy */
  const errors = v.object({ overall: share, perClass: byClass(share), loss: number });
  return v.object({
    /** of the model in its file; 1 where none was fitted */
    temperature: atLeast(0),
    /** number of beats that it was fitted on, none of them trained on; 0 where none was fitted */
    fittedOn: whole(),
    /** at temperature 1 */
    before: errors,
    /** at the model's temperature, as all that follows */
    after: errors,
    bins: v.object({ overall: v.array(reliabilityBin), perClass: byClass(v.array(reliabilityBin)) }),
    /** as of `riskCoverageCurve`, by the largest probability; thinned to what can be seen */
    riskCoverage: v.array(v.object({ coverage: share, risk: share, threshold: share })),
    /** the confusion matrix of the beats whose largest probability is at least a threshold */
    undecided: v.array(v.object({ threshold: share, matrix: counts })),
  });
}

/** Beats that were classified wrongly, the surest of each pair of classes. */
export type MistakeMetrics = v.InferOutput<ReturnType<typeof mistakesOf>>;
export function mistakesOf({ classIndex }: Pick<ClassFields, 'classIndex'>) {
  return v.object({
    /** Hz, of the recordings */
    recorded: atLeast(0),
    /** Hz, of the signals below */
    samplingFrequency: atLeast(0),
    /** probability from which a mistake counts as sure, and how many of those each record has */
    sure: v.object({ from: share, records: dictionary(whole()) }),
    /** of each pair of classes the surest first */
    examples: v.array(
      v.object({
        record: v.string(),
        /** of the R peak, in the recording */
        sample: whole(),
        label: classIndex,
        predicted: classIndex,
        /** of the predicted class */
        probability: shareOrNaN,
        /** millivolts; samples before the R peak */
        signal: v.array(number),
        before: whole(),
        /** the annotated beats in it, this one among them: where, the annotation's code, and what a beat was wrongly taken for */
        beats: v.array(v.object({ at: whole(), label: v.string(), taken: v.nullable(classIndex) })),
      }),
    ),
  });
}
