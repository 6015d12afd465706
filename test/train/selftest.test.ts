// The self-test passes here, on both backends, and reports a kernel that computes something else.
import { backend, selftest } from 'dynaecg';
import { type Kernels, kernels, useKernels } from 'dynaecg/kernels';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';

const test = suite('train/selftest');

test('everything passes, on one page that says which kernels ran', () => {
  const { passed, backend: ran, checks, beat, text } = selftest();
  assert.ok(passed, text);
  assert.equal(ran, backend());
  assert.equal(
    checks.map(({ name }) => name),
    ['gradients', 'kernels', 'golden'],
  );
  assert.ok(beat! > 0 && beat! < 60_000);
  const lines = text.split('\n');
  assert.is(lines[0], 'dynaecg selftest: passed');
  assert.match(lines[1], new RegExp(`^  backend {4}${ran.name}`));
  assert.ok(lines.length < 25 && lines.every((line) => line.length <= 200), text);
});

type Kernel = (...args: unknown[]) => unknown;

/** The self-test with a kernel whose first output is a little larger than it should be. */
function withWrong(name: keyof Kernels): ReturnType<typeof selftest> {
  const right = kernels('float32');
  const wrong: Kernel = (...args) => {
    const result = (right[name] as Kernel)(...args);
    const output = args.find((arg) => ArrayBuffer.isView(arg)) as Float32Array;
    for (let i = 0; i < output.length; i++) output[i] = output[i] * 1.01 + 0.001;
    return result;
  };
  useKernels({ ...right, [name]: wrong });
  try {
    return selftest();
  } finally {
    useKernels(right);
  }
}

for (const name of ['conv1d', 'batchNormReluPool', 'lstm', 'attentionPool', 'gemm', 'relu', 'l2Normalize'] as const)
  test(`a wrong ${name} is reported`, () => {
    const { passed, checks, text } = withWrong(name);
    assert.not.ok(passed);
    assert.match(text, /^dynaecg selftest: FAILED\n/);
    const failed = checks.filter((check) => !check.passed).map((check) => check.name);
    assert.equal(failed, ['kernels', 'golden'], text);
  });

for (const name of ['conv1dBackward', 'lstmBackward', 'batchNormReluPoolBackward', 'tripletHingeBackward'] as const)
  test(`a wrong gradient, of ${name}, is reported`, () => {
    const { passed, checks, text } = withWrong(name);
    assert.not.ok(passed);
    assert.not.ok(checks.find((check) => check.name === 'kernels')!.passed, text);
  });

test('a wrong optimiser is reported by the golden bits', () => {
  const { checks, text } = withWrong('adamw');
  assert.not.ok(checks.find((check) => check.name === 'golden')!.passed, text);
});

test('a kernel that throws is reported, with its error', () => {
  const right = kernels('float32');
  useKernels({
    ...right,
    conv1d: () => {
      throw new RangeError('no memory');
    },
  });
  try {
    const { passed, checks, beat } = selftest();
    assert.not.ok(passed);
    assert.is(checks.find(({ name }) => name === 'kernels')!.detail, 'RangeError: no memory');
    assert.is(beat, null);
  } finally {
    useKernels(right);
  }
});

test.run();
