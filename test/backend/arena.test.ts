import * as d from 'dynaecg';
import { backend } from 'dynaecg';
import * as assert from 'uvu/assert';
import { Arena, type ArenaMemory } from '../../src/backend/arena.ts';
import { suite } from '../support/backends.ts';

const test = suite('backend/arena');

const KB = 1024;
const DTYPES = ['float32', 'float64'] as const;
const ALIGNMENT = 64;

/** Memory that grows like WebAssembly's: every view into the old buffer is lost. */
function detaching(): ArenaMemory {
  let buffer = new ArrayBuffer(0);
  return {
    get buffer() {
      return buffer;
    },
    base: KB,
    grow: (bytes) => {
      structuredClone(buffer, { transfer: [buffer] });
      buffer = new ArrayBuffer(bytes);
    },
  };
}

/** An arena whose memory is like the backend's. */
function newArena(memory?: ArenaMemory): Arena {
  const arena = new Arena();
  if (memory || backend().name === 'wasm') arena.moveTo(memory ?? detaching());
  return arena;
}

test('outside a scope an allocation is an ordinary array', () => {
  const arena = newArena();
  const a = arena.allocate('float32', 10);
  assert.is(a.buffer.byteLength, 40);
  assert.ok(a.every((v: number) => v === 0));
  assert.equal(arena.memory, { capacity: 0, used: 0, highWater: 0 });
});

test('inside a scope arrays are laid one behind the other, aligned, without overlap', () => {
  const arena = newArena();
  const take = () => [
    arena.allocate('float32', 3),
    arena.allocate('float64', 5),
    arena.allocate('int32', 1),
    arena.allocate('float32', 0),
    arena.allocate('float64', 2),
  ];
  for (const expectShared of [false, true]) {
    arena.enter();
    const arrays = take();
    const end = (i: number): number => arrays[i].byteOffset + arrays[i].byteLength;
    for (const [i, a] of arrays.entries()) {
      assert.is(a.buffer === arrays[0].buffer, expectShared || i === 0);
      if (!expectShared) continue;
      assert.is(a.byteOffset % ALIGNMENT, 0);
      if (i === 0) continue;
      assert.ok(a.byteOffset >= end(i - 1), `${i} overlaps ${i - 1}`);
      assert.ok(a.byteOffset - end(i - 1) < ALIGNMENT, 'nothing is wasted');
    }
    assert.is(arena.memory.used, 64 + 64 + 64 + 0 + 64);
    arena.leave();
  }
  assert.equal(arena.memory, { capacity: 64 * KB, used: 0, highWater: 256 });
});

test('the buffer grows after the outermost scope, to the high-water mark in pages, and detaches nothing alive', () => {
  const arena = newArena();
  arena.enter();
  const first = arena.allocate('float32', 1000).fill(1);
  arena.enter();
  const second = arena.allocate('float64', 20_000).fill(2); // does not fit: an ordinary array
  assert.is(arena.memory.capacity, 0);
  arena.leave();
  assert.is(arena.memory.capacity, 0, 'not while a scope is open');
  assert.ok(first.every((v: number) => v === 1) && second.every((v: number) => v === 2));
  arena.leave();
  const { capacity, highWater } = arena.memory;
  assert.is(highWater, 4032 + 160_000);
  assert.is(capacity, 3 * 64 * KB);
  assert.is(first.length, 1000);
  assert.is(second.length, 20_000);

  arena.enter();
  const inside = arena.allocate('float32', 1000).fill(3);
  arena.enter();
  const large = arena.allocate('float32', 100_000); // beyond the buffer again
  assert.is(inside.buffer.byteLength, capacity);
  assert.is(large.buffer.byteLength, 400_000);
  assert.is(arena.memory.used, 404_032);
  assert.is(arena.reserve(1_000_000), -1, 'nor does a kernel find workspace');
  arena.leave();
  assert.is(arena.memory.capacity, capacity);
  assert.ok(inside.length === 1000 && inside.every((v: number) => v === 3));
  arena.leave();
  assert.ok(arena.memory.capacity >= 404_032 + 1_000_000);
  assert.is(arena.memory.capacity % (64 * KB), 0);
  assert.is(large.length, 100_000);
});

test('workspace lies above everything alive, and outside of scopes there is always some', () => {
  const arena = newArena();
  const at = arena.reserve(100);
  assert.is(arena.memory.capacity, 64 * KB);
  assert.is(arena.memory.used, 0);
  arena.enter();
  const array = arena.allocate('float32', 10);
  assert.is(array.byteOffset, at);
  assert.is(arena.reserve(100), at + ALIGNMENT);
  assert.is(arena.reserve(100), at + ALIGNMENT, 'nothing is kept');
  assert.is(arena.allocate('float32', 10).byteOffset, at + ALIGNMENT);
  arena.leave();
});

test('what a rule allocates to work in is released when it returns, and nothing else is', () => {
  // A rule that runs backward itself, as gradient checkpointing does: the inner leaf's gradient outlives the rule.
  let inner: d.Tensor | null = null;
  const checkpointed = d.defineOp('checkpointed', (x: d.Tensor) => ({
    inputs: [x],
    output: d.mul(x.detach(), 3),
    vjp: (dy, [dx]) => {
      assert.ok(inner);
      d.backward(d.sum(d.mul(inner, 2)));
      for (let i = 0; dx && i < dx.length; i++) dx[i] += 3 * dy[i];
    },
  }));
  for (let round = 0; round < 2; round++)
    d.scope(() => {
      inner = d.tensor([1, 2, 3], [3], { requiresGrad: true });
      const x = d.mul(d.tensor([1, 1, 1], [3], { requiresGrad: true }), 1);
      d.backward(d.sum(checkpointed(x)));
      d.full([1000], 9); // lies where what was released lay
      assert.equal([...(inner.grad?.data ?? [])], [2, 2, 2]);
    });
});

test('an engine that has no more memory goes on with what there is; what can never fit is not asked for', () => {
  const asked: number[] = [];
  const memory = {
    buffer: new ArrayBuffer(64 * KB),
    base: 0,
    grow: (bytes: number) => {
      asked.push(bytes);
      throw new RangeError('no more');
    },
  };
  const arena = newArena(memory);
  assert.is(arena.reserve(2 ** 33), -1);
  for (let round = 0; round < 2; round++) {
    arena.enter();
    assert.is(arena.allocate('float32', 8 * KB).buffer, memory.buffer);
    assert.is.not(arena.allocate('float32', 16 * KB).buffer, memory.buffer);
    arena.leave();
  }
  assert.is(arena.reserve(100), 0);
  assert.equal(asked, [128 * KB]);
});

test('a nested scope releases its own memory only', () => {
  const arena = newArena();
  for (let round = 0; round < 2; round++) {
    arena.enter();
    arena.allocate('float32', 4);
    const outer = arena.current;
    arena.enter();
    assert.ok(arena.isOpen(outer) && arena.isOpen(arena.current));
    const inner = arena.current;
    arena.allocate('float32', 8);
    assert.is(arena.memory.used, 128);
    arena.leave();
    assert.is(arena.memory.used, 64);
    assert.is(arena.current, outer);
    assert.ok(arena.isOpen(outer) && !arena.isOpen(inner));
    arena.leave();
    assert.is(arena.memory.used, 0);
    assert.not.ok(arena.isOpen(outer));
  }
  assert.ok(arena.isOpen(0), 'the memory of the engine is never released');
});

test('leaving more scopes than were entered does nothing', () => {
  const arena = newArena();
  arena.leave();
  arena.enter();
  arena.leave();
  arena.leave();
  assert.is(arena.memory.used, 0);
});

test('released memory is NaN: in the buffer, and in what did not fit', () => {
  for (const type of DTYPES) {
    const arena = newArena();
    arena.poison = true;
    for (const what of ['overflow', 'buffer']) {
      arena.enter();
      const kept = arena.allocate(type, 5).fill(1);
      arena.enter();
      const released = arena.allocate(type, 7).fill(2);
      arena.leave();
      assert.ok(released.every(Number.isNaN), `${type} ${what}`);
      assert.equal([...kept], [1, 1, 1, 1, 1], `${type} ${what}: the outer scope is open`);
      arena.leave();
      assert.ok(kept.every(Number.isNaN), `${type} ${what}`);
    }
  }
});

test.run();
