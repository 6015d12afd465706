import { CLASSES } from 'dynaecg/ecg';
import * as v from 'valibot';
import { atLeast, dictionary, oneOf, whole } from '../shared/schema.ts';
import { dataFacts, division } from './dataFacts.ts';
import { calibrationOf, mistakesOf } from './examined.ts';
import { fieldsOf, formerly, names, number, share, shareOrNaN } from './fields.ts';
import { runConfiguration } from './runConfiguration.ts';

// What metrics.json holds: by a schema a file is read, and of it the type that is named before it is made.

/** How it was run. */
export type RunFacts = v.InferOutput<typeof runFacts>;
const runFacts = v.object({
  /** of all that determines the figures; files of earlier runs have none */
  id: v.optional(v.string()),
  /** as it can be given to a shell */
  command: v.string(),
  /** ISO 8601 */
  started: v.string(),
  seconds: number,
  /** of dynaecg, Node.js, V8 */
  versions: dictionary(v.string()),
  /** where the kernels ran: wasm or js */
  backend: v.string(),
  cpu: v.string(),
  /** SHA-256 by file; of synthetic recordings none */
  checksums: dictionary(v.string()),
});

/** What an iteration showed; the numbers that files of earlier runs lack may be missing. */
export type RecordedIteration = v.InferOutput<typeof iteration>;
const iteration = v.object({
  loss: number,
  triplets: number,
  pairs: number,
  /** triplets that a batch holds, mean of a batch */
  possible: v.optional(number),
  activeFraction: number,
  meanPositive: number,
  meanNegative: number,
  gradientNorm: number,
  spread: number,
  iteration: whole(),
  margin: number,
  emptyBatches: whole(),
  learningRate: number,
  violationRate: number,
  neighborF1: v.optional(number),
  best: v.boolean(),
  collapsed: v.boolean(),
});

/** What an epoch of a classifier showed. */
const epoch = v.object({
  epoch: whole(),
  loss: number,
  accuracy: number,
  validationLoss: number,
  validationAccuracy: number,
  best: v.boolean(),
});

/** The scores that Table 1 shows. */
export type TableScore = 'sensitivity' | 'precision' | 'f1';

/** Scores of a class or overall; files of earlier runs have no specificity. */
export type TableScores = v.InferOutput<typeof scores>;
const scores = v.object({ sensitivity: number, precision: number, f1: number, specificity: v.optional(number) });

/** Files of earlier runs do not tell of how many patients an interval is. */
export type PatientInterval = v.InferOutput<typeof interval>;
const interval = v.pipe(
  v.object({ low: shareOrNaN, high: shareOrNaN, groups: v.optional(whole()) }),
  v.check(({ low, high }) => !(low > high), 'from a low end up to a high one'),
);

export type TableIntervals = v.InferOutput<typeof intervals>;
const intervals = v.object({
  ...{ sensitivity: interval, precision: interval, f1: interval },
  specificity: v.optional(interval),
});

/** What some judged beats, as many of each class, show of the embedding. */
export type EmbeddingFacts = v.InferOutput<typeof embeddingFacts>;
const embeddingFacts = v.object({
  /** mean squared distance of beats of one class, and of different classes */
  meanPositive: number,
  meanNegative: number,
  /** fraction of triplets with d_an < d_ap + 0.2 */
  violations: number,
});

/** How many beats of a class a layout shows of either side, training and test: more would hide each other. */
export const MOST_LAID_OUT = { first: 800, other: 400 };

/** How well the distance to the nearest training cluster tells beats of other classes. */
export type NoveltyMetrics = v.InferOutput<typeof novelty>;
const novelty = v.object({
  clusters: whole(),
  /** distance above which a beat is novel */
  limit: number,
  /** number of beats and the share of them above the limit, by class, those of no class included */
  byClass: dictionary(v.object({ beats: whole(), above: shareOrNaN })),
  /** area under the ROC curve of beats of no class (of AAMI's: F, Q, and both) against those that were judged */
  rocArea: dictionary(shareOrNaN),
});

/** Ectopic beats of one class in a record. */
export type EctopyCounts = v.InferOutput<typeof ectopyCounts>;
const ectopyCounts = v.object({ beats: whole(), couplets: whole(), runs: whole() });
const byEctopy = v.object({ S: ectopyCounts, V: ectopyCounts });

/** The ectopic beats of a record as `summarizeRhythm` counts them: as annotated, and as the model has them. */
export type RecordRhythm = v.InferOutput<typeof recordRhythm>;
const recordRhythm = v.object({
  /** in which beats can be read */
  hours: atLeast(0),
  annotated: byEctopy,
  predicted: byEctopy,
});

const areClasses = (given: unknown): given is string[] =>
  Array.isArray(given) &&
  given.length > 1 &&
  given.every((name, i) => typeof name === 'string' && given.indexOf(name) === i);

/** What metrics.json holds of `n` classes, and parts of it. */
export function schemasOf(n: number) {
  const fields = fieldsOf(n);
  const { byClass, counts, classIndex } = fields;
  const operatingPoint = v.object({
    /** the `adjustment` of a configuration that would have this prior: 1 is that of the data, 0 that of a batch */
    adjustment: number,
    matrix: counts,
  });

  const comparison = v.object({
    /** the confusion matrix of their 9 nearest neighbours among training embeddings */
    neighbors: counts,
    /** the confusion matrix at each of several priors */
    operating: v.array(operatingPoint),
    embedding: embeddingFacts,
  });

  const layout = v.object({
    perplexity: number,
    /** Kullback-Leibler divergence that was reached */
    divergence: number,
    /** of the 5 nearest neighbours */
    trustworthiness: number,
    /** Hz */
    samplingFrequency: number,
    x: v.array(number),
    y: v.array(number),
    /** whether the beat was trained on; the others are of the test half */
    trained: v.array(v.boolean()),
    record: v.array(v.string()),
    /** of the R peak */
    sample: v.array(whole()),
    /** index of the class that it is annotated with */
    label: v.array(classIndex),
    /** index of the class that it is taken for */
    predicted: v.array(classIndex),
  });

  const attentionExample = v.object({
    record: v.string(),
    /** of the R peak */
    sample: whole(),
    /** the beat of its class that is nearest to the middle of the class, or one that was taken for another class */
    kind: oneOf('typical', 'wrong'),
    label: classIndex,
    predicted: classIndex,
    /** of the predicted class */
    probability: share,
    /** millivolts; samples before the R peak; samples a second */
    signal: v.array(number),
    before: whole(),
    samplingFrequency: number,
    /** one for each time step, which is `signal.length / weights.length` samples wide or a little more; their sum is 1 */
    weights: v.array(number),
  });

  const judged = v.object({
    accuracy: number,
    perClass: byClass(v.object({ ...scores.entries, support: whole() })),
    /** unweighted means over the classes */
    macro: scores,
    balancedAccuracy: v.optional(number),
    /** counts by true class (row) and predicted class */
    confusion: counts,
    /** the same for each record */
    records: dictionary(counts),
    /** where all beats of a record are judged: absent for patients mixed, and from files of earlier runs */
    rhythms: v.optional(dictionary(recordRhythm)),
    ...v.partial(comparison).entries,
    /** 95 % intervals over patients, as of `scoreIntervals` */
    intervals: v.object({ accuracy: interval, macro: intervals, perClass: byClass(intervals) }),
    /** for each class, against the others, by its probability; thinned to what can be seen */
    precisionRecall: byClass(
      v.object({
        averagePrecision: shareOrNaN,
        points: v.array(v.object({ recall: shareOrNaN, precision: shareOrNaN, threshold: number })),
      }),
    ),
    /** of training beats alone, as the paper's Figure 2; runs before it was shown have none */
    trainingLayout: v.optional(layout),
    /** of training beats and those that were judged */
    layout,
    attention: v.array(attentionExample),
    novelty,
    /** absent from files of earlier runs */
    calibration: v.optional(calibrationOf(fields)),
    mistakes: v.optional(mistakesOf(fields)),
  });

  const protocolMetrics = v.object({
    configuration: runConfiguration,
    /** beats */
    train: whole(),
    /** beats */
    test: whole(),
    /** share of the test windows that share samples with a training window; absent from files of older runs */
    overlap: v.optional(share),
    patients: v.object({ train: names, test: names, shared: names }),
    unusedRecords: names,
    /** where patients are kept apart; absent from files of earlier runs */
    division: v.optional(division),
    seconds: v.object({ embedder: number, embedding: number, classifier: number, report: number }),
    /** for each network, in the order of their training: what each iteration with triplets and each epoch of a classifier showed */
    history: v.array(
      v.object({
        iterations: v.array(v.pipe(formerly({ violationRate: ['violations', 'score'] }), iteration)),
        epochs: v.array(
          v.pipe(formerly({ validationLoss: ['score'], validationAccuracy: ['heldBackAccuracy'] }), epoch),
        ),
      }),
    ),
    /** null where the run was interrupted */
    judged: v.nullable(judged),
  });

  const metrics = v.object({
    ...dataFacts.entries,
    seed: v.string(),
    classes: v.custom<string[]>(areClasses, 'at least two names, each once'),
    beats: v.object({
      /** by class, those of no class too */
      annotated: dictionary(whole()),
      windows: whole(),
      /** of which only the number is shown */
      dropped: v.pipe(v.array(v.unknown()), v.readonly()),
    }),
    /** how it was run; absent things are unknown */
    run: runFacts,
    /** by name, intra or inter; one that was interrupted has no `judged` */
    protocols: dictionary(protocolMetrics),
  });

  return { operatingPoint, comparison, layout, attentionExample, judged, protocolMetrics, metrics };
}

/** What metrics.json holds, of as many classes as it says. */
export const metrics = v.lazy((given) => {
  const { classes } = (given ?? {}) as Partial<Metrics>;
  return schemasOf(areClasses(classes) ? classes.length : CLASSES.length).metrics;
});

type Schemas = ReturnType<typeof schemasOf>;

/** How the beats are classified at another prior, which trades sensitivity for precision. */
export type OperatingPoint = v.InferOutput<Schemas['operatingPoint']>;

/** What else is found out of the judged beats, for methods to be compared by. */
export type Comparison = v.InferOutput<Schemas['comparison']>;

/** t-SNE of some embeddings, in columns: one entry for each beat. */
export type Layout = v.InferOutput<Schemas['layout']>;

/** A beat and where attention looked. */
export type AttentionExample = v.InferOutput<Schemas['attentionExample']>;

/** How the beats to judge by were classified; files of earlier runs have no comparison. */
export type Judged = v.InferOutput<Schemas['judged']>;

export type ProtocolMetrics = v.InferOutput<Schemas['protocolMetrics']>;

/** All that a run found out, as plain data: what metrics.json holds, and the report is drawn from. */
export type Metrics = v.InferOutput<Schemas['metrics']>;
