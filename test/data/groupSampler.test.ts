import { ArgumentError, DataError, GroupSampler, type GroupSamplerOptions, Random, ShapeError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { batches, grouped, groupSampler, POOR, RICH, range, tally } from '../support/samplers.ts';

const test = suite('data/groupSampler');

const ascending = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);

// ---- groups

/** All choices of k from the list. */
const choices = (list: number[], k: number): number[][] =>
  k === 0 ? [[]] : list.flatMap((g, i) => choices(list.slice(i + 1), k - 1).map((rest) => [g, ...rest]));

/**
 * Whether a batch can have been drawn from the chosen groups: of each class as much as they hold, up to m, and spread
 * evenly: a group has fewer samples by two than another only where it has no more.
 */
function matches(batch: number[], { labels, groups }: typeof RICH, chosen: number[], counts: number[]): boolean {
  return counts.every((m, c) => {
    const size = (of: Iterable<number>, g: number): number =>
      [...of].filter((i) => labels[i] === c && groups[i] === g).length;
    const held = chosen.map((g) => size(range(labels.length), g));
    const drawn = chosen.map((g) => size(batch, g));
    const sum = drawn.reduce((a, b) => a + b, 0);
    const lacking = held.reduce((a, b) => a + b, 0) < m;
    return lacking ? drawn.every((n, i) => n === held[i]) : sum === m && isEven(drawn, held);
  });
}

const isEven = (drawn: number[], held: number[]): boolean =>
  drawn.every((n, i) => n === held[i] || drawn.every((other) => other <= n + 1));

for (const [name, data, cases] of [
  [
    'plenty of all',
    RICH,
    [
      { perClass: 4, groupsPerBatch: 2 },
      { perClass: [8, 3, 2], groupsPerBatch: 1 },
      { perClass: 7, groupsPerBatch: 3 },
      { perClass: [9, 5, 1], groupsPerBatch: 4 },
    ],
  ],
  [
    'rare classes',
    POOR,
    [
      { perClass: 4, groupsPerBatch: 2 },
      { perClass: 8, groupsPerBatch: 3 },
      { perClass: [8, 2, 3], groupsPerBatch: 5 },
      { perClass: [31, 8, 8], groupsPerBatch: 2 }, // all that there are of two classes
    ],
  ],
] as const)
  for (const options of cases)
    test(`classes from the same groups, ${name}: ${JSON.stringify(options)}`, () => {
      const s = groupSampler(data, options);
      const counts = [0, 1, 2].map((c) => [options.perClass].flat()[c] ?? options.perClass) as number[];
      const inGroup = (g: number): number[] => data.labels.filter((_, i) => data.groups[i] === g);
      const mixed = [...new Set(data.groups)].filter((g) => new Set(inGroup(g)).size > 1);
      const possible = choices(mixed, options.groupsPerBatch);
      assert.is(
        s.batchSize,
        counts.reduce((a, b) => a + b, 0),
      );
      for (const batch of batches(s, 60)) {
        assert.is(new Set(batch).size, s.batchSize);
        assert.equal(
          batch.map((i) => data.labels[i]),
          counts.flatMap((m, c) => Array(m).fill(c)),
        );
        assert.ok(
          possible.some((chosen) => matches(batch, data, chosen, counts)),
          `${batch.map((i) => `${data.labels[i]} of ${data.groups[i]}`)}`,
        );
      }
    });

test('the groups of two classes come equally often, one of a single class only to fill', () => {
  // 3 and 5 of every group are there, so that nothing is filled
  const even = grouped(Object.fromEntries(range(6).map((g) => [g, '0'.repeat(7) + '1'.repeat(5 + g)])));
  const data = { labels: [...even.labels, 0, 0, 0], groups: [...even.groups, 9, 9, 9] };
  const s = groupSampler(data, { perClass: [4, 6], groupsPerBatch: 2 });
  const drawn = batches(s, 30).map((batch) => ascending(new Set(batch.map((i) => data.groups[i]))));
  for (const groups of drawn) assert.is(groups.length, 2);
  // two at a time, three batches go through all six
  for (let at = 0; at < 30; at += 3) assert.equal(ascending(drawn.slice(at, at + 3).flat()), range(6));
  // four at a time, two are left over and stand first in the next batch: none is missing twice running
  const fours = batches(groupSampler(data, { perClass: [4, 6], groupsPerBatch: 4 }), 300);
  const sets = fours.map((batch) => new Set(batch.map((i) => data.groups[i])));
  for (const g of range(6)) {
    for (let i = 1; i < sets.length; i++) assert.ok(sets[i].has(g) || sets[i - 1].has(g));
    // 2/3 of 300; its deviation is below the binomial one, 8.2; four of those
    const n = sets.filter((set) => set.has(g)).length;
    assert.ok(Math.abs(n - 200) < 33, `group ${g} in ${n} of 300 batches`);
  }
});

test('every sample of a group of two classes comes round, and of any other where there is something to fill', () => {
  const seen = (data: typeof RICH, options: Partial<GroupSamplerOptions>): number[] =>
    ascending(new Set(batches(groupSampler(data, options), 150).flat()));
  const inMixed = range(RICH.labels.length).filter((i) => RICH.groups[i] !== 8);
  assert.equal(seen(RICH, { perClass: 2, groupsPerBatch: 4 }), inMixed);
  assert.equal(seen(RICH, { perClass: [40, 9, 9] }), range(RICH.labels.length));
  assert.equal(seen(POOR, { perClass: [16, 4, 4] }), range(POOR.labels.length));
});

test('the samples of a group and class are gone through without repetition', () => {
  const data = grouped({ 1: '000000111111', 2: '000000111111' });
  const s = groupSampler(data, { perClass: 4, groupsPerBatch: 2 }); // two of each six in a batch
  for (let pass = 0; pass < 20; pass++) assert.equal(ascending(batches(s, 3).flat()), range(24));
});

test('one seed gives one sequence of grouped batches, another seed another', () => {
  const drawn = (seed: number): number[][] => batches(groupSampler(POOR, {}, seed), 20);
  assert.equal(drawn(1), drawn(1));
  assert.not.equal(drawn(1), drawn(2));
});

test('share: that part of each class, rounded, is of the drawn groups, or all that they hold', () => {
  const labelsOf = (list: Iterable<number>): string => JSON.stringify(tally(Array.from(list, (i) => RICH.labels[i])));
  for (const [share, perClass] of [
    [0.25, [12, 8, 8]],
    [0.5, [12, 8, 8]],
    [0.5, [11, 7, 5]],
    [0.75, [20, 8, 8]],
    [1, [12, 8, 8]],
  ] as const)
    for (const groupsPerBatch of [1, 2]) {
      const s = groupSampler(RICH, { share, perClass, groupsPerBatch });
      const drawn = batches(s, 60);
      for (const batch of drawn) {
        assert.equal(labelsOf(batch), JSON.stringify({ ...perClass }));
        assert.is(new Set(batch).size, s.batchSize);
        const count = (of: Iterable<number>, c: number, chosen: number[]): number =>
          [...of].filter((i) => RICH.labels[i] === c && chosen.includes(RICH.groups[i])).length;
        const promised = (chosen: number[]): boolean =>
          perClass.every((m, c) => {
            const held = count(range(RICH.labels.length), c, chosen);
            return count(batch, c, chosen) >= Math.min(Math.round(share * m), held);
          });
        assert.ok(choices([3, 5, 7, 9], groupsPerBatch).some(promised), `share ${share}`);
      }
      if (share === 1) continue;
      const others = drawn.flat().filter((i) => RICH.groups[i] === 8);
      assert.is(new Set(others).size, 25, 'all of the group of one class come round');
    }
});

test('share 0: all are drawn from their classes, gone through without repetition', () => {
  const s = groupSampler(RICH, { share: 0, perClass: [10, 8, 9], groupsPerBatch: 4 });
  const members = (c: number): number[] => range(RICH.labels.length).filter((i) => RICH.labels[i] === c);
  assert.equal(
    [0, 1, 2].map((c) => members(c).length),
    [100, 32, 27],
  );
  for (let pass = 0; pass < 4; pass++) {
    const drawn = batches(s, 120).flat();
    // 12 passes of class 0, 30 of class 1 and 40 of class 2
    for (const [c, passes] of [12, 30, 40].entries()) {
      const own = drawn.filter((i) => RICH.labels[i] === c);
      for (let at = 0; at < own.length; at += members(c).length)
        assert.equal(ascending(own.slice(at, at + members(c).length)), members(c));
      assert.is(own.length, passes * members(c).length);
    }
  }
});

test('share is one half by default', () => {
  const { labels, groups } = RICH;
  const options = { perClass: 8, groupsPerBatch: 2 };
  const plain = new GroupSampler(labels, groups, { ...options, random: new Random(0) });
  const drawn = batches(plain, 10);
  assert.equal(drawn, batches(groupSampler(RICH, { ...options, share: 0.5 }), 10));
  assert.not.equal(drawn, batches(groupSampler(RICH, { ...options, share: 1 }), 10));
});

// ---- errors

const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [() => groupSampler(POOR, { perClass: 12 }), DataError, 'GroupSampler: expected 12 samples of class 1, got 8'],
  [
    () => groupSampler(POOR, { perClass: [1, 1] }),
    ArgumentError,
    'GroupSampler: expected perClass for 3 classes, got 2 numbers',
  ],
  [() => groupSampler({ labels: [], groups: [] }), DataError, 'GroupSampler: expected labelled samples, got none'],
  [
    () => groupSampler({ labels: [0, 1, 0], groups: [1, 2] }),
    ShapeError,
    'GroupSampler: expected groups of 3 samples, got 2',
  ],
  [
    () => groupSampler({ labels: [0, 1, 0], groups: [1, 2, 1] }, { perClass: 1 }),
    DataError,
    'GroupSampler: expected groups that contain two classes, got none',
  ],
  [
    () => groupSampler(POOR, { groupsPerBatch: 6 }),
    ArgumentError,
    'GroupSampler: expected at most 5 groups, those that contain two classes, got 6',
  ],
  [
    () => groupSampler(POOR, { groupsPerBatch: 1.5 }),
    ArgumentError,
    'GroupSampler: expected groupsPerBatch to be a whole number >= 1, got 1.5',
  ],
  [() => groupSampler(POOR, { share: 1.1 }), ArgumentError, 'GroupSampler: expected share from 0 to 1, got 1.1'],
  [() => groupSampler(POOR, { share: Number.NaN }), ArgumentError, 'GroupSampler: expected share from 0 to 1, got NaN'],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
