import {
  ArgumentError,
  backward,
  type ClassifierTrainerOptions,
  distillationLoss,
  gradcheck,
  MlpClassifier,
  Random,
  ShapeError,
  type Tensor,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf } from '../support/tensors.ts';
import { bits, LENGTH, makeClassifier } from '../support/trainers.ts';

const test = suite('train/distillation');

const Z = [2, -1, 0.5, 0, 3, 1];
const TEACHER = [1, 0, 4, -2, 2, 2];

// import torch, torch.nn.functional as F                                                       # 1.13
// z = torch.tensor([[2., -1., .5], [0., 3., 1.]], dtype=torch.float64, requires_grad=True)
// t = torch.tensor([[1., 0., 4.], [-2., 2., 2.]], dtype=torch.float64)
// for T in [1., 2., 5.]:
//     loss = T * T * F.kl_div(F.log_softmax(z / T, 1), F.softmax(t / T, 1), reduction='batchmean')
//     print(loss.item(), torch.autograd.grad(loss, z)[0].flatten().tolist())
const GOLDEN: readonly [temperature: number, loss: number, gradient: number[]][] = [
  [
    1,
    0.9361171479318037,
    [
      0.36949220600565097, 0.01098237386258353, -0.3804745798682345, 0.01646767564487615, 0.17416604595174823,
      -0.1906337215966243,
    ],
  ],
  [
    2,
    1.2397809589744235,
    [
      0.4255460360317248, 0.03197799908459599, -0.4575240351163209, 0.07686544483305086, 0.16022118837828125,
      -0.23708663321133214,
    ],
  ],
  [
    5,
    1.3057907002663511,
    [
      0.4052266160064173, 0.03705233058592907, -0.4422789465923464, 0.15964839274380613, 0.10587904322132613,
      -0.2655274359651321,
    ],
  ],
];

const logits = (values: number[], dtype: 'float32' | 'float64', requiresGrad = false): Tensor =>
  tensor(values, [2, 3], { dtype, requiresGrad });

test("loss and gradient are PyTorch's, and the teacher has none", () => {
  for (const [temperature, loss, gradient] of GOLDEN)
    for (const dtype of ['float64', 'float32'] as const) {
      const [z, t] = [logits(Z, dtype, true), logits(TEACHER, dtype, true)];
      const found = distillationLoss(z, t, { temperature });
      const relative = dtype === 'float64' ? 1e-12 : 1e-5;
      assertClose([found.item()], [loss], { relative });
      backward(found);
      assertClose(gradOf(z).data, gradient, { relative, absolute: relative });
      assert.is(t.grad, null);
    }
  const z = logits(Z, 'float64', true);
  const error = gradcheck((z) => distillationLoss(z, logits(TEACHER, 'float64')), [z], new Random(0));
  assert.ok(error < 1e-6, String(error));
});

const labelled = (teacher?: ClassifierTrainerOptions['teacher']) => {
  const { trainer, model } = makeClassifier({ teacher });
  const losses = [...trainer.epochs(5)].map(({ loss }) => loss);
  return { losses, bits: bits(model) };
};

test('a weight of 0 leaves the labels alone; one of 1 learns from the teacher alone', () => {
  const random = new Random('another');
  const unlike = new MlpClassifier({ inFeatures: LENGTH, hidden: 16, classes: 3, random }); // knows nothing
  const before = bits(unlike);
  assert.equal(labelled({ model: unlike, weight: 0 }).bits, labelled().bits);

  const { trainer, model } = makeClassifier();
  for (const _ of trainer.epochs(20));
  const taught = labelled({ model, weight: 1, temperature: 1 }).losses;
  const distracted = labelled({ model: unlike, weight: 1, temperature: 1 }).losses;
  assert.ok(taught[4] < 0.5 * taught[0], `${taught}`);
  assert.ok(distracted[4] < distracted[0], `${distracted}`);
  assert.equal(bits(unlike), before);
  assert.not.equal(labelled({ model, weight: 1 }).bits, labelled({ model: unlike, weight: 1 }).bits);
});

const teacher = new MlpClassifier({ inFeatures: LENGTH, hidden: 4, classes: 3, random: new Random(1) });
const wrong: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => distillationLoss(logits(Z, 'float32'), tensor([1, 2, 3], [1, 3])),
    ShapeError,
    'distillationLoss: expected teacherLogits [2,3], got [1,3]',
  ],
  [
    () => distillationLoss(logits(Z, 'float32'), logits(Z, 'float32'), { temperature: 0 }),
    ArgumentError,
    'distillationLoss: expected temperature >= 0.000001, got 0',
  ],
  [
    () => makeClassifier({ teacher: { model: teacher, weight: 2 } }),
    ArgumentError,
    'ClassifierTrainer.teacher: expected weight from 0 to 1, got 2',
  ],
  [
    () => makeClassifier({ teacher: { model: () => 1 } as never }),
    ArgumentError,
    'ClassifierTrainer.teacher: expected model to be a Layer, got a function',
  ],
];

test('wrong arguments', () => {
  for (const [f, type, message] of wrong) assertThrows(f, type, message);
});

test.run();
