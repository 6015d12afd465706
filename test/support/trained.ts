import {
  AdamW,
  ClassifierTrainer,
  cosineSchedule,
  Embedder,
  MlpClassifier,
  type ModelParts,
  NoveltyDetector,
  Random,
  Sequential,
  Tensor,
} from 'dynaecg';
import {
  type BeatInput,
  type BeatOptions,
  beatChannels,
  beatTiming,
  CLASSES,
  type EcgRecord,
  extractBeats,
  isBeat,
  type ReferenceOptions,
  syntheticRecord,
  type TimingFeature,
} from 'dynaecg/ecg';
import { sliceLead } from './sliceLead.ts';

const SECONDS = 100; // of a piece
const RATE = 360;
const PIECES = 8; // of which the first four are trained on
const SHARES = { supraventricular: 0.12, ventricular: 0.15 };
const whole = syntheticRecord({ seed: 'annotate 2', name: 'syn', duration: PIECES * SECONDS, noise: 0.1, ...SHARES });

/** A piece of the recording, as a recording, with the annotations of beats alone. */
function piece(i: number): EcgRecord {
  const [lead] = whole.leads;
  const start = i * SECONDS * RATE;
  const annotations = whole.annotations
    .map((a) => ({ ...a, sample: a.sample - start }))
    .filter(({ label, sample }) => isBeat(label) && sample >= 0 && sample < SECONDS * RATE);
  return { ...whole, name: `syn${i}`, leads: [sliceLead(lead, start, start + SECONDS * RATE)], annotations };
}

const pieces = Array.from({ length: PIECES }, (_, i) => piece(i));
const seen = pieces.slice(0, PIECES / 2);

/** Pieces of the same recording that `trained` has not seen. */
export const unseen = pieces.slice(PIECES / 2);

/** What differs from a network of the paper's windows. */
export interface TrainedOptions extends Pick<BeatOptions, 'normalize' | 'before' | 'length'> {
  timing?: readonly TimingFeature[];
  members?: number;
  /** with the patient's usual beat as a second channel */
  reference?: Required<ReferenceOptions>;
  /** with windows of so many beats before as further channels */
  previous?: number;
}

/**
 * A small model of beats, trained in a second on half of a synthetic recording. With the timing of beats it knows
 * all three classes, whatever the last bits of the backend; without it S, which differ by their P wave alone, hardly.
 */
export function trained(options?: TrainedOptions): Trained {
  return trainedOn(seen, options);
}

type Trained = ModelParts & { about: BeatInput & Record<string, unknown> };

/** The same on other recordings. */
export function trainedOn(
  own: readonly EcgRecord[],
  { timing = [], members = 1, reference, previous, ...options }: TrainedOptions = {},
): Trained {
  const beats = extractBeats(own, options);
  const { labels, length, before, normalize } = beats;
  const n = labels.length;
  const alone = new Tensor(beats.x, [n, 1, length]);
  const x = beatChannels(beats, { reference, previous });
  const context = timing.length
    ? new Tensor(beatTiming(own, beats, { features: timing }).x, [n, timing.length])
    : undefined;
  const networks = Array.from({ length: members }, (_, i) => {
    const random = new Random(`trained ${i}`);
    const sizes = {
      length,
      inChannels: x.shape[1],
      channels: [8, 12] as const,
      hidden: 8,
      features: 24,
      embedding: 12,
    };
    const embedder = new Embedder({ ...sizes, contextFeatures: timing.length, random });
    const classifier = new MlpClassifier({ inFeatures: 12, hidden: 16, classes: CLASSES.length, random });
    const model = new Sequential(embedder, classifier);
    const optimizer = new AdamW(model.parameters(), { learningRate: 0.005 });
    const data = { x, context, labels };
    const how = { schedule: cosineSchedule(), keep: 'last', classWeights: 'balanced', batchSize: 32 } as const;
    const trainer = new ClassifierTrainer({ model, data, random, optimizer, ...how });
    for (const _ of trainer.epochs(20));
    return { embedder: embedder.eval(), classifier: classifier.eval() };
  });
  const novelty = NoveltyDetector.fit(alone, labels, { random: new Random('clusters'), pooling: 16 });
  const window = { length, before, normalize, lead: 'MLII', units: 'mV' };
  return {
    networks,
    novelty,
    about: {
      classes: CLASSES,
      samplingFrequency: 360,
      window,
      timing,
      ...(reference && { reference }),
      ...(previous && { previous }),
    },
  };
}
