import { ArgumentError, constantSchedule, cosineSchedule, type Schedule, stepSchedule, warmup } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('optim/schedule');

// ---- schedules

const steps = Array.from({ length: 101 }, (_, i) => i / 100);

test('the constant schedule is 1', () => {
  assert.ok(steps.every((t) => constantSchedule(t) === 1));
});

test('the cosine schedule: its ends, its formula, always falling', () => {
  for (const floor of [0, 0.1, 1]) {
    const schedule = cosineSchedule(floor);
    assert.is(schedule(0), 1);
    assertClose([schedule(0.5), schedule(1)], [(1 + floor) / 2, floor], { absolute: 1e-15 });
    for (const t of steps) {
      // our own cosine differs from the engine's by a rounding at most
      const expected = floor + ((1 - floor) * (1 + Math.cos(Math.PI * t))) / 2;
      assertClose([schedule(t)], [expected], { absolute: 1e-15 }, `t ${t}`);
      if (t > 0 && floor < 1) assert.ok(schedule(t) < schedule(t - 0.01), `falls at ${t}`);
    }
    assert.is(schedule(-1), schedule(0));
    assert.is(schedule(2), schedule(1));
  }
});

test('the step schedule drops at the ends of equal parts', () => {
  const schedule = stepSchedule(3, 0.5); // four parts
  assertClose([0, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, 1].map(schedule), [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125], {});
});

test('warmup rises to the height of the schedule, which then runs over the rest of the time', () => {
  const inner: Schedule = cosineSchedule(0.1);
  const schedule = warmup(0.2, inner);
  assert.is(schedule(0), 0);
  for (const t of steps) {
    const expected = t < 0.2 ? t / 0.2 : inner((t - 0.2) / 0.8);
    assertClose([schedule(t)], [expected], { absolute: 1e-15 }, `t ${t}`);
  }
  assert.is(schedule(0.2), 1);
  assert.is(schedule(1), inner(1));
  assert.equal(
    [-3, -1e-9, 1.5, 9].map((t) => schedule(t)),
    [0, 0, inner(1), inner(1)],
  );
  assert.ok(steps.every((t) => warmup(0, inner)(t) === inner(t)));
  assert.is(warmup(1, inner)(0.5), 0.5);
  const low = warmup(0.5, () => 0.3);
  assertClose([low(0.25), low(0.5), low(1)], [0.15, 0.3, 0.3], { absolute: 1e-15 });
});

// transformers 4.x, optimization.py, _get_cosine_schedule_with_warmup_lr_lambda with num_cycles=0.5:
//   if step < warm: return step / max(1, warm)
//   progress = (step - warm) / max(1, total - warm); return max(0, 0.5 * (1 + cos(pi * 0.5 * 2 * progress)))
// whose steps are numbered from 0, so that its first rate is 0: ours are its steps 1 to total.
test('of a number of steps warmup is Hugging Face’s, from its second step on', () => {
  for (const [total, warm] of [
    [100, 20],
    [40, 10],
    [7, 1],
    [3, 3],
  ]) {
    const schedule = warmup(warm / total, cosineSchedule());
    for (let step = 1; step <= total; step++) {
      const progress = (step - warm) / Math.max(1, total - warm);
      const expected = step < warm ? step / Math.max(1, warm) : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      const t = (step - 1) / Math.max(total - 1, 1);
      assertClose([schedule(t, total)], [expected], { absolute: 1e-12 }, `step ${step} of ${total}`);
    }
  }
});

test('the first step has a rate, and the height is reached, whatever the warm-up and the number of steps', () => {
  for (const fraction of [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.999, 1])
    for (const total of [1, 2, 3, 10, 1000]) {
      const schedule = warmup(fraction, cosineSchedule());
      const rates = Array.from({ length: total }, (_, i) => schedule(i / Math.max(total - 1, 1), total));
      assert.ok(rates[0] > 0, `${rates[0]} at ${fraction} of ${total}`);
      assert.ok(rates.every((rate) => rate >= 0 && rate <= 1));
      const most = Math.max(...rates);
      // between two steps the height may lie: a step is then at most one of the rise away from it
      assert.ok(most > 1 - 1 / Math.max(fraction * total, 1) - 0.3 / total, `${most} at ${fraction} of ${total}`);
    }
});

test('schedules stay at their ends outside of the time', () => {
  for (const schedule of [cosineSchedule(0.2), stepSchedule(3, 0.5), warmup(0.3, stepSchedule(2, 0.1))]) {
    assert.is(schedule(-5), schedule(0));
    assert.is(schedule(5), schedule(1));
  }
});

// ---- errors

const errors: [f: () => unknown, message: string][] = [
  [() => cosineSchedule(1.5), 'cosineSchedule: expected floor from 0 to 1, got 1.5'],
  [() => stepSchedule(0, 0.5), 'stepSchedule: expected drops to be a whole number >= 1, got 0'],
  [() => stepSchedule(2, -0.5), 'stepSchedule: expected factor from 0 to 1, got -0.5'],
  [() => warmup(2, constantSchedule), 'warmup: expected fraction from 0 to 1, got 2'],
];

for (const [f, message] of errors) test(message, () => assertThrows(f, ArgumentError, message));

test.run();
