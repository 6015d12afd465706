import type {
  EpochStatistics,
  GroupInterval,
  Interval,
  IterationStatistics,
  PrecisionRecallPoint,
  Scores,
} from 'dynaecg';
import type { BeatSet, Split } from 'dynaecg/ecg';

/** All that a run found out, as plain data: what metrics.json holds, and the report is drawn from. */
export interface Metrics {
  /** 'MIT-BIH', with the number of records where it is not all of them, or 'synthetic' */
  source: string;
  seed: string;
  classes: string[];
  beats: { annotated: BeatSet['counts']; windows: number; dropped: BeatSet['dropped'] };
  /** how it was run; absent things are unknown */
  run: RunFacts;
  /** by name, intra or inter; one that was interrupted has no `judged` */
  protocols: Record<string, ProtocolMetrics>;
}

/** How it was run. */
export interface RunFacts {
  /** as it can be given to a shell */
  command: string;
  /** ISO 8601 */
  started: string;
  seconds: number;
  /** of dynaecg, Node.js, V8 */
  versions: Record<string, string>;
  /** where the kernels ran: wasm or js */
  backend: string;
  cpu: string;
  /** SHA-256 by file; of synthetic recordings none */
  checksums: Record<string, string>;
}

export interface ProtocolMetrics {
  configuration: RunConfiguration;
  /** beats */
  train: number;
  /** beats */
  test: number;
  /** share of the test windows that share samples with a training window; absent from files of older runs */
  overlap?: number;
  patients: Split['patients'];
  unusedRecords: readonly string[];
  seconds: { embedder: number; embedding: number; classifier: number; report: number };
  /** for each network, in the order of their training: what each iteration with triplets and each epoch of a classifier showed */
  history: { iterations: RecordedIteration[]; epochs: EpochStatistics[] }[];
  /** null where the run was interrupted */
  judged: Judged | null;
}

/** The settings of a run: what the report explains, and whatever else it was run with. */
export interface RunConfiguration {
  protocol: 'intra' | 'inter';
  halves: 'beats' | 'time';
  method: 'triplet' | 'crossEntropy' | 'joint';
  members: number;
  iterations: number;
  mlpEpochs: number;
  keep: 'best' | 'last';
  /** of the logits to the data's prior: 1, to a batch's: 0 */
  adjustment: number;
  margin: 'dynamic' | number;
  /** samples in a window */
  length: number;
  [other: string]: unknown;
}

/** What an iteration showed; the numbers that files of earlier runs lack may be missing. */
export type RecordedIteration = Omit<IterationStatistics, 'possible' | 'neighborF1'> & {
  /** triplets that a batch holds, mean of a batch */
  possible?: number;
  neighborF1?: number;
};

/** How the beats to judge by were classified; files of earlier runs have no comparison. */
export interface Judged extends Partial<Comparison> {
  accuracy: number;
  perClass: (TableScores & { support: number })[];
  balancedAccuracy?: number;
  /** unweighted means over the classes */
  macro: TableScores;
  /** counts by true class (row) and predicted class */
  confusion: number[][];
  /** the same for each record */
  records: Record<string, number[][]>;
  /** 95 % intervals over patients, as of `scoreIntervals` */
  intervals: { accuracy: PatientInterval; macro: TableIntervals; perClass: TableIntervals[] };
  /** for each class, against the others, by its probability; thinned to what can be seen */
  precisionRecall: { averagePrecision: number; points: PrecisionRecallPoint[] }[];
  /** of training beats alone, as the paper's Figure 2; runs before it was shown have none */
  trainingLayout?: Layout;
  /** of training beats and those that were judged */
  layout: Layout;
  attention: AttentionExample[];
  novelty: NoveltyMetrics;
}

/** What else is found out of the judged beats, for methods to be compared by. */
export interface Comparison {
  /** the confusion matrix of their 9 nearest neighbours among training embeddings */
  neighbors: number[][];
  /** the confusion matrix at each of several priors */
  operating: OperatingPoint[];
  embedding: EmbeddingFacts;
}

/** How the beats are classified at another prior, which trades sensitivity for precision. */
export interface OperatingPoint {
  /** the `adjustment` of a configuration that would have this prior: 1 is that of the data, 0 that of a batch */
  adjustment: number;
  matrix: number[][];
}

/** What some judged beats, as many of each class, show of the embedding. */
export interface EmbeddingFacts {
  /** mean squared distance of beats of one class, and of different classes */
  meanPositive: number;
  meanNegative: number;
  /** fraction of triplets with d_an < d_ap + 0.2 */
  violations: number;
}

/** The scores that Table 1 shows. */
export type TableScore = 'sensitivity' | 'precision' | 'f1';

/** Scores of a class or overall; files of earlier runs have no specificity. */
export type TableScores = Pick<Scores, TableScore> & Partial<Pick<Scores, 'specificity'>>;

/** Files of earlier runs do not tell of how many patients an interval is. */
export type PatientInterval = Interval & Partial<GroupInterval>;

export type TableIntervals = Record<TableScore, PatientInterval> & { specificity?: PatientInterval };

/** How many beats of a class a layout shows of either side, training and test: more would hide each other. */
export const MOST_LAID_OUT = { N: 800, other: 400 };

/** t-SNE of some embeddings, in columns: one entry for each beat. */
export interface Layout {
  perplexity: number;
  /** Kullback-Leibler divergence that was reached */
  divergence: number;
  /** of the 5 nearest neighbours */
  trustworthiness: number;
  /** Hz */
  samplingFrequency: number;
  x: number[];
  y: number[];
  /** whether the beat was trained on; the others are of the test half */
  trained: boolean[];
  record: string[];
  /** of the R peak */
  sample: number[];
  /** index of the class that it is annotated with */
  label: number[];
  /** index of the class that it is taken for */
  predicted: number[];
}

/** A beat and where attention looked. */
export interface AttentionExample {
  record: string;
  /** of the R peak */
  sample: number;
  /** the beat of its class that is nearest to the middle of the class, or one that was taken for another class */
  kind: 'typical' | 'wrong';
  label: number;
  predicted: number;
  /** of the predicted class */
  probability: number;
  /** millivolts; samples before the R peak; samples a second */
  signal: number[];
  before: number;
  samplingFrequency: number;
  /** one for each time step, which is `signal.length / weights.length` samples wide or a little more; their sum is 1 */
  weights: number[];
}

/** How well the distance to the nearest training cluster tells beats of other classes. */
export interface NoveltyMetrics {
  clusters: number;
  /** distance above which a beat is taken to be unlike anything seen */
  limit: number;
  /** number of beats and the share of them above the limit, by class, F and Q included */
  byClass: Record<string, { beats: number; above: number }>;
  /** area under the ROC curve against the beats of N, S and V that were judged: F, Q, and both */
  rocArea: Record<string, number>;
}
