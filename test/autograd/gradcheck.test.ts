import { readdirSync } from 'node:fs';
import * as d from 'dynaecg';
import { defineOp, gradcheck, Random, scope, Tensor, zeros } from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { both, type Case } from '../support/gradcheck/cases.ts';
import { elementwise } from '../support/gradcheck/elementwise.ts';
import { layers } from '../support/gradcheck/layers.ts';
import { losses } from '../support/gradcheck/losses.ts';
import { movement } from '../support/gradcheck/movement.ts';
import { recurrent } from '../support/gradcheck/recurrent.ts';
import { reductions } from '../support/gradcheck/reductions.ts';
import { normal, randomTensor } from '../support/tensors.ts';

const test = suite('autograd/gradcheck');

/**
 * The step of 1e-6 leaves a truncation error of about 1e-12 and a rounding error of about 1e-10: four orders below the
 * bound, which the smallest slip in a formula exceeds by more than that.
 */
const BOUND = 1e-6;

const cases: Record<string, Case[]> = {
  ...elementwise,
  ...reductions,
  ...layers,
  ...recurrent,
  ...movement,
  ...losses,
};

/** Functions of src/ops that give positions and masks, through which no gradient flows. */
const WITHOUT_GRADIENT = ['argmax', 'lengthMask'];

/** Every function that a file of src/ops exports. */
const exported = new Set<string>();
const ops = new URL('../../src/ops/', import.meta.url);
for (const file of readdirSync(ops))
  for (const [name, value] of Object.entries(await import(new URL(file, ops).href)))
    if (typeof value === 'function') exported.add(name);

test('every op has a gradient check, and is public', () => {
  assert.equal([...Object.keys(cases), ...WITHOUT_GRADIENT].sort(), [...exported].sort());
  for (const name of exported) assert.type((d as Record<string, unknown>)[name], 'function', `${name} in src/index.ts`);
});

/** Which inputs vary: all of them together, then each alone, so that every `null` of a backward kernel comes up. */
const variations = (n: number): boolean[][] => [
  new Array<boolean>(n).fill(true),
  ...(n > 1 ? Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i === j)) : []),
];

for (const [name, list] of Object.entries(cases))
  test(`${name}: ${list.length} cases`, () => {
    for (const [what, op, ...inputs] of list)
      for (const varied of variations(inputs.length)) {
        const check = (f = op): number => {
          const random = new Random(`${name} ${what}`);
          const tensors = inputs.map((input, i) => {
            const { shape, draw } = 'shape' in input ? input : { shape: input, draw: normal };
            const x = randomTensor(random, shape, 'float64', draw);
            x.requiresGrad = varied[i];
            return x;
          });
          return gradcheck(f, tensors, random);
        };
        const error = check();
        assert.ok(error <= BOUND, `${name}, ${what}, varied ${varied}: relative error ${error}`);
        assert.is(scope(check), error, `${name}, ${what}: the same bits inside a scope`);
        // The inputs' own gradients are there before the op's come, which must add to them and not replace them.
        const added = check((...x) => both(op(...x), ...x));
        assert.ok(added <= BOUND, `${name}, ${what}, varied ${varied}: does not accumulate, relative error ${added}`);
      }
  });

test('a wrong gradient is found', () => {
  const wrongSquare = (factor: number) =>
    defineOp('wrongSquare', (x: Tensor) => {
      const y = zeros(x.shape, { dtype: x.dtype });
      for (let i = 0; i < x.size; i++) y.data[i] = x.data[i] ** 2;
      return {
        inputs: [x],
        output: y,
        vjp: (dy, [dx]) => {
          if (dx) for (let i = 0; i < dx.length; i++) dx[i] += factor * x.data[i] * dy[i];
        },
      };
    });
  const x = randomTensor(new Random(1), [3, 4]);
  assert.ok(gradcheck(wrongSquare(2), [x], new Random(2)) <= BOUND, 'the right factor passes');
  for (const factor of [0, 1, -2, 2.00001])
    assert.ok(gradcheck(wrongSquare(factor), [x], new Random(2)) > BOUND, `a factor of ${factor} does not`);
});

test('a gradient that overwrites and does not add is found', () => {
  const overwriting = defineOp('overwriting', (x: Tensor) => {
    const y = new Tensor(x.data.slice(), x.shape);
    return { inputs: [x], output: y, vjp: (dy, [dx]) => dx?.set(dy) };
  });
  const x = randomTensor(new Random(1), [4]);
  assert.ok(gradcheck((t) => d.add(overwriting(t), t), [x], new Random(2)) > 1e-3);
});

test('float32 inputs are refused', () => {
  const x = randomTensor(new Random(1), [2], 'float32');
  assert.throws(() => gradcheck(d.exp, [x], new Random(1)), /gradcheck: expected float64 inputs, got float32/);
});

test.run();
