import { ArgumentError, CheckpointError, type PlateauOptions, Random, ReduceOnPlateau, warmup } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { golden } from '../support/parameters.ts';

const test = suite('optim/plateau');

// ---- optimisers

for (const { name, options, inputs, outputs } of golden('reduce_on_plateau'))
  test(`golden ${name}: the scale after each score`, () => {
    const plateau = new ReduceOnPlateau(options as PlateauOptions);
    const scales = inputs.scores.data.map((score) => {
      const scale = plateau.step(score);
      assert.is(plateau.scale, scale);
      assert.ok([0, 0.3, 1].every((t) => plateau.schedule(t) === scale));
      return scale;
    });
    assertClose(scales, outputs.scales.data, { relative: 1e-8 });
  });

// ---- schedules

test('a plateau goes on from its state, which JSON holds', () => {
  const random = new Random('plateau');
  const scores = Array.from({ length: 40 }, () => random.uniform());
  const options = { patience: 1, factor: 0.7, cooldown: 1 };
  const whole = new ReduceOnPlateau(options);
  const expected = scores.map((score) => whole.step(score));
  let resumed = new ReduceOnPlateau(options);
  const found = scores.map((score) => {
    const { state } = resumed;
    resumed = new ReduceOnPlateau(options);
    resumed.state = JSON.parse(JSON.stringify(state));
    return resumed.step(score);
  });
  assert.equal(found, expected);
  assert.ok(expected[39] < 0.1);
});

test('a score that is no number is no better; warmup goes on top of a plateau', () => {
  const plateau = new ReduceOnPlateau({ patience: 1, factor: 0.5 });
  const schedule = warmup(0.5, plateau.schedule);
  assert.equal(
    [Number.NaN, Number.POSITIVE_INFINITY, 1].map((score) => plateau.step(score)),
    [1, 0.5, 0.5],
  );
  assert.equal(
    [0, 0.25, 0.5, 1].map((t) => schedule(t)),
    [0, 0.25, 0.5, 0.5],
  );
});

test('the state of something else is no state of a plateau', () => {
  const plateau = new ReduceOnPlateau();
  const good = plateau.state;
  for (const state of [null, {}, { ...good, scale: 2 }, { ...good, bad: -1 }, { ...good, best: '1' }])
    assertThrows(
      () => Object.assign(plateau, { state }),
      CheckpointError,
      `ReduceOnPlateau: expected a state saved by ReduceOnPlateau, got ${JSON.stringify(state)}`,
    );
  assert.equal(plateau.state, good);
});

// ---- errors

const errors: [f: () => unknown, message: string][] = [
  [() => new ReduceOnPlateau({ factor: 2 }), 'ReduceOnPlateau: expected factor from 0 to 1, got 2'],
  [() => new ReduceOnPlateau({ mode: 'best' as 'min' }), `ReduceOnPlateau: expected mode 'min' or 'max', got "best"`],
  [() => new ReduceOnPlateau().step('1' as never), 'ReduceOnPlateau: expected score to be a number, got "1"'],
];

for (const [f, message] of errors) test(message, () => assertThrows(f, ArgumentError, message));

test.run();
