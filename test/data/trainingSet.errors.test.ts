/** Samples, labels and contexts that trainers refuse. */
import type * as d from 'dynaecg';
import {
  ArgumentError,
  DataError,
  type DatasetLike,
  Embedder,
  Random,
  ShapeError,
  type TripletTrainerOptions,
  zeros,
} from 'dynaecg';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import {
  courses,
  LENGTH,
  makeClassifier,
  makeTrainer,
  networks,
  range,
  SIZES,
  told,
  waves,
  withContext,
} from '../support/trainers.ts';

const test = suite('data/trainingSet.errors');

type Failure = [f: () => unknown, type: new (message: string) => Error, message: string];
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const NAMES = ['TripletTrainer', 'ClassifierTrainer', 'Trainer'] as const;
const tripletTrainer = (options: Partial<TripletTrainerOptions>) => () => makeTrainer(options);
const classifierTrainer = (options: Partial<d.ClassifierTrainerOptions>) => () => makeClassifier(options);
const good = waves(20);

const relabelled = (label: (old: number, i: number) => number): DatasetLike => ({
  x: good.x,
  labels: good.labels.map(label),
});

function damaged(value: number, sample: number, index: number): DatasetLike {
  const { x, labels } = waves(20);
  x.data[sample * LENGTH + index] = value;
  return { x, labels };
}

const few = relabelled((label, i) => (label === 2 && i > 3 ? 0 : label));
const one = relabelled(() => 1);

const datasets: [data: DatasetLike, message: string][] = [
  [damaged(NAN, 7, 3), 'expected finite values, got NaN in sample 7, value 3'],
  [damaged(INF, 0, 0), 'expected finite values, got Infinity in sample 0, value 0'],
  [damaged(-INF, 59, 15), 'expected finite values, got -Infinity in sample 59, value 15'],
  [{ x: good.x, labels: good.labels.slice(1) }, 'expected 60 labels for 60 samples, got 59'],
  [{ x: good.x, labels: [...good.labels, 0] }, 'expected 60 labels for 60 samples, got 61'],
  [{ x: zeros([0, LENGTH]), labels: [] }, 'expected samples x (N,...), got shape [0,16]'],
  [{ x: zeros([6]), labels: range(6) }, 'expected samples x (N,...), got shape [6]'],
  [relabelled((label) => label - 1), 'expected labels that are whole numbers >= 0, got -1 for sample 0'],
  [relabelled((label) => label / 2), 'expected labels that are whole numbers >= 0, got 0.5 for sample 1'],
  [relabelled(() => NAN), 'expected labels that are whole numbers >= 0, got NaN for sample 0'],
];

const ofDatasets = datasets.flatMap(([data, message]): Failure[] => [
  [tripletTrainer({ data }), DataError, `TripletTrainer: ${message}`],
  [tripletTrainer({ data: good, validation: data }), DataError, `TripletTrainer: ${message}`],
  [classifierTrainer({ data }), DataError, `ClassifierTrainer: ${message}`],
]);

const twoClasses = 'TripletTrainer: expected samples of at least 2 classes, got 1';

const ofClasses: Failure[] = [
  [tripletTrainer({ data: few }), DataError, 'TripletTrainer: expected more than 2 samples of class 2, got 1'],
  [classifierTrainer({ data: few }), DataError, 'ClassifierTrainer: expected more than 1 samples of class 2, got 1'],
  [
    tripletTrainer({ data: good, validation: few }),
    DataError,
    'TripletTrainer: expected at least 2 samples of class 2 in validation, got 1',
  ],
  [tripletTrainer({ data: one }), DataError, twoClasses],
  [tripletTrainer({ data: good, validation: one }), DataError, twoClasses],
  [
    () => [...makeClassifier({ data: relabelled(() => 3) }).trainer.epochs(1)],
    ArgumentError,
    'crossEntropy: expected targets from 0 to 2, got 3 at position 0',
  ],
];

// ---- context

const { x, labels, context: withNan } = told(20);

withNan.data[2 * 7 + 1] = NAN;

const nanFound = 'expected finite context, got NaN in sample 7, value 1';

const ofContexts = NAMES.flatMap((name): Failure[] => {
  const make = (options: Partial<d.TrainerOptions>) => () => courses[name]('a', options);
  return [
    ...[zeros([59, 2]), zeros([60])].map(
      (other): Failure => [
        make({ data: { x, labels, context: other } }),
        DataError,
        `${name}: expected context (N,F) with N=60, got [${other.shape}]`,
      ],
    ),
    [make({ data: { x, labels, context: withNan } }), DataError, `${name}: ${nanFound}`],
    [make({ validation: { x, labels, context: withNan } }), DataError, `${name}: ${nanFound}`],
  ];
});

const signals = zeros([3, LENGTH]);
const contextless = () => new Embedder({ ...SIZES, random: new Random(0) });

/** Calls of an embedder, with a context that is none for its batch and `contextFeatures`. */
const embedders: [f: () => unknown, expected: string, got: string][] = [
  [() => withContext('a').forward(signals, zeros([2, 2])), 'B=3 F=2', '[2,2]'],
  [() => withContext('a').forward(signals, zeros([6])), 'B=3 F=2', '[6]'],
  [() => withContext('a').embed(signals), 'B=3 F=2', 'none'],
  [() => contextless().embed(signals, { context: zeros([3, 2]) }), 'B=3 F=0', '[3,2]'],
  ...NAMES.flatMap((name): typeof embedders => {
    const step = (options: Partial<d.TrainerOptions>) => () => [...courses[name]('a', options).steps(1)];
    return [
      [step({ data: { x, labels } }), 'B=15 F=2', 'none'],
      [step({ data: { x, labels, context: zeros([60, 3]) } }), 'B=15 F=2', '[15,3]'],
      [step({ model: networks[name]('a', { contextFeatures: 0 }) }), 'B=15 F=0', '[15,2]'],
    ];
  }),
];

const ofEmbedders: Failure[] = [
  ...embedders.map(
    ([f, expected, got]): Failure => [f, ShapeError, `Embedder: expected context (B,F) with ${expected}, got ${got}`],
  ),
  [
    () => withContext('a').embed(zeros([5, LENGTH]), { context: zeros([4, 2]), batchSize: 2 }),
    ShapeError,
    'embed: expected context (N,F) with N=5, got [4,2]',
  ],
];

// ---- options

for (const [f, type, message] of [...ofDatasets, ...ofClasses, ...ofContexts, ...ofEmbedders])
  test(message, () => assertThrows(f, type, message));

test.run();
