/** Parts of a caller's own: samplers, miners, distances, models, optimisers, schedules, and states of other parts. */
import * as d from 'dynaecg';
import {
  AdamW,
  ArgumentError,
  CheckpointError,
  DataError,
  Linear,
  type Miner,
  Random,
  type Sampler,
  SGD,
  ShapeError,
  type TensorLike,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('custom parts');

const N = 24;
const D = 4;
const values = new Random('x');
const x = tensor(
  Array.from({ length: N * D }, () => values.normal()),
  [N, D],
);
const labels = Array.from({ length: N }, (_, i) => i % 2);
const network = (outputs = 3): Linear => new Linear(D, outputs, { random: new Random('w') });

const triplets = (options: Partial<d.TripletTrainerOptions> = {}): d.TripletTrainer =>
  new d.TripletTrainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(), random: new Random(0) },
    ...{ perClass: 4, stepsPerIteration: 2, warn: () => {} },
    ...options,
  });
const classes = (options: Partial<d.ClassifierTrainerOptions> = {}): d.ClassifierTrainer =>
  new d.ClassifierTrainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(2), random: new Random(0), batchSize: 8 },
    ...options,
  });
const objectives = (options: Partial<d.TrainerOptions> = {}) =>
  new d.Trainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(), random: new Random(0), batchSize: 8 },
    objective: d.embeddingObjective({ triplets: (z, own) => d.tripletLoss(z, own, { margin: 0.2 }).loss }),
    ...options,
  });
const trainers = { TripletTrainer: triplets, ClassifierTrainer: classes, Trainer: objectives } as const;
type Options = Partial<d.TrainerOptions>;
const makers = Object.entries(trainers) as unknown as [
  string,
  (options?: Options) => { steps(n: number): Iterable<unknown>; state: d.TrainingState; optimizer: d.Optimizer },
][];

// ---- samplers

const giving = (positions: unknown) => (): Sampler => ({
  batchSize: 8,
  next: () => positions as Int32Array,
  state: new d.ShuffledSampler(N, { batchSize: 8, random: new Random(0) }).state,
});
const range = `positions from 0 to ${N - 1}`;
for (const [name, make] of makers) {
  for (const [positions, type, message] of [
    [Int32Array.of(0, 1, 2, N), DataError, `${name}: expected the sampler to give ${range}, got ${N} at position 3`],
    [Int32Array.of(0, -1, 2), DataError, `${name}: expected the sampler to give ${range}, got -1 at position 1`],
    [[0.5, 1], DataError, `${name}: expected the sampler to give ${range}, got 0.5 at position 0`],
    [[0, Number.NaN], DataError, `${name}: expected the sampler to give ${range}, got NaN at position 1`],
    [[], DataError, `${name}: expected the sampler to give positions, got none`],
    [
      undefined,
      ArgumentError,
      `${name}: expected positions that the sampler gives to be an array of numbers, got undefined`,
    ],
  ] as const)
    test(message, () => assertThrows(() => [...make({ sampler: giving(positions) }).steps(1)], type, message));

  test(`a sampler may give positions in any array: ${name}`, () => {
    const of = (list: ArrayLike<number>): unknown[] => [...make({ sampler: giving(list) }).steps(1)];
    const positions = [3, 1, 4, 2, 9, 8];
    const expected = of(Int32Array.from(positions));
    assert.equal(of(positions), expected);
    assert.equal(of(Uint8Array.from(positions)), expected);
  });

  // ---- optimisers and schedules

  test(`an optimiser that holds none of the model's parameters is an error: ${name}`, () => {
    const message = `${name}: expected an optimizer of the model's parameters, got one that holds none of them`;
    const optimizer = new SGD(network().parameters(), { learningRate: 1 });
    assertThrows(() => make({ optimizer }), ArgumentError, message);
    const model = network(2);
    make({ model, optimizer: new SGD([model.weight], { learningRate: 1 }) });
    const trainer = make({ model });
    model.to('float32'); // which makes other parameters
    assertThrows(() => [...trainer.steps(1)], ArgumentError, message);
  });

  test(`a schedule that gives no factor is an error: ${name}`, () => {
    for (const factor of [Number.NaN, -1])
      assertThrows(
        () => [...make({ schedule: () => factor }).steps(1)],
        ArgumentError,
        `${name}: expected what schedule gives >= 0, got ${factor}`,
      );
  });

  // ---- states of other parts

  test(`the state of a trainer with another optimiser is refused, either way: ${name}`, () => {
    const [adamw, sgd] = [AdamW, SGD].map((Kind) => {
      const model = network(2);
      return make({ model, optimizer: new Kind(model.parameters(), { learningRate: 0.1 }) });
    });
    const same = 'Optimizer: expected a state of the same parameters';
    for (const [own, other, ownKind, otherKind] of [
      [adamw, sgd, 'AdamW', 'SGD'],
      [sgd, adamw, 'SGD', 'AdamW'],
    ] as const) {
      const { numbers, tensors } = other.state;
      const set = (state: d.TrainingState) => () => Object.assign(own, { state });
      assertThrows(set(other.state), CheckpointError, `${same} by ${ownKind}, got one by ${otherKind}`);
      const { optimizerKind: _, optimizerSteps: __, ...older } = numbers;
      assertThrows(set({ numbers: older, tensors }), CheckpointError, `${same}, got one of other sizes`);
    }
  });

  test(`a state of before steps were counted by parameter still loads: ${name}`, () => {
    const trainer = make();
    for (const _ of trainer.steps(1));
    const { numbers, tensors } = trainer.state;
    const { optimizerKind: _, optimizerSteps: __, ...older } = numbers;
    const other = make();
    other.state = { numbers: older, tensors };
    assert.equal(other.state.numbers, numbers);
  });
}

test('a state of another kind of margin or sampler is refused', () => {
  const dynamic = triplets({ marginScheduler: new d.DynamicMargin() });
  const scheduled = triplets({ marginScheduler: new d.ScheduledMargin(0.3) });
  const state = (kind: string, other: string): string => `${kind}: expected a state of one, got that of a ${other}`;
  const set = (trainer: object, from: { state: d.TrainingState }) => () =>
    Object.assign(trainer, { state: from.state });
  assertThrows(set(dynamic, scheduled), CheckpointError, state('DynamicMargin', 'ScheduledMargin'));
  assertThrows(set(scheduled, dynamic), CheckpointError, state('ScheduledMargin', 'DynamicMargin'));
  const one = Array(N).fill(0);
  const perClass = new d.MPerClassSampler(one, { perClass: 2, random: new Random(0) });
  const shuffled = new d.ShuffledSampler(N, { batchSize: 2, random: new Random(0) });
  const message = state('MPerClassSampler', 'ShuffledSampler');
  assertThrows(() => Object.assign(perClass, { state: shuffled.state }), CheckpointError, message);
  const { kind: _, ...older } = shuffled.state;
  perClass.state = older;
  assert.equal(perClass.state.decks, shuffled.state.decks);
});

// ---- states of a caller's own

/** Goes through the samples in turns; its state is a number. */
class InTurns implements Sampler<number> {
  readonly batchSize = 8;
  state = 0;
  next(): Int32Array {
    const from = this.state;
    this.state = (from + 5) % N;
    return Int32Array.from({ length: 8 }, (_, i) => (from + i) % N);
  }
}

/** A margin that shrinks; its state names what it needs. */
class Shrinking implements d.MarginScheduler<{ updates: number; seen: string[] }> {
  #updates = 0;
  #seen: string[] = [];
  get margin(): number {
    return 1 / (1 + this.#updates);
  }
  get state(): { updates: number; seen: string[] } {
    return { updates: this.#updates, seen: [...this.#seen] };
  }
  set state({ updates, seen }: { updates: number; seen: string[] }) {
    this.#updates = updates;
    this.#seen = [...seen];
  }
  update({ iteration, step }: d.MiningCounts): number {
    this.#updates++;
    this.#seen.push(`${iteration}.${step}`);
    return this.margin;
  }
}

test('a sampler and a margin scheduler may have states of types of their own, from which they resume', () => {
  const make = () => {
    const marginScheduler = new Shrinking();
    const inTurns = new InTurns();
    const sampler = (): Sampler<number> => inTurns;
    return { trainer: triplets({ marginScheduler, sampler }), marginScheduler, inTurns };
  };
  const whole = make();
  const all: d.StepStatistics[] = [];
  let state: d.TrainingState | undefined;
  for (const step of whole.trainer.steps(3)) {
    all.push(step);
    if (step.finished && !state) state = d.decodeTrainingState(d.encodeTrainingState(whole.trainer.state));
  }
  assert.equal(
    all.map(({ margin }) => margin),
    [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6],
  );
  const { trainer, marginScheduler, inTurns } = make();
  trainer.state = state as d.TrainingState;
  assert.is(inTurns.state, 10);
  assert.equal(marginScheduler.state, { updates: 2, seen: ['1.1', '1.2'] });
  assert.equal([...trainer.steps(3)], all.slice(2));
  // the types of states are those of the parts
  const updates: number = new Shrinking().state.updates;
  const decks: d.DeckState[] = new d.ShuffledSampler(4, { batchSize: 2, random: new Random(0) }).state.decks;
  const margin: d.MarginState = new d.DynamicMargin().state;
  assert.equal([updates, decks.length, margin.margin], [0, 1, 0.2]);
});

// ---- miners and distances

const z = tensor([
  [0, 0],
  [3, 0],
  [0, 1],
  [1, 1],
]);
const pairs = [0, 0, 1, 1];
const mined = (convert: (list: number[]) => unknown): Miner => {
  const found = { anchors: convert([0, 1]), positives: convert([1, 0]), negatives: convert([2, 3]) };
  return () => found as d.Triplets;
};
test('a miner may give triplets in any array of whole numbers', () => {
  const loss = (convert: (list: number[]) => unknown): number =>
    d.tripletLoss(z, pairs, { miner: mined(convert), margin: 0.2 }).loss.item();
  const expected = (9 - 1 + 0.2 + 9 - 5 + 0.2) / 2;
  for (const convert of [
    (list: number[]) => list,
    (list: number[]) => Uint8Array.from(list),
    (list: number[]) => Float64Array.from(list),
    (list: number[]) => Int32Array.from(list),
  ])
    assertClose([loss(convert)], [expected], { relative: 1e-6 });
});

const lossWith = (options: object) => () => d.tripletLoss(z, pairs, { margin: 0.2, ...options });
const wrong: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    lossWith({ miner: mined((list) => list.map((i) => i + 0.5)) }),
    ShapeError,
    'tripletLoss: expected whole indices in anchors, got 0.5 at position 0',
  ],
  [
    lossWith({ miner: mined((list) => list.map((i) => i + 3)) }),
    ShapeError,
    'tripletHinge: expected indices from 0 to 3, got 4 in triplet 1',
  ],
  [
    lossWith({ miner: () => undefined }),
    ArgumentError,
    'tripletLoss: expected triplets to be an object, got undefined',
  ],
  [
    lossWith({ miner: () => ({ anchors: [0], positives: [1] }) }),
    ArgumentError,
    'tripletLoss: expected triplets.negatives to be an array of numbers, got undefined',
  ],
  [lossWith({ distance: () => zeros([3, 3]) }), ShapeError, 'tripletLoss: expected distance to give [4,4], got [3,3]'],
  [
    lossWith({ distance: () => [[0]] }),
    ArgumentError,
    'tripletLoss: expected distance to give a Tensor, got an array of 1',
  ],
  [
    () => d.recallAtK(z, pairs, 1, { distance: () => zeros([4, 3]) }),
    ShapeError,
    'recallAtK: expected distance to give [4,4], got [4,3]',
  ],
  [
    () =>
      d.precisionAt1(z, pairs, {
        distance: () =>
          tensor([
            [0, 1, 2, 3],
            [0, 1, Number.NaN, 2],
            [0, 1, 2, 3],
            [0, 1, 2, 3],
          ]),
      }),
    DataError,
    'precisionAt1: expected finite distances, got NaN from sample 1 to 2',
  ],
];
for (const [f, type, message] of wrong) test(message, () => assertThrows(f, type, message));

// ---- models

class Other extends d.Layer {
  readonly #f: (x: d.Tensor) => unknown;

  constructor(f: (x: d.Tensor) => unknown) {
    super();
    this.#f = f;
  }

  forward(batch: TensorLike): d.Tensor {
    return this.#f(d.asTensor('other', batch)) as d.Tensor;
  }
}
const predictBy = (f: (x: d.Tensor) => unknown) => () => d.predict(new Other(f), zeros([5, 2]), { batchSize: 2 });
const models: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [predictBy(() => zeros([3, 1])), ShapeError, 'predict: expected the model to give [2,1] for 2 samples, got [3,1]'],
  [
    predictBy(({ shape: [B] }) => zeros([B, B])),
    ShapeError,
    'predict: expected the model to give [1,2] for 1 samples, got [1,1]',
  ],
  [predictBy(() => [1, 2]), ArgumentError, 'predict: expected the model to give a Tensor, got [1,2]'],
  [
    predictBy(({ shape: [B] }) => zeros([B], { dtype: B === 1 ? 'float64' : 'float32' })),
    ShapeError,
    'predict: expected the model to give one dtype, got float32 and float64',
  ],
];
for (const [f, type, message] of models) test(message, () => assertThrows(f, type, message));

test('predict keeps the dtype that a model gives', () => {
  const third = ({ shape: [B] }: d.Tensor): d.Tensor => d.full([B], 1 / 3, { dtype: 'float64' });
  const found = d.predict(new Other(third), zeros([5, 2]), { batchSize: 2 });
  assert.is(found.dtype, 'float64');
  assert.equal([...found.data], Array(5).fill(1 / 3));
});

test('embeddings of NaN are an error in training, whatever they would mine', () => {
  const nothing = new Other((batch) => d.mul(d.sum(batch), tensor([[Number.NaN]])));
  assertThrows(
    () => [
      ...triplets({
        model: nothing,
        optimizer: new SGD([new d.Parameter(Float32Array.of(1), [1])], { learningRate: 1 }),
      }).steps(1),
    ],
    ShapeError,
    'TripletTrainer: expected embeddings (B,D) with B=8, got [1,1]',
  );
  const model = network();
  model.weight.data.fill(Number.NaN);
  assertThrows(
    () => [...triplets({ model }).steps(1)],
    d.TrainingError,
    'TripletTrainer: expected finite embeddings, got a spread of NaN in iteration 1; try a lower learning rate or clipNorm',
  );
});

// ---- labels and batches

test('labels that differ by 2^32 are an error, not one class', () => {
  const far = [0, 2 ** 32, 0, 2 ** 32];
  const message = 'expected labels that 32 bits hold, got 4294967296';
  for (const [name, miner] of Object.entries({
    semiHard: d.semiHard,
    batchHard: d.batchHard,
    allTriplets: d.allTriplets,
  }))
    assertThrows(() => miner(zeros([4, 4]), far, 1), ArgumentError, `${name}: ${message} at position 1`);
  assertThrows(
    () => classes({ data: { x, labels: labels.map((label) => label * 2 ** 32) } }),
    DataError,
    'ClassifierTrainer: expected labels that are whole numbers from 0 to 2147483647, got 4294967296 for sample 1',
  );
  assertThrows(
    () => new d.NearestNeighborClassifier({ embeddings: z, labels: far }),
    ArgumentError,
    'NearestNeighborClassifier: expected labels that are whole numbers from 0 to 1048575, got 4294967296 at position 1',
  );
});

test('labels of any size train an embedding, with the scores of small ones', () => {
  const of = (scale: number): unknown[] => {
    const data = { x, labels: labels.map((label) => label * scale) };
    return [...triplets({ data, validation: data }).steps(2)];
  };
  assert.equal(of(2_000_000_000), of(1));
});

test('with batch norm, a last batch of one sample joins the one before', () => {
  for (const [batchSize, sizes] of [
    [23, [24]],
    [8, [8, 8, 8]],
    [7, [7, 7, 7, 3]],
  ] as const) {
    const seen: number[] = [];
    const count = new Other((batch) => {
      if (count.training) seen.push(batch.shape[0]);
      return batch;
    });
    const model = new d.Sequential(count, new d.BatchNorm1d(D), network(2));
    const trainer = classes({ model, batchSize });
    assert.is(trainer.stepsPerEpoch, sizes.length);
    for (const _ of trainer.epochs(2));
    assert.equal(seen, [...sizes, ...sizes]);
  }
});

test.run();
