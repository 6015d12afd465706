import {
  ArgumentError,
  DataError,
  Dataset,
  groupedSplit,
  Random,
  ShapeError,
  type SplitPositions,
  stratifiedSplit,
  Tensor,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseGroups } from '../../src/data/split.ts';
import { assertThrows } from '../support/asserts.ts';
import { range } from '../support/trainers.ts';

const test = suite('data/split');

const ascending = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);
/** Fails unless every position is on one side, ascending. */
function assertDivided({ train, validation }: SplitPositions, n: number): void {
  assert.equal(ascending([...train, ...validation]), range(n));
  for (const side of [train, validation]) {
    assert.instance(side, Int32Array);
    assert.equal([...side], ascending(side));
  }
}

// ---- by class

const LABELS = [...Array(50).fill(3), ...Array(20).fill(1), ...Array(2).fill(8)] as number[];
const counts = (side: Int32Array): number[] => [3, 1, 8].map((c) => side.filter((i) => LABELS[i] === c).length);

test('stratifiedSplit sets a fraction of each class aside, at random, all samples once', () => {
  for (const [fraction, atLeast, expected] of [
    [0.1, undefined, [5, 2, 1]],
    [0.5, undefined, [25, 10, 1]],
    [0, undefined, [1, 1, 1]],
    [1, undefined, [49, 19, 1]],
    [0.1, 0, [5, 2, 0]],
    [0, 0, [0, 0, 0]],
    [0.03, 1, [2, 1, 1]],
  ] as const) {
    const sides = stratifiedSplit(LABELS, { fraction, random: new Random(0), atLeast });
    assert.equal(counts(sides.validation), expected);
    assertDivided(sides, 72);
  }
  const draw = (seed: number): number[] => [
    ...stratifiedSplit(LABELS, { fraction: 0.1, random: new Random(seed) }).validation,
  ];
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
});

test('stratifiedSplit: at least so many of each class, and one is left to train on', () => {
  const three = [...LABELS, 8];
  const { train, validation } = stratifiedSplit(three, { fraction: 0, random: new Random(0), atLeast: 2 });
  assert.equal(
    [3, 1, 8].map((c) => validation.filter((i) => three[i] === c).length),
    [2, 2, 2],
  );
  assert.is(train.filter((i) => three[i] === 8).length, 1);
  assertThrows(
    () => stratifiedSplit(LABELS, { fraction: 0, random: new Random(0), atLeast: 2 }),
    DataError,
    'stratifiedSplit: expected more than 2 samples of class 8, got 2',
  );
});

test('stratifiedSplit draws every sample as often', () => {
  const labels = [0, 0, 0, 0, 1, 1, 1];
  const random = new Random('often');
  const seen = range(7).map(() => 0);
  for (let i = 0; i < 1200; i++)
    for (const at of stratifiedSplit(labels, { fraction: 0.3, random }).validation) seen[at]++;
  // one of four and one of three: binomial of 1200, deviations 15 and 16.3; four of them
  for (const [i, n] of seen.entries()) assert.ok(Math.abs(n - (i < 4 ? 300 : 400)) < 65, `sample ${i}: ${n}`);
});

// ---- by group

/** Samples in random order of groups with so many samples of each class. */
function samplesOf(table: readonly (readonly number[])[], seed: string): { labels: number[]; groups: number[] } {
  const all = table.flatMap((row, g) => row.flatMap((n, c) => Array<[number, number]>(n).fill([10 * c, 3 - 2 * g])));
  const mixed = Array.from(new Random(seed).permutation(all.length), (i) => all[i]);
  return { labels: mixed.map(([c]) => c), groups: mixed.map(([, g]) => g) };
}

/** How far the class that is farthest from the fraction is from it; Infinity where a class is on one side only. */
function farthest(labels: readonly number[], validation: ArrayLike<number>, fraction: number): number {
  const distances = [...new Set(labels)].map((c) => {
    const all = labels.filter((label) => label === c).length;
    const held = Array.from(validation).filter((i) => labels[i] === c).length;
    return held === 0 || held === all ? Number.POSITIVE_INFINITY : Math.abs(held / all - fraction);
  });
  return Math.max(...distances);
}

/** The least of these distances that any choice of groups has. */
function best({ labels, groups }: { labels: number[]; groups: number[] }, fraction: number): number {
  const names = [...new Set(groups)];
  const choices = range(2 ** names.length).map((bits) => new Set(names.filter((_, g) => (bits >> g) & 1)));
  return Math.min(
    ...choices.map((chosen) => {
      const validation = range(labels.length).filter((i) => chosen.has(groups[i]));
      return farthest(labels, validation, fraction);
    }),
  );
}

const tables: Record<string, readonly (readonly number[])[]> = {
  'two groups': [
    [3, 1],
    [2, 6],
  ],
  'equal groups': range(6).map(() => [4, 2, 1]),
  'a class in two groups only': [
    [9, 0],
    [4, 2],
    [7, 0],
    [5, 1],
    [8, 0],
  ],
  'groups of one class each': [
    [5, 0, 0],
    [0, 4, 0],
    [0, 0, 6],
    [7, 0, 0],
    [0, 2, 0],
    [0, 0, 1],
  ],
  'one large group': [
    [40, 30],
    [1, 2],
    [2, 1],
    [3, 3],
  ],
};
for (const seed of ['a', 'b', 'c', 'd']) {
  const random = new Random(seed);
  tables[`random ${seed}`] = range(7).map(() => range(3).map(() => random.integer(12)));
}

for (const [name, table] of Object.entries(tables))
  test(`no choice of groups comes nearer to the fraction than groupedSplit: ${name}`, () => {
    for (const fraction of [0.1, 0.25, 0.5, 0.8]) {
      const data = samplesOf(table, name);
      const sides = groupedSplit(data.labels, data.groups, { fraction, random: new Random(name) });
      assertDivided(sides, data.labels.length);
      const [left, right] = [sides.train, sides.validation].map((side) => new Set(side.map((i) => data.groups[i])));
      assert.ok(
        [...left].every((g) => !right.has(g)),
        'each group is on one side',
      );
      const found = farthest(data.labels, sides.validation, fraction);
      const least = best(data, fraction);
      assert.ok(least < 1 && found < least + 1e-3, `fraction ${fraction}: ${found}, the best is ${least}`);
    }
  });

test('groupedSplit finds a choice where few divide every class', () => {
  // thirty classes, such as persons, of two groups each, such as their recordings: of each one has to be chosen
  const persons = range(30).flatMap((c) => range(2).map(() => range(30).map((k) => (k === c ? 5 : 0))));
  // a class for every pair of one of the first six groups with one of the last: only all of either can be chosen
  const pairs = range(12).map((g) => range(36).map((c) => (g === Math.floor(c / 6) || g === 6 + (c % 6) ? 1 : 0)));
  for (const [table, fraction, expected] of [
    [persons, 0.2, 0.3],
    [pairs, 0.4, 0.1],
  ] as const) {
    const { labels, groups } = samplesOf(table, 'few');
    const { validation } = groupedSplit(labels, groups, { fraction, random: new Random('few') });
    assert.ok(Math.abs(farthest(labels, validation, fraction) - expected) < 1e-12);
  }
});

test('groupedSplit of many groups comes near to the fraction in every class', () => {
  const random = new Random('many');
  const table = range(40).map(() => range(4).map((c) => random.integer(c === 3 ? 3 : 30)));
  const { labels, groups } = samplesOf(table, 'many');
  const { validation } = groupedSplit(labels, groups, { fraction: 0.2, random: new Random(0) });
  const distance = farthest(labels, validation, 0.2);
  assert.ok(distance < 0.02, `${distance}`); // one sample of the rarest class is 1/40
});

test('one seed gives one grouped split, another seed another', () => {
  const { labels, groups } = samplesOf(
    range(12).map(() => [5, 5]),
    'seed',
  );
  const draw = (seed: number): number[] => [
    ...groupedSplit(labels, groups, { fraction: 0.25, random: new Random(seed) }).validation,
  ];
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
});

test('chooseGroups pays no heed to a class without a sample', () => {
  const chosen = chooseGroups(
    [
      [2, 0],
      [2, 0],
      [4, 0],
    ],
    [8, 0],
    0.5,
    new Random(0),
  ) as Set<number>;
  assert.equal([...chosen].sort(), chosen.has(2) ? [2] : [0, 1]);
});

test('classes that no choice of groups divides are an error', () => {
  // every class in two of three groups, which would have to be on three sides
  const triangle = samplesOf(
    [
      [2, 0, 2],
      [2, 2, 0],
      [0, 2, 2],
    ],
    'triangle',
  );
  const one = { labels: [0, 1, 1, 1], groups: [5, 5, 6, 6] };
  const split =
    ({ labels, groups }: typeof one) =>
    () =>
      groupedSplit(labels, groups, { fraction: 0.5, random: new Random(0) });
  const message = 'groupedSplit: expected groups that can be divided so that every class is on both sides, got';
  assertThrows(split(triangle), DataError, `${message} 3, 2 of them with class 0`);
  assertThrows(split(one), DataError, `${message} 2, 1 of them with class 0`);
  assertThrows(split({ labels: [0, 0], groups: [1, 1] }), DataError, `${message} 1, 1 of them with class 0`);
});

const grouped =
  (options: object, labels: unknown = [0, 0], groups: unknown = [1, 2]) =>
  () =>
    groupedSplit(labels as number[], groups as number[], { fraction: 0.5, random: new Random(0), ...options });
for (const [f, type, message] of [
  ...[0, 1, -0.5, Number.NaN].map(
    (fraction) =>
      [grouped({ fraction }), ArgumentError, `expected a fraction between 0 and 1, got ${fraction}`] as const,
  ),
  [grouped({ fraction: '0.5' }), ArgumentError, 'expected a fraction between 0 and 1, got "0.5"'],
  [grouped({}, [0, 0], [1]), ShapeError, 'expected 2 groups, got 1'],
  [grouped({}, [0, 0], [1, 0.5]), ArgumentError, 'expected whole groups, got 0.5 at position 1'],
  [grouped({}, [0, 'a']), ArgumentError, 'expected labels to be an array of numbers, got "a" at position 1'],
  [grouped({ atLeast: 1 }), ArgumentError, 'expected options among fraction, random, got atLeast'],
] as const)
  test(`errors: groupedSplit: ${message}`, () => assertThrows(f, type, `groupedSplit: ${message}`));

// ---- of a dataset

const table = tables['random a'];
const { labels, groups } = samplesOf(table, 'dataset');
const numberedSamples = new Tensor(Float32Array.from(labels.keys()), [labels.length, 1]);

test('a dataset is divided by its classes or by its groups', () => {
  const dataset = new Dataset({ x: numberedSamples, labels, groups });
  const ways = {
    class: (random: Random) => stratifiedSplit(labels, { fraction: 0.3, random }),
    group: (random: Random) => groupedSplit(labels, groups, { fraction: 0.3, random }),
  };
  for (const by of ['class', 'group', undefined] as const) {
    const found = dataset.split({ fraction: 0.3, by, random: new Random('way') });
    const expected = ways[by ?? 'class'](new Random('way'));
    for (const side of ['train', 'validation'] as const) {
      assert.instance(found[side], Dataset);
      assert.equal([...found[side].x.data], [...expected[side]]); // a sample is its position
      assert.equal(
        [...found[side].labels],
        Array.from(expected[side], (i) => labels[i]),
      );
      assert.equal(
        [...(found[side].groups as Int32Array)],
        Array.from(expected[side], (i) => groups[i]),
      );
    }
  }
  const few = dataset.split({ fraction: 0, random: new Random(0), atLeast: 3 });
  for (const positions of few.validation.byClass().values()) assert.is(positions.length, 3);
});

test('names of classes go to both sides, and numbers stay theirs', () => {
  const dataset = new Dataset({ x: numberedSamples, labels: labels.map((k) => `class ${k}`), groups });
  const { train, validation } = dataset.split({ fraction: 0.3, by: 'group', random: new Random(0) });
  for (const side of [train, validation]) {
    assert.equal(side.classes, ['class 0', 'class 10', 'class 20']);
    assert.equal(
      [...side.labels].map((k) => `class ${10 * k}`),
      [...side.x.data].map((i) => `class ${labels[i]}`),
    );
  }
});

const bare = new Dataset({ x: numberedSamples, labels });
const split = (options: object) => () => bare.split({ fraction: 0.3, random: new Random(0), ...options });
for (const [f, type, message] of [
  [split({ by: 'group' }), DataError, 'split: expected a dataset with groups, got one without'],
  [split({ by: 'groups' }), ArgumentError, `split: expected by 'class' or 'group' (did you mean group?), got "groups"`],
  [split({ fraction: 2 }), ArgumentError, 'stratifiedSplit: expected fraction from 0 to 1, got 2'],
  [split({ frac: 2 }), ArgumentError, 'split: expected options among fraction, random, atLeast, by, got frac'],
] as const)
  test(`errors: ${message}`, () => assertThrows(f, type, message));

test.run();
