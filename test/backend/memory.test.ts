// Ten thousand steps of training in a process of its own, which must end with the memory that it began with.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type * as library from '../../src/bundle.ts';
import { BACKENDS } from '../support/backends.ts';
import { child } from '../support/engine.ts';

const test = suite('backend/memory');

/** Trains a tiny network; what it holds after a hundred steps, and after ten thousand more. */
function train(d: typeof library) {
  const random = new d.Random('memory');
  const sizes = { length: 12, channels: [2, 3], kernel: 3, hidden: 2, features: 4, embedding: 3 } as const;
  const model = new d.Embedder({ ...sizes, attention: 'additive', channelAttention: true, dropout: 0.1, random });
  const optimizer = new d.AdamW(model.parameters(), { learningRate: 1e-5 });
  const labels = [0, 0, 1, 1];
  const x = new d.Tensor(
    Float32Array.from({ length: 48 }, () => random.normal()),
    [4, 12],
  );
  const step = (): number =>
    d.scope(() => {
      optimizer.zeroGrad();
      const { loss } = d.tripletLoss(model.forward(x), labels, { miner: d.allTriplets, margin: 1 });
      d.backward(loss);
      d.clipGradNorm(model.parameters(), 1);
      optimizer.step();
      return loss.item();
    });
  const held = () => {
    for (let i = 0; i < 3; i++) (globalThis as unknown as { gc(): void }).gc();
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    return { rss, heapUsed, external, arrayBuffers, scopes: d.kernels.scopeMemory() };
  };
  const first = step();
  for (let i = 1; i < 100; i++) step();
  const before = held();
  for (let i = 0; i < 10_000; i++) step();
  return { before, after: held(), first, last: step() };
}

/**
 * Bytes that may come on top. Found: 1 MB of the heap and 3 MB of the process, all but 12 KB within the first ten thousand
 * steps: the engine compiles what runs often. 1.5 MB in 10,000 steps would be 150 bytes a step.
 */
const MARGIN = { rss: 16e6, heapUsed: 1.5e6, external: 65_536, arrayBuffers: 16_384 };
/** The engine's own nursery does not grow, whatever it thinks that the program needs. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=4', '--max-semi-space-size=4'];

test('10,000 steps of training leave memory where it was after 100', async () => {
  const runs = BACKENDS.map((name) => child(train, { before: `d.setBackend('${name}')`, flags: FLAGS }));
  for (const [i, { before, after, first, last }] of (await Promise.all(runs)).entries()) {
    const name = BACKENDS[i];
    assert.ok(last > 0 && last < first, `${name}: trains, and has not done; loss from ${first} to ${last}`);
    assert.equal(after.scopes, before.scopes, name);
    assert.is(after.scopes.used, 0);
    for (const key of ['rss', 'heapUsed', 'external', 'arrayBuffers'] as const) {
      const more = after[key] - before[key];
      assert.ok(more < MARGIN[key], `${name}: ${more} bytes more in ${key}`);
    }
  }
});

test.run();
