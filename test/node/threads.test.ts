// useThreads: training with the same bits whatever the number of threads, which end with the process and survive errors.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  AdamW,
  ArgumentError,
  BackendError,
  backend,
  backward,
  Embedder,
  Random,
  relu,
  scope,
  setBackend,
  Tensor,
  tripletLoss,
  violating,
} from 'dynaecg';
import { scopeMemory } from 'dynaecg/kernels';
import { useThreads } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits, throwsWith } from '../support/asserts.ts';
import { BACKENDS } from '../support/backends.ts';
import { randomTensor } from '../support/tensors.ts';

const plain = suite('node/threads');
const test: typeof plain = BACKENDS.includes('wasm') ? plain : Object.assign(plain.skip, plain);
test.after(() => void setBackend(BACKENDS[0]));

const BATCH = 40; // three chunks of a convolution's samples, several pieces of every kernel
const LEAK_STEPS = Number(process.env['LEAK_STEPS'] ?? 100);

/** A small network in training. */
function training(seed: number) {
  const random = new Random(seed);
  const embedder = new Embedder({ channels: [8, 16], hidden: 32, random });
  const optimizer = new AdamW(embedder.parameters());
  const x = randomTensor(random, [BATCH, 1, 253], 'float32').detach();
  const labels = Array.from({ length: BATCH }, (_, i) => i % 3);
  const step = (fail = false): number =>
    scope(() => {
      optimizer.zeroGrad();
      const { loss } = tripletLoss(embedder.forward(x), labels, { miner: violating, margin: 0.2 });
      backward(loss);
      if (fail) throw new RangeError('in the middle');
      optimizer.step();
      return loss.item();
    });
  return { embedder, x, step };
}

/** Everything that ten steps leave. */
function trained(): Float32Array[] {
  const { embedder, x, step } = training(1);
  const losses = Float32Array.from({ length: 10 }, () => step());
  const weights = Object.values(embedder.stateDict()).map(({ data }) => data as Float32Array);
  return [losses, ...weights, embedder.embed(x).data as Float32Array];
}

test('ten training steps have the same bits with 1, 2, 3 and 4 threads', async () => {
  setBackend('wasm');
  const expected = trained();
  for (const n of [1, 2, 3, 4]) {
    const chosen = await useThreads(n);
    assert.is(backend(), chosen);
    assert.equal([chosen.name, chosen.threads, chosen.reason], ['wasm', n, null]);
    for (const [k, found] of trained().entries()) assertSameBits(found, expected[k], `${n} threads, array ${k}`);
  }
});

test('an error in the middle of a step leaves the threads usable, and so does a loop that is left', async () => {
  await useThreads(3);
  const [disturbed, undisturbed] = [training(2), training(2)];
  assert.throws(() => disturbed.step(true), RangeError);
  for (const step of [disturbed.step, undisturbed.step]) {
    step();
    break;
  }
  undisturbed.step();
  undisturbed.step();
  disturbed.step();
  assert.is(disturbed.step(), undisturbed.step());
  assert.is(scopeMemory().used, 0);
});

test('they are in use: kernels of a step are shared, in a memory that is', async () => {
  await useThreads(2);
  const x = new Tensor(new Float32Array(4), [4]);
  assert.instance(scope(() => ({ buffer: relu(x).data.buffer })).buffer, SharedArrayBuffer);
  assert.instance(scope(() => ({ copy: relu(x).data.slice() })).copy.buffer, ArrayBuffer);
  assert.instance(scope(() => relu(x)).data.buffer, ArrayBuffer);
});

test('another backend ends them, and one thread is no thread', async () => {
  await useThreads(2);
  assert.is(setBackend('js').threads, 1);
  assert.is(setBackend('wasm').threads, 1);
  assert.is((await useThreads(2)).threads, 2);
  assert.is((await useThreads(1)).threads, 1);
});

test('the number of threads is at least one, and no scope is open', () => {
  throwsWith(() => useThreads(0), ArgumentError, 'useThreads: expected n', '0');
  throwsWith(() => useThreads(1.5), ArgumentError, 'useThreads: expected n', '1.5');
  throwsWith(() => useThreads(2, { relaxed: 1 as never }), ArgumentError, 'useThreads: expected relaxed');
  scope(() => throwsWith(() => useThreads(2), BackendError, 'useThreads: expected no open scope'));
});

/** What a program prints in a process of its own, which must end by itself. */
async function ended(program: string): Promise<unknown> {
  const code = `import * as d from './src/main.ts'; import { useThreads } from './src/node/index.ts'; ${program}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return JSON.parse(stdout);
}

test('a process ends while its threads wait, whatever they did before', async () => {
  const work = 'd.scope(() => d.relu(new d.Tensor(new Float32Array(1e6).fill(2), [1000000])).data[999999])';
  const said = await Promise.all([
    ended(`await useThreads(3); console.log(JSON.stringify(${work}))`),
    ended(`useThreads(3).then(() => { console.log(JSON.stringify(${work})); process.exit(0); })`),
  ]);
  assert.equal(said, [2, 2]);
});

test('without SharedArrayBuffer there is one thread, and the backend says why', async () => {
  const program = `delete globalThis.SharedArrayBuffer; const { name, threads, reason } = await useThreads(3);
    console.log(JSON.stringify([name, threads, reason]))`;
  const reason = 'threads: expected SharedArrayBuffer, got an engine or a page without it';
  assert.equal(await ended(program), ['wasm', 1, reason]);
});

test(`${LEAK_STEPS} steps leave memory where it was`, async () => {
  await useThreads(2);
  const { step } = training(3);
  for (let i = 0; i < 20; i++) step();
  const before = scopeMemory();
  const { rss } = process.memoryUsage();
  for (let i = 0; i < LEAK_STEPS; i++) assert.ok(Number.isFinite(step()));
  assert.equal(scopeMemory(), before);
  const more = process.memoryUsage().rss - rss;
  assert.ok(more < 64e6, `${more} bytes more`); // the engine's own nursery comes and goes
});

plain.run();
