/** Parts of a caller's own: samplers, optimisers, schedules, and states of other parts. */
import * as d from 'dynaecg';
import {
  AdamW,
  ArgumentError,
  CheckpointError,
  DataError,
  Random,
  type Sampler,
  SGD,
  ShapeError,
  tensor,
  zeros,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { classes, D, labels, makers, N, network, Other, triplets, x, z } from '../support/customParts.ts';

const test = suite('train/loop.parts');

// ---- samplers

const giving = (positions: unknown) => (): Sampler => ({
  batchSize: 8,
  next: () => positions as Int32Array,
  state: new d.ShuffledSampler(N, { batchSize: 8, random: new Random(0) }).state,
});

const range = `positions from 0 to ${N - 1}`;

for (const [name, make] of makers) {
  for (const [positions, type, message] of [
    [Int32Array.of(0, 1, 2, N), DataError, `${name}: expected the sampler to return ${range}, got ${N} at position 3`],
    [Int32Array.of(0, -1, 2), DataError, `${name}: expected the sampler to return ${range}, got -1 at position 1`],
    [[0.5, 1], DataError, `${name}: expected the sampler to return ${range}, got 0.5 at position 0`],
    [[0, Number.NaN], DataError, `${name}: expected the sampler to return ${range}, got NaN at position 1`],
    [[], DataError, `${name}: expected the sampler to return positions, got none`],
    [
      undefined,
      ArgumentError,
      `${name}: expected positions returned by the sampler to be an array of numbers, got undefined`,
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
    const message = `${name}: expected an optimizer of the model's parameters, got one with none of them`;
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
        `${name}: expected the result of schedule >= 0, got ${factor}`,
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
  const state = (kind: string, other: string): string =>
    `${kind}: expected the state of a ${kind}, got that of a ${other}`;
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

// ---- models

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
  const message = 'expected labels that fit in 32 bits, got 4294967296';
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
