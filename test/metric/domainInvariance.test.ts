import {
  affine,
  backward,
  coralLoss,
  gradcheck,
  gradientReversal,
  Random,
  ShapeError,
  square,
  sum,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { gradOf } from '../support/tensors.ts';

const test = suite('metric/domainInvariance');

// import torch                                                                                  # 1.13
// a = torch.tensor([[1., 2.], [0., -1.], [3., .5], [-2., 1.]], dtype=torch.float64, requires_grad=True)
// b = torch.tensor([[.5, 1.], [2., 2.], [-1., 0.]], dtype=torch.float64, requires_grad=True)
// loss = (torch.cov(a.T) - torch.cov(b.T)).square().sum() / (4 * 2 ** 2)
// print(loss.item(), *[g.flatten().tolist() for g in torch.autograd.grad(loss, [a, b])])
const A = [1, 2, 0, -1, 3, 0.5, -2, 1];
const B = [0.5, 1, 2, 2, -1, 0];
const LOSS = 0.5419108072916666;
const GRADIENTS = [
  [
    -0.07552083333333337, 0.005425347222222217, 0.10503472222222225, -0.017144097222222217, 0.4487847222222221,
    -0.3009982638888889, -0.478298611111111, 0.3127170138888889,
  ],
  [0.0, 0.0, -0.2135416666666666, 0.1953125, 0.2135416666666666, -0.1953125],
];

test("coralLoss and its gradients are those of PyTorch's covariances", () => {
  for (const dtype of ['float64', 'float32'] as const) {
    const [a, b] = [tensor(A, [4, 2], { dtype, requiresGrad: true }), tensor(B, [3, 2], { dtype, requiresGrad: true })];
    const loss = coralLoss(a, b);
    const close = dtype === 'float64' ? 1e-12 : 1e-5;
    assertClose([loss.item()], [LOSS], { relative: close });
    backward(loss);
    for (const [i, x] of [a, b].entries())
      assertClose(gradOf(x).data, GRADIENTS[i], { relative: close, absolute: close });
  }
  const doubles = { dtype: 'float64', requiresGrad: true } as const;
  const error = gradcheck(coralLoss, [tensor(A, [4, 2], doubles), tensor(B, [3, 2], doubles)], new Random(0));
  assert.ok(error < 1e-6, String(error));
});

test('coralLoss is 0 for two domains that differ in their means alone', () => {
  const moved = tensor(
    A.map((v, i) => v + 1 + (i % 2)),
    [4, 2],
    { dtype: 'float64' },
  );
  assertClose([coralLoss(tensor(A, [4, 2], { dtype: 'float64' }), moved).item()], [0], { absolute: 1e-12 });
});

test('gradientReversal keeps values, and turns the gradient round', () => {
  for (const weight of [undefined, 0, 0.3]) {
    const [x, plain] = [1, 2].map(() => tensor(A, [2, 4], { dtype: 'float64', requiresGrad: true }));
    const y = gradientReversal(x, { weight });
    assert.equal(y.data, x.data);
    backward(sum(square(y)));
    backward(affine(sum(square(plain)), -(weight ?? 1)));
    assert.equal(gradOf(x).data, gradOf(plain).data);
  }
  const x = tensor(A, [8], { dtype: 'float64', requiresGrad: true });
  const twice = gradcheck(
    (x) => gradientReversal(gradientReversal(square(x), { weight: 2 }), { weight: 0.5 }),
    [x],
    new Random(1),
  );
  assert.ok(twice < 1e-6, String(twice));
});

test('wrong arguments', () => {
  const a = tensor(A, [4, 2]);
  assertThrows(() => coralLoss(a, tensor(B, [2, 3])), ShapeError, 'coralLoss: expected b (M,D) with D=2, got [2,3]');
  assertThrows(
    () => coralLoss(a, tensor([1, 2], [1, 2])),
    ShapeError,
    'coralLoss: expected at least 2 samples in b, got 1',
  );
});

test.run();
