import {
  AdamW,
  ClassifierTrainer,
  cosineSchedule,
  Embedder,
  EmbeddingClassifier,
  fitTrainingClusters,
  MlpClassifier,
  type ModelParts,
  Random,
  Sequential,
  Tensor,
} from 'dynaecg';
import {
  type BeatInput,
  type BeatOptions,
  beatTiming,
  CLASSES,
  type EcgRecord,
  extractBeats,
  syntheticRecords,
  type TimingFeature,
} from 'dynaecg/ecg';

const { records, train, test: others } = syntheticRecords({ seed: 'annotate', patients: 9, duration: 100, noise: 0.1 });
const of = (names: readonly string[]): EcgRecord[] => records.filter(({ name }) => names.includes(name));

/** Recordings of patients that `trained` has not seen. */
export const unseen = of(others);

/** What differs from a network of the paper's windows. */
export interface TrainedOptions extends Pick<BeatOptions, 'normalize' | 'before' | 'length'> {
  timing?: readonly TimingFeature[];
  members?: number;
}

/**
 * A small model of beats, trained in a second on synthetic recordings of five patients. With the timing of beats it knows
 * all three classes, whatever the last bits of the backend; without it S, which differ by their P wave alone, hardly.
 */
export function trained(options?: TrainedOptions): Trained {
  return trainedOn(of(train), options);
}

type Trained = ModelParts & { about: BeatInput & Record<string, unknown> };

/** The same on other recordings. */
export function trainedOn(
  own: readonly EcgRecord[],
  { timing = [], members = 1, ...options }: TrainedOptions = {},
): Trained {
  const beats = extractBeats(own, options);
  const { labels, length, before, normalize } = beats;
  const n = labels.length;
  const x = new Tensor(beats.x, [n, 1, length]);
  const context = timing.length
    ? new Tensor(beatTiming(own, beats, { features: timing }).x, [n, timing.length])
    : undefined;
  const networks = Array.from({ length: members }, (_, i) => {
    const random = new Random(`trained ${i}`);
    const sizes = { length, channels: [8, 12] as const, hidden: 8, features: 24, embedding: 12 };
    const embedder = new Embedder({ ...sizes, contextFeatures: timing.length, random });
    const classifier = new MlpClassifier({ inFeatures: 12, hidden: 16, classes: CLASSES.length, random });
    const model = new Sequential(embedder, classifier);
    const optimizer = new AdamW(model.parameters(), { learningRate: 0.01 });
    const data = { x, context, labels };
    const how = { schedule: cosineSchedule(), keep: 'last', classWeights: 'balanced', batchSize: 32 } as const;
    const trainer = new ClassifierTrainer({ model, data, random, optimizer, ...how });
    for (const _ of trainer.epochs(15));
    return { embedder: embedder.eval(), classifier: classifier.eval() };
  });
  const embeddings = new EmbeddingClassifier(networks).embed(x, { context });
  const clusters = fitTrainingClusters(embeddings, x, labels, { random: new Random('clusters') });
  const window = { length, before, normalize, lead: 'MLII', units: 'mV' };
  return { networks, clusters, about: { classes: CLASSES, samplingFrequency: 360, window, timing } };
}
