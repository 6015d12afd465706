// Kernels whose work threads share: the same bits as in one thread, whatever their number; and what happens when one traps.

import { BackendError, Random } from 'dynaecg';
import { jsKernels, type Vec } from 'dynaecg/kernels';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startTeam, type Threads } from '../../src/backend/threads.ts';
import { plain } from '../../src/kernels/wasm/binary/plain.ts';
import { wasmKernels } from '../../src/kernels/wasm/index.ts';
import { type Instance, instantiate, LOW_BYTES } from '../../src/kernels/wasm/instantiate.ts';
import { LAYOUT } from '../../src/kernels/wasm/threads/layout.ts';
import { PLANS } from '../../src/kernels/wasm/threads/plans.ts';
import { sharable } from '../../src/kernels/wasm/threads/sharable.ts';
import type { Job } from '../../src/kernels/wasm/threads/team.ts';
import { Team } from '../../src/kernels/wasm/threads/team.ts';
import { startThread } from '../../src/node/threads.ts';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { BACKENDS } from '../support/backends.ts';
import { generators } from '../support/kernels/generators.ts';

const plainTest = suite('kernels/threads');
const test: typeof plainTest = BACKENDS.includes('wasm') ? plainTest : Object.assign(plainTest.skip, plainTest);

const CASES = 20;
const GUARD = 4096; // bytes behind the workspace
const POISON = 0xffffffff;
/** Kernels whose contract has a result. */
const RESULT = /^mine/;

type Elements = Vec | Int32Array;
type Table = Record<string, (...args: unknown[]) => number>;
const table = generators(jsKernels) as Record<string, { args(r: Random): unknown[] } | undefined>;

interface Watched {
  kernels: Table;
  assertUntouched(what: string): void;
}

/** The kernels of an instance, whose workspace holds NaN before a call, and behind which nothing may be written. */
function watched(instance: Instance, team?: Threads): Watched {
  const { buffer } = instance.memory;
  let guard = new Uint32Array(0);
  const reserve = (bytes: number): number => {
    const end = Math.ceil((LOW_BYTES + bytes) / 4) * 4;
    new Uint32Array(buffer, LOW_BYTES, (end - LOW_BYTES) / 4).fill(POISON);
    guard = new Uint32Array(buffer, end, GUARD / 4).fill(POISON);
    return LOW_BYTES;
  };
  const none = Object.fromEntries(Object.keys(jsKernels).map((name) => [name, () => assert.unreachable(name)]));
  return {
    kernels: wasmKernels(instance, { buffer, reserve }, none as never, team?.sharing) as unknown as Table,
    assertUntouched: (what) =>
      assert.ok(
        guard.every((word) => word === POISON),
        `${what} writes beyond its workspace`,
      ),
  };
}

/** Copies of a call's arguments; an array given twice stays one. */
function copied(args: unknown[]): unknown[] {
  const copies = new Map<unknown, unknown>();
  return args.map((arg) => {
    if (ArrayBuffer.isView(arg) && !copies.has(arg)) copies.set(arg, (arg as Elements).slice());
    return copies.get(arg) ?? arg;
  });
}

/** Runs work on n threads that share the smallest of calls. */
async function withTeam(n: number, work: (team: Threads) => void): Promise<void> {
  const team = await startTeam(n, plain, startThread, 1);
  try {
    work(team);
  } finally {
    team.stop();
  }
}

/** Fails unless a call does the same, to the bit, alone and shared. */
function assertShared(name: string, args: unknown[], alone: Watched, shared: Watched, what: string): void {
  const [expected, found] = [copied(args), copied(args)];
  const results = [shared.kernels[name](...found), alone.kernels[name](...expected)];
  if (RESULT.test(name)) assert.is(results[0], results[1], what);
  for (const [k, array] of expected.entries())
    if (ArrayBuffer.isView(array)) assertSameBits(found[k] as Elements, array as Elements, `${what}, argument ${k}`);
  shared.assertUntouched(what);
}

for (const n of [1, 2, 3, 4])
  test(`every kernel that threads share has the same bits with ${n} of them`, () =>
    withTeam(n, (team) => {
      const [alone, shared] = [watched(instantiate(plain)), watched(team.instance, team)];
      for (const name of PLANS.keys())
        for (let i = 0; i < CASES; i++) {
          const what = `${name}, case ${i}, ${n} threads`;
          const args = table[name]?.args(new Random(what)) ?? assert.unreachable(`no arguments for ${name}`);
          assertShared(name, args as unknown[], alone, shared, what);
        }
    }));

const draw = (random: Random, n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());

test('weight gradients whose sums do not fit at once', () =>
  withTeam(2, (team) => {
    const random = new Random('large');
    const [B, C, L, O, K] = [40, 128, 3, 640, 9]; // three chunks, of which two sums fit
    const [dx, x, dy] = [B * C * L, B * C * L, B * O * L].map((n) => draw(random, n));
    const [dweight, dbias, weight] = [O * C * K, O, O * C * K].map((n) => draw(random, n));
    const args = [dx, dweight, dbias, dy, x, weight, B, C, L, O, L, K, 1, 4, 1, 1];
    assertShared('conv1dBackward', args, watched(instantiate(plain)), watched(team.instance, team), 'conv1dBackward');
  }));

test('an LSTM whose gates do not fit at once', () =>
  withTeam(3, (team) => {
    const random = new Random('long');
    const [T, B, D, H] = [30, 96, 8, 64]; // 21 steps fit
    const sizes = [D * 4 * H, H * 4 * H, 4 * H, 4 * H];
    const [alone, shared] = [watched(instantiate(plain)), watched(team.instance, team)];
    const [dx, x, dy, y, c, gates] = [D, D, H, H, H, 4 * H].map((n) => draw(random, T * B * n));
    const [gradients, weights] = [sizes, sizes.slice(0, 2)].map((all) => all.map((n) => draw(random, n)));
    for (const reverse of [false, true]) {
      const inputs = [dy, null, y, c, gates, x, ...weights, null, null, T, B, D, H, H, reverse];
      assertShared('lstmBackward', [dx, ...gradients, null, null, ...inputs], alone, shared, `reverse ${reverse}`);
    }
  }));

/** A job of 64 pieces, all of which but the first are far outside of the memory. */
const TRAPPED = 'relu: expected every thread to finish its share, got "RuntimeError: memory access out of bounds"';
const trapping: Job = {
  kernel: 'relu',
  args: [LOW_BYTES, LOW_BYTES, 16],
  steps: { 0: 2 ** 30 },
  counted: -1,
  units: 64,
  size: 1,
  workspace: 0,
  workspaceBytes: 0,
};

test('a trap in any thread is an error of the caller, and the next job runs', () =>
  withTeam(3, ({ instance }) => {
    const { functions, memory } = instance;
    const team = new Team(3, 1, functions, memory.buffer);
    const words = new Int32Array(memory.buffer, 0, 256);
    for (const others of [false, true]) {
      team.fork(trapping);
      if (others) for (let done = 0; done < 64; done = Atomics.load(words, LAYOUT.done)) Atomics.wait(words, 0, 0, 1);
      assertThrows(() => team.join(), BackendError, TRAPPED);
      team.fork({ ...trapping, steps: {} });
      team.join();
    }
  }));

const IMPORTS = 'expected a module that imports its memory';
test('what is no module that imports a memory cannot be shared', () => {
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  assertThrows(() => sharable(Uint8Array.from(header), 1), Error, `${IMPORTS}, got one without imports`);
  const table = [2, 9, 1, 1, 97, 1, 97, 1, 112, 0, 0];
  assertThrows(
    () => sharable(Uint8Array.from([...header, ...table]), 1),
    Error,
    'expected a memory as the first import, got kind 1',
  );
});

plainTest.run();
