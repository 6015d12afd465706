// The dynamic margin at its ends: mining rounds once it can grow no more, states at every step, options at their limits.
import {
  ArgumentError,
  CheckpointError,
  DynamicMargin,
  type MarginState,
  type MiningCounts,
  ScheduledMargin,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';

const test = suite('margin scheduler rounds');

const batch = (triplets: number, rest: Partial<MiningCounts> = {}): MiningCounts => ({
  ...{ iteration: 1, step: 1, steps: 2, triplets, pairs: 10, possible: 100 },
  ...rest,
});
const poor = batch(0);
const near = { absolute: 1e-12 };

test('at its limit the margin stays, and poor rounds are counted on', () => {
  const margin = new DynamicMargin({ min: 0.1, max: 0.2, step: 0.1, patience: 2 });
  const below: number[] = [];
  const margins: number[] = [];
  for (let i = 0; i < 6; i++) {
    margins.push(margin.update(poor));
    below.push(margin.state.below);
  }
  assert.equal(margins, [0.1, 0.2, 0.2, 0.2, 0.2, 0.2]);
  assert.equal(below, [1, 0, 1, 2, 3, 4]);
  margin.update(batch(5)); // 5 of 100: enough
  assert.is(margin.state.below, 0);
});

test('a margin without room to grow', () => {
  for (const options of [
    { min: 0.5, max: 0.5 },
    { min: 0.3, step: 0 },
    { min: 0, max: 0 },
  ]) {
    const margin = new DynamicMargin({ ...options, patience: 1 });
    for (let i = 0; i < 4; i++) assert.is(margin.update(poor), options.min);
    Object.assign(margin, { state: margin.state });
    assert.is(margin.margin, options.min);
    assert.is(margin.update(poor), options.min);
  }
});

test('the state of every step is that step again, also the last, which is shorter', () => {
  for (const options of [
    { min: 0.1, max: 0.35, step: 0.1 },
    { min: 0, max: 1, step: 0.07 },
    { min: 0.2, max: 0.8, step: 0.05 },
    { min: 0.3, max: 2, step: 3 },
  ]) {
    const { min, max, step } = options;
    const margin = new DynamicMargin({ ...options, patience: 1 });
    const last = Math.ceil((max - min) / step - 1e-6);
    for (let k = 0; k <= last; k++) {
      assertClose([margin.margin], [Math.min(max, min + k * step)], near, `${k} steps`);
      const other = new DynamicMargin({ ...options, patience: 1 });
      other.state = margin.state;
      assert.is(other.margin, margin.margin);
      margin.update(poor);
      assert.is(other.update(poor), margin.margin, `the step after ${k}`);
    }
    assert.is(margin.margin, max);
  }
});

test('options at their limits: 0 for numbers, 1 for counts, and what is beyond', () => {
  const least = new DynamicMargin({ min: 0, max: 0, step: 0, threshold: 0, patience: 1, batches: 1 });
  assert.is(least.update(poor), 0);
  const refused: [options: object, message: string][] = [
    [{ min: -1e-9 }, 'expected min >= 0, got -1e-9'],
    [{ min: 0.3, max: 0.29 }, 'expected max >= 0.3, got 0.29'],
    [{ step: -1e-9 }, 'expected step >= 0, got -1e-9'],
    [{ threshold: -1e-9 }, 'expected threshold >= 0, got -1e-9'],
    [{ patience: 0 }, 'expected patience to be a whole number >= 1, got 0'],
    [{ batches: 0 }, 'expected batches to be a whole number >= 1, got 0'],
  ];
  for (const [options, message] of refused)
    assertThrows(() => new DynamicMargin(options), ArgumentError, `DynamicMargin: ${message}`);
});

test('threshold and patience count from the first round: no sooner and no later', () => {
  for (const patience of [1, 2, 5])
    for (const batches of [1, 3]) {
      const margin = new DynamicMargin({ patience, batches, max: 10 });
      const rounds = 4 * patience;
      for (let i = 1; i <= rounds * batches; i++)
        assertClose([margin.update(poor)], [0.2 + 0.05 * Math.floor(i / (patience * batches))], near, `batch ${i}`);
    }
});

const state = (rest: Partial<MarginState> = {}): MarginState => ({
  ...{ margin: 0.4, below: 0, batches: 0, triplets: 0, of: 0 },
  ...rest,
});

test('states: of the same kind, or of none', () => {
  for (const make of [() => new DynamicMargin(), () => new ScheduledMargin(0.1)]) {
    const kind = make().state.kind as string;
    for (const own of [state(), state({ kind })]) {
      const margin = make();
      margin.state = own;
      assertClose([margin.margin], [0.4], near);
    }
    const other = kind === 'DynamicMargin' ? 'ScheduledMargin' : 'DynamicMargin';
    assertThrows(
      () => Object.assign(make(), { state: state({ kind: other }) }),
      CheckpointError,
      `${kind}: expected the state of a ${kind}, got that of a ${other}`,
    );
    assert.throws(
      () => Object.assign(make(), { state: null }),
      (e: unknown) => e instanceof ArgumentError,
    );
  }
  assertThrows(
    () => Object.assign(new ScheduledMargin(0.1), { state: state({ margin: -0.1 }) }),
    ArgumentError,
    'ScheduledMargin: expected state.margin >= 0, got -0.1',
  );
});

test('a state during a mining round is taken up there', () => {
  const options = { batches: 3, patience: 2 };
  const margin = new DynamicMargin(options);
  margin.state = state({ margin: 0.2, below: 1, batches: 2, triplets: 9, of: 200 });
  assert.is(margin.update(batch(6)), 0.2, '15 of 300 are enough');
  margin.state = state({ margin: 0.2, below: 1, batches: 2, triplets: 9, of: 200 });
  assert.is(margin.update(batch(5)), 0.25, '14 of 300 are not');
});

test('scheduled margins: from 0, finite, a number or a function', () => {
  assert.is(new ScheduledMargin(0).margin, 0);
  const margin = new ScheduledMargin((iteration) => iteration);
  assert.is(margin.update(batch(0, { step: 1 })), 1);
  assert.is(margin.update(batch(0, { step: 2 })), 2);
  assert.is(margin.update(batch(0, { iteration: 7, step: 2 })), 8);
  margin.state = state({ margin: 0 });
  assert.is(margin.margin, 0);
  for (const wrong of [Number.POSITIVE_INFINITY, Number.NaN, -1e-9, '1' as unknown as number])
    assertThrows(
      () => new ScheduledMargin(() => wrong),
      ArgumentError,
      `ScheduledMargin: expected a margin >= 0 for iteration 1, got ${wrong}`,
    );
  assert.throws(
    () => new ScheduledMargin('0.1' as unknown as number),
    (e: unknown) => e instanceof ArgumentError && e.message.startsWith('ScheduledMargin: expected schedule'),
  );
});

test('counts are checked by name', () => {
  for (const [make, key] of [
    [() => new DynamicMargin(), 'triplets'],
    [() => new DynamicMargin(), 'pairs'],
    [() => new DynamicMargin(), 'possible'],
    [() => new ScheduledMargin(1), 'iteration'],
    [() => new ScheduledMargin(1), 'step'],
    [() => new ScheduledMargin(1), 'steps'],
  ] as const)
    assert.throws(
      () => make().update({ ...poor, [key]: undefined }),
      (e: unknown) => e instanceof ArgumentError && e.message.includes(key),
    );
});

test.run();
