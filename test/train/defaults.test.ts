// What a trainer does without options is what the docstrings say.
import {
  ArgumentError,
  DynamicMargin,
  Embedder,
  pairwiseSquaredEuclidean,
  Random,
  TripletTrainer,
  type TripletTrainerOptions,
  violating,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tripletOptions } from '../../src/train/tripletOptions.ts';
import { throwsWith } from '../support/asserts.ts';
import { SIZES, waves } from '../support/trainers.ts';

const test = suite('defaults of training');

const options = (): TripletTrainerOptions => {
  const random = new Random(1);
  return { model: new Embedder({ ...SIZES, random }), data: waves(8), random };
};

test('the triplet trainer', () => {
  const { marginScheduler, warn, model, data, random, ...found } = tripletOptions(options());
  assert.equal(found, {
    ...{ perClass: 32, miner: violating, distance: pairwiseSquaredEuclidean, power: 1, stepsPerIteration: 200 },
    ...{ selectBy: 'neighborF1', referenceMargin: 0.2 },
  });
  assert.equal(marginScheduler.state, new DynamicMargin().state);
  assert.type(warn, 'function');
  assert.is(new TripletTrainer({ ...options(), warn: () => {} }).optimizer.learningRate, 1e-3);
});

test('options at their limits', () => {
  const least = { perClass: 2, classesPerBatch: 2, stepsPerIteration: 1, referenceMargin: 0 };
  const { perClass, classesPerBatch, stepsPerIteration, referenceMargin } = tripletOptions({ ...options(), ...least });
  assert.equal({ perClass, classesPerBatch, stepsPerIteration, referenceMargin }, least);
  for (const [key, value] of Object.entries({
    perClass: 1,
    classesPerBatch: 1,
    stepsPerIteration: 0,
    referenceMargin: -1,
  }))
    assert.throws(
      () => tripletOptions({ ...options(), [key]: value }),
      (e: Error) => e.message.includes(key),
    );
});

test('fractions are from 0 to 1, counts from 1', () => {
  const cases: [key: string, wrong: number, what: string][] = [
    ['validationFraction', 1.01, 'from 0 to 1'],
    ['validationFraction', -0.01, 'from 0 to 1'],
    ['averaging', 1.01, 'from 0 to 1'],
    ['averaging', -0.01, 'from 0 to 1'],
    ['clipNorm', -0.01, '>= 0'],
    ['patience', 0, 'to be a whole number >= 1'],
  ];
  for (const [key, wrong, what] of cases)
    throwsWith(
      () => tripletOptions({ ...options(), [key]: wrong }),
      ArgumentError,
      `TripletTrainer: expected ${key} ${what}, got ${wrong}`,
    );
  for (const most of [{ averaging: 0 }, { averaging: 1 }, { clipNorm: 0 }, { patience: 1 }, { validationFraction: 1 }])
    assert.not.throws(() => tripletOptions({ ...options(), ...most }));
});

test.run();
