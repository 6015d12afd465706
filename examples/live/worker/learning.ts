import {
  AdamW,
  ClassifierTrainer,
  classificationScores,
  confusionMatrix,
  type Dataset,
  Embedder,
  EmbeddingClassifier,
  encodeModel,
  MlpClassifier,
  NearestNeighborClassifier,
  NoveltyDetector,
  Random,
  type StepStatistics,
  TripletTrainer,
} from 'dynaecg';
import type { LearnReport, LearnSettings, Picture } from '../protocol.ts';
import { Mining } from './mining.ts';
import { Plane } from './plane.ts';
import { type Beats, trainingBeats } from './trainingBeats.ts';

const SIZES = { channels: [8, 16], hidden: 16, features: 32, embedding: 16 } as const;
const LEARNING_RATE = 1e-3;
const PER_CLASS = 16; // beats of a batch
const STEPS = 10; // in an iteration
const ITERATIONS = 60;
const EPOCHS = 40; // of the classifier that an exported model has

type Report<K extends LearnReport['kind']> = Extract<LearnReport, { kind: K }>;

/** A network that learns, step by step, from beats of synthetic patients; what happens is in reports. */
export class Learning {
  readonly #beats: Beats;
  readonly #embedder: Embedder;
  readonly #mining: Mining;
  readonly #trainer: TripletTrainer;
  readonly #steps: Generator<StepStatistics, void>;
  readonly #plane = new Plane();
  readonly #seed: string;
  #best = 0;

  constructor(seed: string, settings: LearnSettings) {
    const random = new Random(seed);
    const beats = trainingBeats(seed, random.fork('beats'));
    const { training, heldOut } = beats;
    const [, length] = training.x.shape;
    const contextFeatures = training.context!.shape[1];
    this.#embedder = new Embedder({ ...SIZES, length, contextFeatures, random: random.fork('weights') });
    this.#mining = new Mining(settings);
    this.#trainer = new TripletTrainer({
      model: this.#embedder,
      data: training,
      validation: heldOut,
      random: random.fork('training'),
      optimizer: new AdamW(this.#embedder.parameters(), { learningRate: LEARNING_RATE }),
      miner: this.#mining.miner,
      sampler: this.#mining.sampler(PER_CLASS),
      marginScheduler: this.#mining.scheduler,
      stepsPerIteration: STEPS,
      warn: () => {}, // that embeddings have collapsed, which one sees
    });
    this.#steps = this.#trainer.steps(ITERATIONS);
    this.#beats = beats;
    this.#seed = seed;
  }

  set settings(settings: LearnSettings) {
    this.#mining.settings = settings;
  }

  begun(): Report<'begun'> {
    const { classes, training, heldOut, patients } = this.#beats;
    return {
      kind: 'begun',
      classes: [...classes],
      labels: training.labels,
      heldOut: heldOut.length,
      patients,
      weights: this.#embedder.parameters().reduce((sum, { size }) => sum + size, 0),
      embedding: SIZES.embedding,
      steps: STEPS * ITERATIONS,
      picture: this.#picture(),
    };
  }

  /** Makes a step: what it did, and after the last one of an iteration how well held-out beats are classified. */
  step(withPicture: boolean): LearnReport[] {
    const { value } = this.#steps.next();
    if (!value) return [{ kind: 'finished', kept: this.#best, picture: this.#picture() }];
    const { iteration, loss, margin, triplets, possible, finished } = value;
    const step = (iteration - 1) * STEPS + value.step;
    if (finished?.best) this.#best = iteration;
    const moved: LearnReport = {
      kind: 'moved',
      ...{ iteration, step, loss, margin, possible },
      mined: triplets,
      violating: this.#mining.violating,
      picture: withPicture ? this.#picture() : null,
    };
    return finished ? [moved, this.#judged(iteration, step, finished.best)] : [moved];
  }

  /** The best network so far, with a classifier of its embeddings, as a file. */
  export(): Report<'exported'> {
    return this.#trainer.withKept(() => {
      const { classes, training, heldOut, groups, about } = this.#beats;
      const random = new Random(`${this.#seed}: classifier`);
      const embedder = this.#embedder;
      const classifier = new MlpClassifier({
        inFeatures: SIZES.embedding,
        hidden: 32,
        classes: classes.length,
        random,
      });
      const embeddings = { x: this.#embed(training), labels: training.labels };
      const optimizer = new AdamW(classifier.parameters(), { learningRate: 10 * LEARNING_RATE });
      new ClassifierTrainer({ model: classifier, data: embeddings, random, optimizer, batchSize: 32 }).fit(EPOCHS);
      const novelty = NoveltyDetector.fit(training.x, training.labels, { groups, random });
      const { x, context } = heldOut;
      const found = new EmbeddingClassifier({ embedder, classifier }).classify(x, { context }).labels;
      const right = found.filter((label, i) => label === heldOut.labels[i]).length;
      return {
        kind: 'exported',
        file: encodeModel({ networks: [{ embedder, classifier }], novelty, classes, about }),
        iteration: this.#best,
        accuracy: right / heldOut.length,
        beats: {
          x: training.x.data as Float32Array,
          context: training.context!.data as Float32Array,
          labels: training.labels,
        },
      };
    });
  }

  #embed({ x, context }: Dataset) {
    return this.#embedder.embed(x, { context });
  }

  #picture(): Picture {
    return { ...this.#plane.place(this.#embed(this.#beats.training)), triplets: this.#mining.shown };
  }

  #judged(iteration: number, step: number, best: boolean): LearnReport {
    const { training, heldOut, classes } = this.#beats;
    const K = classes.length;
    const nearest = new NearestNeighborClassifier({
      embeddings: this.#embed(training),
      labels: training.labels,
      classes: K,
    });
    const confusion = confusionMatrix(heldOut.labels, nearest.predict(this.#embed(heldOut)), K);
    const { macro } = classificationScores(confusion);
    const f1 = Number.isFinite(macro.f1) ? macro.f1 : 0;
    return { kind: 'judged', iteration, step, confusion: confusion.map((row) => Array.from(row)), f1, best };
  }
}
