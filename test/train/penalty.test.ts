import {
  ArgumentError,
  affine,
  type ClassifierTrainerOptions,
  coralLoss,
  type Layer,
  Random,
  ShapeError,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { bits, LENGTH, makeClassifier } from '../support/trainers.ts';

const test = suite('train/penalty');

const trained = (penalty?: ClassifierTrainerOptions['penalty']) => {
  const { trainer, model } = makeClassifier({ penalty });
  return { losses: [...trainer.epochs(5)].map(({ loss }) => loss), bits: bits(model), model };
};

test('a penalty is added to the loss; a constant one changes nothing else', () => {
  const sizes: number[] = [];
  const moved = trained((batch, random) => {
    assert.ok(random instanceof Random);
    sizes.push(batch.length);
    return tensor([2], [1]);
  });
  const plain = trained();
  assert.equal(moved.bits, plain.bits);
  assertClose(
    moved.losses,
    plain.losses.map((loss) => loss + 2),
    { relative: 1e-5 },
  );
  assert.ok(sizes.length > 0 && sizes.every((n) => n > 1), `${sizes}`);
});

test('a model is trained by it: features of two domains come nearer', () => {
  const random = new Random('domains');
  const [near, far] = [1, 5].map((size) =>
    tensor(
      Array.from({ length: 40 * LENGTH }, () => size * random.normal()),
      [40, LENGTH],
    ),
  );
  const apart = (model: Layer): number => coralLoss(model.forward(near), model.forward(far)).item();
  const together = makeClassifier({
    penalty: () => affine(coralLoss(together.model.forward(near), together.model.forward(far)), 0.1),
  });
  for (const _ of together.trainer.epochs(5));
  const [by, without] = [apart(together.model), apart(trained().model)];
  assert.ok(by < 0.5 * without, `${by} ${without}`);
});

test('wrong penalties', () => {
  const two = makeClassifier({ penalty: () => tensor([1, 2]) }).trainer;
  assertThrows(() => [...two.epochs(1)], ShapeError, 'ClassifierTrainer.penalty: expected one value, got shape [2]');
  assertThrows(
    () => makeClassifier({ penalty: 3 as never }),
    ArgumentError,
    'ClassifierTrainer: expected penalty to be a function, got 3',
  );
});

test.run();
