import { ArgumentError, clipGradNorm, gradNorm } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { DTYPES, golden, parameter, setGrad, TOLERANCE } from '../support/parameters.ts';

const test = suite('optim/clip');

// ---- optimisers

for (const { name, options, inputs, outputs } of golden('clip_grad_norm'))
  test(`golden ${name}`, () => {
    for (const dtype of DTYPES) {
      const parameters = ['first', 'second'].map((key) => {
        const p = parameter(inputs[key].data, dtype);
        setGrad(p, inputs[key].data);
        return p;
      });
      const bare = parameter([1, 2], dtype); // a parameter without a gradient plays no part
      const maximum = options.maxNorm as number;
      assertClose([gradNorm([...parameters, bare])], outputs.norm.data, TOLERANCE[dtype]);
      assertClose([clipGradNorm([...parameters, bare], maximum)], outputs.norm.data, TOLERANCE[dtype], 'norm before');
      assertClose(parameters[0].grad!.data, outputs.clipped_first.data, TOLERANCE[dtype]);
      assertClose(parameters[1].grad!.data, outputs.clipped_second.data, TOLERANCE[dtype]);
      assert.ok(gradNorm(parameters) <= Math.max(maximum, 0) * (1 + 1e-6));
      assert.is(bare.grad, null);
    }
  });

test('clipping to 0 leaves nothing of a gradient, and a gradient of zero stays', () => {
  const p = parameter([1, 2]);
  setGrad(p, [3, 4]);
  assert.is(clipGradNorm([p], 0), 5);
  assertClose(p.grad!.data, [0, 0], {});
  assert.is(clipGradNorm([p], 1), 0);
  assertClose(p.grad!.data, [0, 0], {});
});

// ---- bad arguments

const one = [parameter([1])];

// ---- errors

const errors: [f: () => unknown, message: string][] = [
  [() => clipGradNorm(one, -1), 'clipGradNorm: expected maxNorm >= 0, got -1'],
  [() => clipGradNorm(one, Number.NaN), 'clipGradNorm: expected maxNorm >= 0, got NaN'],
];

for (const [f, message] of errors) test(message, () => assertThrows(f, ArgumentError, message));

test.run();
