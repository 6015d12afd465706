/** Options that trainers refuse. */
import type * as d from 'dynaecg';
import {
  AdamW,
  ArgumentError,
  Embedder,
  MlpClassifier,
  Random,
  ShapeError,
  stratifiedSplit,
  type TripletTrainerOptions,
} from 'dynaecg';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { courses, makeClassifier, makeTrainer, SIZES, withContext } from '../support/trainers.ts';

const test = suite('train/options');

type Failure = [f: () => unknown, type: new (message: string) => Error, message: string];
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const NAMES = ['TripletTrainer', 'ClassifierTrainer', 'Trainer'] as const;
const tripletTrainer = (options: Partial<TripletTrainerOptions>) => () => makeTrainer(options);
const perceptron = (classes: number) =>
  new MlpClassifier({ inFeatures: SIZES.embedding, hidden: 6, classes, random: new Random('perceptron') });
/** A trainer with a classifier of the embeddings. */
const joint = (classifier: Partial<d.JointClassifier>, options: Partial<TripletTrainerOptions> = {}) =>
  makeTrainer({ ...options, classifier: { model: perceptron(3), ...classifier } });
const contextless = () => new Embedder({ ...SIZES, random: new Random(0) });

/** Options and arguments that are numbers, what is expected of them, and numbers that are not it. */
const numbers: [f: (n: number) => unknown, expected: string, got: number[]][] = [
  [
    (stepsPerEpoch) => makeClassifier({ stepsPerEpoch }),
    'ClassifierTrainer: expected stepsPerEpoch to be a whole number >= 1',
    [0, 1.5],
  ],
  [
    (batchSize) => makeClassifier({ batchSize }),
    'ClassifierTrainer: expected batchSize to be a whole number >= 1',
    [0],
  ],
  [
    (epochs) => makeClassifier().trainer.epochs(epochs).next(),
    'ClassifierTrainer: expected epochs to be a whole number >= 1',
    [0],
  ],
  [
    (value) => makeClassifier({ logitAdjustment: [0, value, 0] }),
    'ClassifierTrainer: expected a finite logitAdjustment',
    [NAN, INF, -INF],
  ],
  [(perClass) => makeTrainer({ perClass }), 'TripletTrainer: expected perClass to be a whole number >= 2', [1]],
  [
    (stepsPerIteration) => makeTrainer({ stepsPerIteration }),
    'TripletTrainer: expected stepsPerIteration to be a whole number >= 1',
    [0],
  ],
  [
    (iterations) => makeTrainer().trainer.iterations(iterations).next(),
    'TripletTrainer: expected iterations to be a whole number >= 1',
    [0],
  ],
  [(referenceMargin) => makeTrainer({ referenceMargin }), 'TripletTrainer: expected referenceMargin >= 0', [-0.2, NAN]],
  [
    (margin) => {
      const state = { margin, below: 0, batches: 0, triplets: 0, of: 0 };
      return [...makeTrainer({ marginScheduler: { margin, state, update: () => 0 } }).trainer.steps(1)];
    },
    'tripletLoss: expected margin >= 0',
    [-1],
  ],
  [(power) => makeTrainer({ power: power as 1 }), 'TripletTrainer: expected power 1 or 2', [0, 1.5, 3, NAN]],
  [(weight) => joint({ weight }), 'TripletTrainer: expected classifier.weight >= 0', [-0.5, NAN]],
  [
    (value) => joint({ logitAdjustment: [0, value, 0] }),
    'TripletTrainer: expected a finite logitAdjustment',
    [NAN, INF, -INF],
  ],
  [
    (contextFeatures) => withContext('a', { contextFeatures }),
    'Embedder: expected contextFeatures to be a whole number >= 0',
    [-1],
  ],
  [
    (fraction) => stratifiedSplit([0, 0], { fraction, random: new Random(0) }),
    'stratifiedSplit: expected fraction from 0 to 1',
    [-0.1],
  ],
  ...NAMES.flatMap((name): typeof numbers => [
    [(averaging) => courses[name]('a', { averaging }), `${name}: expected averaging from 0 to 1`, [1.5, NAN]],
    [(clipNorm) => courses[name]('a', { clipNorm }), `${name}: expected clipNorm >= 0`, [-1]],
  ]),
];

const ofNumbers = numbers.flatMap(([f, expected, got]) =>
  got.map((n): Failure => [() => f(n), ArgumentError, `${expected}, got ${n}`]),
);

const ofAdjustments = [[], [1], [0, 1, 2, 3]].flatMap((logitAdjustment): Failure[] => {
  const message = `expected logitAdjustment (K) with K=3, got ${logitAdjustment.length} numbers`;
  return [
    [() => [...makeClassifier({ logitAdjustment }).trainer.steps(1)], ShapeError, `ClassifierTrainer: ${message}`],
    [() => [...joint({ logitAdjustment }).trainer.steps(1)], ShapeError, `TripletTrainer: ${message}`],
  ];
});

const ofTriplets: Failure[] = [
  [
    tripletTrainer({ selectBy: 'loss' as 'violationRate' }),
    ArgumentError,
    `TripletTrainer: expected selectBy 'neighborF1' or 'violationRate', got "loss"`,
  ],
  [
    () => {
      const model = contextless();
      return joint({}, { model, optimizer: new AdamW(model.parameters()) });
    },
    ArgumentError,
    "TripletTrainer: expected an optimizer of the classifier's parameters, too, got one without them",
  ],
  [
    () => [...joint({ model: perceptron(2) }).trainer.steps(1)],
    ArgumentError,
    'crossEntropy: expected targets from 0 to 1, got 2 at position 12', // the third class, after 6 samples of each
  ],
];

for (const [f, type, message] of [...ofNumbers, ...ofAdjustments, ...ofTriplets])
  test(message, () => assertThrows(f, type, message));

test.run();
