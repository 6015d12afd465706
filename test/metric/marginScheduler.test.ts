import type * as d from 'dynaecg';
import { ArgumentError, DynamicMargin, Random, ScheduledMargin } from 'dynaecg';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('metric/marginScheduler');

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

// ---- margins

/** What the margin is told of batches of so many triplets each, `steps` of them in an iteration. */
const batchesOf = (triplets: number[], { pairs = 30, possible = 1000, steps = 1 } = {}): d.MiningCounts[] =>
  triplets.map((n, i) => ({
    iteration: 1 + Math.floor(i / steps),
    step: 1 + (i % steps),
    steps,
    ...{ triplets: n, pairs, possible },
  }));

/** The margin after each of these batches. */
const margins = (scheduler: d.MarginScheduler, ...counts: Parameters<typeof batchesOf>): number[] =>
  batchesOf(...counts).map((batch) => scheduler.update(batch));
const near = { absolute: 1e-12 };
const THRESHOLD = 0.05; // by default, of the possible triplets
const ENOUGH = THRESHOLD * 1000;

test('the dynamic margin grows by 0.05 after three consecutive batches poor in triplets', () => {
  const margin = new DynamicMargin();
  assert.is(margin.margin, 0.2);
  const poor = ENOUGH - 1;
  const cases: [triplets: number, margin: number][] = [
    [poor, 0.2],
    [0, 0.2],
    [poor, 0.25], // the third changes the margin
    [poor, 0.25],
    [poor, 0.25],
    [ENOUGH, 0.25], // not poor, and the count begins anew
    [poor, 0.25],
    [poor, 0.25],
    [poor, 0.3],
    [poor, 0.3],
    [poor, 0.3],
    [poor, 0.35], // after a change three more are needed
    [900, 0.35],
  ];
  const expected = cases.map(([, m]) => m);
  assertClose(
    margins(
      margin,
      cases.map(([n]) => n),
    ),
    expected,
    near,
  );
});

test('the threshold is a fraction of the possible triplets, however many pairs they come of', () => {
  const grows = [0.2, 0.2, 0.25];
  for (const possible of [20, 1000, 240_000])
    for (const pairs of [4, 3000]) {
      const least = THRESHOLD * possible;
      assertClose(margins(new DynamicMargin(), Array(3).fill(least - 1), { pairs, possible }), grows, near);
      assertClose(margins(new DynamicMargin(), Array(9).fill(least), { pairs, possible }), Array(9).fill(0.2), near);
    }
});

test('per pair the threshold is a fraction of the pairs, however many triplets are possible', () => {
  for (const pairs of [10, 100, 5000])
    for (const possible of [4, 1e6]) {
      const run = (n: number) =>
        margins(new DynamicMargin({ per: 'pair', threshold: 0.5 }), Array(3).fill(n), { pairs, possible });
      assertClose(run(0.5 * pairs - 1), [0.2, 0.2, 0.25], near);
      assertClose(run(0.5 * pairs), [0.2, 0.2, 0.2], near);
      const many = margins(new DynamicMargin({ per: 'pair', threshold: 3 }), Array(3).fill(2 * pairs), {
        pairs,
        possible,
      });
      assertClose(many, [0.2, 0.2, 0.25], near); // a pair has more triplets than one
    }
});

test('the dynamic margin does not move where nothing is poor', () => {
  for (const [options, triplets, possible] of [
    [{}, ENOUGH, 1000],
    [{ threshold: 0 }, 0, 1000],
    [{}, 0, 0], // a batch of one class, which holds no triplet
    [{ step: 0, threshold: 1 }, 0, 1000],
  ] as const) {
    const margin = new DynamicMargin(options);
    assert.equal(margins(margin, Array(200).fill(triplets), { possible }), Array(200).fill(0.2));
  }
  const sometimes = range(300).map((i) => (i % 3 === 2 ? ENOUGH : 0)); // never three in a row
  assert.equal(margins(new DynamicMargin(), sometimes), Array(300).fill(0.2));
});

test('the dynamic margin is 0.8 exactly after 36 poor batches, and not before', () => {
  const all = margins(new DynamicMargin(), Array(60).fill(0));
  assertClose(
    all,
    all.map((_, i) => Math.min(0.2 + 0.05 * Math.floor((i + 1) / 3), 0.8)),
    near,
  );
  assert.is(all.indexOf(0.8), 35);
  assert.ok(all.slice(0, 35).every((m) => m < 0.76));
  assert.ok(all.slice(35).every((m) => m === 0.8));
});

test('the numbers of the dynamic margin are options', () => {
  const options = { min: 0.1, max: 0.35, step: 0.1, threshold: 0.5, patience: 2 };
  const found = margins(new DynamicMargin(options), [499, 499, 500, 499, 499, 499, 499, 499, 499]);
  assertClose(found, [0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.35, 0.35, 0.35], near);
});

test('a mining round of several batches is poor by their sum, and moves the margin with its last', () => {
  const options = { batches: 4, patience: 1, threshold: 0.05 };
  const poor = [150, 0, 0, 49]; // 199 of 4000: some batches would do, some would not
  const enough = [0, 0, 0, 200];
  const expected = [...poor.map((_, i) => (i < 3 ? 0.2 : 0.25)), ...Array(4).fill(0.25), 0.25, 0.25, 0.25, 0.3];
  for (const steps of [4, 6, 1, 100]) // a round may go on from one iteration into the next
    assertClose(margins(new DynamicMargin(options), [...poor, ...enough, ...poor], { steps }), expected, near);

  const unequal = new DynamicMargin(options); // 90 of 1800, though 3 of the batches are poor
  const sizes: [triplets: number, possible: number][] = [
    [0, 100],
    [0, 100],
    [0, 100],
    [90, 1500],
  ];
  for (const [triplets, possible] of sizes)
    for (const batch of batchesOf([triplets], { possible })) unequal.update(batch);
  assert.is(unequal.margin, 0.2);
  for (const [triplets, possible] of sizes)
    for (const batch of batchesOf([Math.min(triplets, 89)], { possible })) unequal.update(batch);
  assertClose([unequal.margin], [0.25], near);
});

test('the dynamic margin is what plain loops over all batches give', () => {
  const random = new Random('margin');
  let grown = 0;
  for (let trial = 0; trial < 300; trial++) {
    const options = {
      min: random.integer(3) / 10,
      max: 0.3 + random.integer(6) / 10,
      step: [0, 0.05, 0.1, 0.3][random.integer(4)],
      threshold: [0.1, 0.3, 2][random.integer(3)],
      per: (['possible', 'pair'] as const)[random.integer(2)],
      patience: 1 + random.integer(4),
      batches: 1 + random.integer(5),
    };
    const counts = range(120).map((i): d.MiningCounts => {
      const [pairs, possible] = [random.integer(60), random.integer(200)];
      const place = { iteration: 1 + Math.floor(i / 7), step: 1 + (i % 7), steps: 7 };
      return { ...place, pairs, possible, triplets: random.integer(trial % 2 ? 30 : 3) };
    });
    const scheduler = new DynamicMargin(options);
    const found = counts.map((batch) => scheduler.update(batch));

    const { min, max, step, threshold, per, patience, batches } = options;
    const expected = counts.map((_, last) => {
      let [margin, poor] = [min, 0];
      for (let first = 0; first + batches <= last + 1; first += batches) {
        const round = counts.slice(first, first + batches);
        const mined = round.reduce((sum, b) => sum + b.triplets, 0);
        const of = round.reduce((sum, b) => sum + (per === 'pair' ? b.pairs : b.possible), 0);
        poor = mined < threshold * of ? poor + 1 : 0;
        if (poor < patience || margin === max) continue;
        [margin, poor] = [Math.min(max, margin + step), 0];
      }
      return margin;
    });
    assertClose(found, expected, near, JSON.stringify(options));
    if (found[119] > min) grown++;
  }
  assert.ok(grown > 100 && grown < 290, `${grown} of 300 have moved`);
});

test('the dynamic margin goes on from its state after every batch as if nothing had been', () => {
  const triplets = [...range(50).map((i) => (i % 7 === 6 ? 900 : 0)), ...Array(30).fill(0)];
  for (const options of [{}, { batches: 3, patience: 2 }, { batches: 5, patience: 1, per: 'pair' as const }]) {
    const steps = 4;
    const all = batchesOf(triplets, { steps });
    const whole = new DynamicMargin(options);
    const expected = all.map((batch) => whole.update(batch));
    assert.ok(new Set(expected).size > 3);
    let amid = 0;
    for (let cut = 1; cut < triplets.length; cut++) {
      const first = new DynamicMargin(options);
      for (const batch of all.slice(0, cut)) first.update(batch);
      const second = new DynamicMargin(options);
      second.state = JSON.parse(JSON.stringify(first.state));
      assert.equal(second.state, first.state);
      if (first.state.batches > 0) amid++;
      const found = all.slice(cut).map((batch) => second.update(batch));
      assertClose(found, expected.slice(cut), {}, `after ${cut} batches`);
    }
    assert.is(amid > 0, 'batches' in options, 'states amid a mining round');
  }
});

test('a state during a round of more triplets than 32 bits count is taken back', () => {
  const margin = new DynamicMargin({ batches: 3 });
  for (let i = 0; i < 2; i++)
    margin.update({ iteration: 1, step: 1, steps: 9, triplets: 2e9, pairs: 9, possible: 3e9 });
  const other = new DynamicMargin({ batches: 3 });
  other.state = margin.state;
  assert.equal(other.state, margin.state);
  assert.is(other.state.of, 6e9);
});

test('a state is a copy', () => {
  const margin = new DynamicMargin({ batches: 3 });
  margins(margin, [1, 2]);
  const { state } = margin;
  assert.equal(state, { kind: 'DynamicMargin', margin: 0.2, below: 0, batches: 2, triplets: 3, of: 2000 });
  margins(margin, [3]);
  assert.equal(state, { kind: 'DynamicMargin', margin: 0.2, below: 0, batches: 2, triplets: 3, of: 2000 });
  assert.equal(margin.state, { kind: 'DynamicMargin', margin: 0.2, below: 1, batches: 0, triplets: 0, of: 0 });
});

test('a scheduled margin follows its function, whatever is mined', () => {
  const margin = new ScheduledMargin((iteration) => iteration / 10);
  assert.is(margin.margin, 0.1);
  assertClose(margins(margin, [0, 1000, 0]), [0.2, 0.3, 0.4], {});
  assertClose(margins(new ScheduledMargin(0.5), [0, 0, 0, 0]), Array(4).fill(0.5), {});
});

test('a scheduled margin changes only after the last batch of an iteration', () => {
  const asked: number[] = [];
  const margin = new ScheduledMargin((iteration) => {
    asked.push(iteration);
    return iteration / 10;
  });
  const expected = [0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.3, 0.3];
  assertClose(margins(margin, Array(9).fill(0), { steps: 4 }), expected, {});
  assert.equal(asked, [1, 2, 3]);
  const other = new ScheduledMargin((iteration) => iteration / 10);
  other.state = JSON.parse(JSON.stringify(margin.state));
  assert.equal(other.state, { kind: 'ScheduledMargin', margin: 0.3, below: 0, batches: 0, triplets: 0, of: 0 });
});

// ---- errors

const fresh: d.MarginState = { margin: 0.3, below: 0, batches: 0, triplets: 0, of: 0 };

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => new DynamicMargin({ min: -0.1 }), ArgumentError, 'DynamicMargin: expected min >= 0, got -0.1'],
  [() => new DynamicMargin({ min: Number.NaN }), ArgumentError, 'DynamicMargin: expected min >= 0, got NaN'],
  [() => new DynamicMargin({ max: 0.1 }), ArgumentError, 'DynamicMargin: expected max >= 0.2, got 0.1'],
  [() => new DynamicMargin({ step: -1 }), ArgumentError, 'DynamicMargin: expected step >= 0, got -1'],
  [() => new DynamicMargin({ threshold: -1 }), ArgumentError, 'DynamicMargin: expected threshold >= 0, got -1'],
  ...[0, 1.5, Number.NaN].flatMap((n): typeof errors => [
    [
      () => new DynamicMargin({ patience: n }),
      ArgumentError,
      `DynamicMargin: expected patience to be a whole number >= 1, got ${n}`,
    ],
    [
      () => new DynamicMargin({ batches: n }),
      ArgumentError,
      `DynamicMargin: expected batches to be a whole number >= 1, got ${n}`,
    ],
  ]),
  [
    () => new DynamicMargin({ per: 'pairs' as 'pair' }),
    ArgumentError,
    `DynamicMargin: expected per 'possible' or 'pair' (did you mean pair?), got "pairs"`,
  ],
  ...[0.1, 0.9, Number.NaN].map((margin): (typeof errors)[number] => [
    () => Object.assign(new DynamicMargin(), { state: { ...fresh, margin } }),
    ArgumentError,
    `DynamicMargin: expected state.margin from 0.2 to 0.8, got ${margin}`,
  ]),
  ...(['below', 'batches', 'triplets', 'of'] as const).flatMap((key) =>
    [-1, 0.5, Number.NaN, undefined].map((n): (typeof errors)[number] => [
      () => Object.assign(new DynamicMargin(), { state: { ...fresh, [key]: n } }),
      ArgumentError,
      `DynamicMargin: expected state.${key} to be a whole number >= 0, got ${n}`,
    ]),
  ),
  [() => new ScheduledMargin(-1), ArgumentError, 'ScheduledMargin: expected a margin >= 0 for iteration 1, got -1'],
  [
    () => margins(new ScheduledMargin((i) => (i < 3 ? 1 : Number.NaN)), [0, 0, 0]),
    ArgumentError,
    'ScheduledMargin: expected a margin >= 0 for iteration 3, got NaN',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
