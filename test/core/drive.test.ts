import { ArgumentError, drive, Random, Tensor, type TsneStep, tsne } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { range } from '../support/trainers.ts';

const test = suite('core/drive');

/** Numbers from 0 to n - 1, and whether the generator that gives them has been ended. */
function counting(n: number) {
  const seen = { given: 0, ended: false };
  function* numbers(): Generator<number, string> {
    try {
      for (let i = 0; i < n; i++) {
        seen.given++;
        yield i;
      }
      return 'what a generator returns is no step';
    } finally {
      seen.ended = true;
    }
  }
  return { seen, numbers: numbers() };
}
/** What a promise is rejected with. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (reason) {
    return reason;
  }
  return assert.unreachable('expected a rejection');
}

test('drive gives every step in order, and returns the last', async () => {
  const { seen, numbers } = counting(7);
  const steps: number[] = [];
  assert.is(await drive(numbers, { onStep: (step) => steps.push(step) }), 6);
  assert.equal(steps, range(7));
  assert.ok(seen.ended);
  assert.is(await drive(new Set([3, 1, 2])), 2);
  assert.is(await drive([], { onStep: assert.unreachable }), undefined);
});

test('a promise that onStep returns is awaited before the next step', async () => {
  const { seen, numbers } = counting(4);
  const order: string[] = [];
  await drive(numbers, {
    onStep: async (step) => {
      order.push(`begun ${step}`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assert.is(seen.given, step + 1);
      order.push(`done ${step}`);
    },
  });
  assert.equal(
    order,
    range(4).flatMap((i) => [`begun ${i}`, `done ${i}`]),
  );
});

test('drive lets the event loop run while steps go on', async () => {
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  function* until(): Generator<number> {
    for (let i = 0; !fired; i++) {
      if (i === 5e7) assert.unreachable('no timer fired in 50 million steps');
      yield i;
    }
  }
  await drive(until());
  assert.ok(fired);
});

test('tsne by drive is tsne by a loop', async () => {
  const random = new Random('points');
  const points = new Tensor(
    Float32Array.from({ length: 60 }, () => random.normal()),
    [20, 3],
  );
  const layout = () => tsne(points, { random: new Random('tsne'), perplexity: 4, iterations: 60 });
  let expected: TsneStep | undefined;
  let steps = 0;
  for (const step of layout()) {
    expected = step;
    steps++;
  }
  let driven = 0;
  const result = await drive(layout(), { onStep: () => driven++ });
  assert.is(driven, steps);
  assert.is(result.iterations, expected?.iteration, 'what tsne returns');
  assertSameBits(result.layout.data, (expected as TsneStep).layout.data);
});

// ---- ends

test('an aborted signal ends the generator, and its reason is what drive rejects with', async () => {
  for (const reason of [new Error('enough'), 'enough', 0]) {
    const { seen, numbers } = counting(9);
    const stop = new AbortController();
    const onStep = (step: number): void => {
      if (step === 4) stop.abort(reason);
    };
    assert.is(await reasonOf(drive(numbers, { signal: stop.signal, onStep })), reason);
    assert.equal(seen, { given: 5, ended: true });
  }
});

test('without a reason it is an AbortError', async () => {
  const stop = new AbortController();
  const onStep = (): void => stop.abort();
  const own = (await reasonOf(drive([1, 2], { signal: stop.signal, onStep }))) as Error;
  assert.is(own.name, 'AbortError');
  const plain = (await reasonOf(drive([1, 2], { signal: { aborted: true } }))) as Error;
  assert.instance(plain, Error);
  assert.equal([plain.name, plain.message], ['AbortError', 'drive: expected to run to the end, got aborted']);
});

test('a signal that is aborted already: no step is made', async () => {
  const { seen, numbers } = counting(3);
  assert.is(await reasonOf(drive(numbers, { signal: AbortSignal.abort('before') })), 'before');
  assert.is(seen.given, 0);
});

test('a signal that is aborted while the event loop runs is seen', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort('later'), 1);
  function* endless(): Generator<number> {
    for (let i = 0; ; i++) {
      if (i === 5e7) assert.unreachable('not stopped in 50 million steps');
      yield i;
    }
  }
  assert.is(await reasonOf(drive(endless(), { signal: stop.signal })), 'later');
});

test('what onStep throws or its promise is rejected with ends the generator', async () => {
  for (const onStep of [
    () => {
      throw new Error('told');
    },
    async () => {
      throw new Error('told');
    },
  ]) {
    const { seen, numbers } = counting(3);
    assert.is(((await reasonOf(drive(numbers, { onStep }))) as Error).message, 'told');
    assert.equal(seen, { given: 1, ended: true });
  }
});

test('what the generator throws is what drive rejects with', async () => {
  function* broken(): Generator<number> {
    yield 1;
    throw new Error('broken');
  }
  assert.is(((await reasonOf(drive(broken()))) as Error).message, 'broken');
});

for (const [args, message] of [
  [[5], 'drive: expected steps to be an iterable, got 5'],
  [['text'], 'drive: expected steps to be an iterable, got "text"'],
  [[[], { onstep: () => {} }], 'drive: expected options among signal, onStep (did you mean onStep?), got onstep'],
  [[[], { onStep: 5 }], 'drive: expected onStep to be a function, got 5'],
  [[[], { signal: new AbortController() }], 'drive: expected signal.aborted to be true or false, got undefined'],
] as const)
  test(`errors: ${message}`, () => assertThrows(() => drive(...(args as unknown as [[]])), ArgumentError, message));

test.run();
