import {
  ArgumentError,
  DataError,
  Dataset,
  type DatasetLike,
  Random,
  ShapeError,
  Tensor,
  type TensorLike,
  tensor,
  zeros,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { range } from '../support/trainers.ts';

const test = suite('data/dataset');

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

/** Samples of which every value tells its sample and its place in it. */
const grid = (N: number, ...sample: number[]): Tensor => {
  const size = sample.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: N * size }, (_, i) => 100 * Math.floor(i / size) + (i % size));
  return new Tensor(data, [N, ...sample]);
};

const LABELS = [4, 0, 4, 2, 0, 2, 4];
const GROUPS = [-1, 7, 7, 7, -1, 3, 3];
const full = (): Dataset => new Dataset({ x: grid(7, 2, 3), context: grid(7, 2), labels: LABELS, groups: GROUPS });

/** All that a dataset holds, as plain arrays. */
const plain = ({ x, context, labels, groups, classes }: Dataset) => ({
  ...{ x: [...x.data], shape: [...x.shape] },
  context: context && { values: [...context.data], shape: [...context.shape] },
  ...{ labels: [...labels], groups: groups && [...groups], classes: classes && [...classes] },
});

// ---- what it holds

test('a dataset holds its samples, their classes, contexts and groups', () => {
  const { x, context, labels, groups, classes, length } = full();
  assert.is(length, 7);
  assert.equal([[...x.data], [...x.shape]], [[...grid(7, 2, 3).data], [7, 2, 3]]);
  assert.equal([...(context as Tensor).data], [...grid(7, 2).data]);
  assert.instance(labels, Int32Array);
  assert.equal([[...labels], [...(groups as Int32Array)], classes], [LABELS, GROUPS, undefined]);
  const bare = new Dataset({ x: grid(7, 2, 3), labels: LABELS });
  assert.equal([bare.context, bare.groups, bare.classes], [undefined, undefined, undefined]);
});

test('labels and groups may be in any array of numbers, or names', () => {
  const x = grid(7, 1);
  const expected = plain(new Dataset({ x, labels: LABELS, groups: GROUPS }));
  for (const Kind of [Int32Array, Float64Array, Int8Array])
    assert.equal(plain(new Dataset({ x, labels: Kind.from(LABELS), groups: Kind.from(GROUPS) })), expected);
  const named = new Dataset({ x, labels: LABELS.map((k) => `class ${k}`), groups: GROUPS.map((g) => `man ${g}`) });
  assert.equal([...named.labels], [2, 0, 2, 1, 0, 1, 2]);
  assert.equal(named.classes, ['class 0', 'class 2', 'class 4']);
  assert.equal([...(named.groups as Int32Array)], [0, 2, 2, 2, 0, 1, 1], 'man -1, man 3, man 7');
});

test('names are numbered in the order of classes, of which some need not occur', () => {
  const x = grid(3, 1);
  const of = (labels: DatasetLike['labels'], classes?: readonly string[]): Dataset =>
    new Dataset({ x, labels }, { classes });
  const classes = ['walk', 'run', 'swim'];
  assert.equal([...of(['run', 'walk', 'run'], classes).labels], [1, 0, 1]);
  assert.equal([...of(['run', 'walk', 'run']).labels], [0, 1, 0]);
  assert.equal(plain(of([1, 0, 1], classes)), plain(of(['run', 'walk', 'run'], classes)), 'numbers with their names');
  const given = [...classes];
  const dataset = of(['run', 'walk', 'run'], given);
  given.reverse();
  assert.equal(dataset.classes, classes, 'the names are copied');
  assertThrows(
    () => of(['run', 'jump', 'run'], classes),
    DataError,
    'Dataset: data.labels: encode: expected labels among walk, run, swim, got "jump" at position 1',
  );
  assertThrows(
    () => of([0, 3, 1], classes),
    DataError,
    'Dataset: expected labels below 3, the number of classes, got 3 for sample 1',
  );
  const many = range(60).map((k) => `class ${k}`);
  assertThrows(
    () => of(['class 5', 'class 60', 'class 0'], many),
    DataError,
    'Dataset: data.labels: encode: expected labels among class 0, class 1, class 2, class 3, class 4, class 5, class 6, ' +
      'class 7 and 52 more, got "class 60" at position 1',
  );
});

test('a dataset of a dataset is the same, with its names', () => {
  const named = new Dataset({ x: grid(3, 1), labels: ['b', 'a', 'b'] }, { classes: ['b', 'a'] });
  assert.equal(plain(new Dataset(named)), plain(named));
  assert.equal(plain(new Dataset(named, { classes: ['b', 'a'] })), plain(named));
  assert.equal(plain(new Dataset(full())), plain(full()));
  assertThrows(
    () => new Dataset(named, { classes: ['a', 'b'] }),
    DataError,
    'Dataset: expected data of the classes a, b, got b, a',
  );
  const numbers = new Dataset({ x: grid(3, 1), labels: [1, 0, 1] });
  assert.equal(plain(new Dataset(numbers, { classes: ['b', 'a'] })), { ...plain(numbers), classes: ['b', 'a'] });
  assertThrows(
    () => new Dataset(numbers, { classes: ['b'] }),
    DataError,
    'Dataset: expected labels below 1, the number of classes, got 1 for sample 0',
  );
});

test('x is not copied, labels and groups are; an ndarray may be of any strides', () => {
  const x = grid(7, 2);
  const [labels, groups] = [[...LABELS], [...GROUPS]];
  const dataset = new Dataset({ x, labels, groups });
  labels.fill(1);
  groups.fill(1);
  assert.is(dataset.x, x);
  assert.equal([[...dataset.labels], [...(dataset.groups as Int32Array)]], [LABELS, GROUPS]);
  const transposed: TensorLike = { data: [0, 1, 2, 3, 4, 5], shape: [3, 2], stride: [1, 3], offset: 0 };
  assert.equal([...new Dataset({ x: transposed, labels: [0, 1, 0] }).x.data], [0, 3, 1, 4, 2, 5]);
});

// ---- parts of it

test('take gives the samples at the positions, in their order and as often, copied', () => {
  const dataset = full();
  const before = plain(dataset);
  for (const indices of [[3, 0, 6, 3], Int32Array.of(5), Uint8Array.of(6, 5, 4, 3, 2, 1, 0), []]) {
    const at = Array.from(indices);
    const taken = dataset.take(indices);
    assert.equal(plain(taken), {
      x: at.flatMap((i) => range(6).map((j) => 100 * i + j)),
      shape: [at.length, 2, 3],
      context: { values: at.flatMap((i) => [100 * i, 100 * i + 1]), shape: [at.length, 2] },
      labels: at.map((i) => LABELS[i]),
      groups: at.map((i) => GROUPS[i]),
      classes: undefined,
    });
    for (const { data } of [taken.x, taken.context as Tensor]) data.fill(-5);
    taken.labels.fill(9);
    assert.equal(plain(dataset), before);
  }
  const named = new Dataset({ x: zeros([3, 1], { dtype: 'float64' }), labels: ['b', 'a', 'b'] });
  assert.equal(named.take([1]).classes, ['a', 'b']);
  assert.is(named.take([1]).x.dtype, 'float64');
});

test('slice gives the samples between two positions, in the same memory', () => {
  const dataset = full();
  for (const [from, to] of [
    [0, 7],
    [2, 5],
    [6, 7],
    [4, 4],
    [3, undefined],
  ] as const)
    assert.equal(plain(dataset.slice(from, to)), plain(dataset.take(range(7).slice(from, to))));
  dataset.slice(2, 4).x.data.fill(-1);
  assert.equal(
    [...dataset.x.data.subarray(6, 30)],
    [100, 101, 102, 103, 104, 105, ...Array(12).fill(-1), ...range(6).map((j) => 400 + j)],
  );
});

test('byClass and byGroup give the positions of each, ascending', () => {
  const positions = (list: number[]): [number, number[]][] =>
    [...new Set(list)].sort((a, b) => a - b).map((k) => [k, range(7).filter((i) => list[i] === k)]);
  const dataset = full();
  const read = (map: Map<number, Int32Array>): [number, number[]][] => [...map].map(([k, at]) => [k, [...at]]);
  assert.equal(read(dataset.byClass()), positions(LABELS));
  assert.equal(read(dataset.byGroup()), positions(GROUPS));
  assertThrows(
    () => new Dataset({ x: grid(7, 1), labels: LABELS }).byGroup(),
    DataError,
    'byGroup: expected a dataset with groups, got one without',
  );
});

// ---- errors

const x = grid(3, 2);
const labels = [0, 1, 0];

const damaged = (value: number): Tensor => {
  const t = grid(3, 2);
  t.data[3] = value;
  return t;
};

const make = (data: Partial<Record<keyof DatasetLike, unknown>>) => () =>
  new Dataset({ x, labels, ...data } as DatasetLike);

const failures: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [make({ x: zeros([0, 2]), labels: [] }), DataError, 'Dataset: expected samples x (N,...), got shape [0,2]'],
  [make({ x: zeros([3]) }), DataError, 'Dataset: expected samples x (N,...), got shape [3]'],
  [make({ x: damaged(NAN) }), DataError, 'Dataset: expected finite values, got NaN in sample 1, value 1'],
  [make({ x: damaged(-INF) }), DataError, 'Dataset: expected finite values, got -Infinity in sample 1, value 1'],
  [make({ context: damaged(INF) }), DataError, 'Dataset: expected finite context, got Infinity in sample 1, value 1'],
  [make({ context: zeros([2, 2]) }), DataError, 'Dataset: expected context (N,F) with N=3, got [2,2]'],
  [make({ context: zeros([3]) }), DataError, 'Dataset: expected context (N,F) with N=3, got [3]'],
  [make({ labels: [0, 1] }), DataError, 'Dataset: expected 3 labels for 3 samples, got 2'],
  [make({ labels: ['a', 'b'] }), DataError, 'Dataset: expected 3 labels for 3 samples, got 2'],
  [
    make({ labels: [0, -1, 0] }),
    DataError,
    'Dataset: expected labels that are whole numbers >= 0, got -1 for sample 1',
  ],
  [
    make({ labels: [0, 1, 0.5] }),
    DataError,
    'Dataset: expected labels that are whole numbers >= 0, got 0.5 for sample 2',
  ],
  [
    make({ labels: [0, 2 ** 31, 0] }),
    DataError,
    'Dataset: expected labels that are whole numbers from 0 to 2147483647, got 2147483648 for sample 1',
  ],
  [
    make({ labels: [0, 'a', 0] }),
    ArgumentError,
    'Dataset: expected data.labels to be an array of numbers, got "a" at position 1',
  ],
  [
    make({ labels: undefined }),
    ArgumentError,
    'Dataset: expected data.labels to be an array of numbers, got undefined',
  ],
  [make({ groups: [0, 1] }), DataError, 'Dataset: expected 3 groups for 3 samples, got 2'],
  [make({ groups: [0, 1.5, 0] }), DataError, 'Dataset: expected groups that are whole numbers, got 1.5 for sample 1'],
  [
    make({ groups: [0, 2 ** 31, 0] }),
    DataError,
    'Dataset: expected groups that are whole numbers, got 2147483648 for sample 1',
  ],
  [
    () => new Dataset({ x, labels }, { classes: ['a', 'a'] }),
    ArgumentError,
    'LabelEncoder: expected every class once, got "a" twice',
  ],
  [
    () => new Dataset({ x, labels }, { class: ['a'] } as never),
    ArgumentError,
    'Dataset: expected options among classes (did you mean classes?), got class',
  ],
  [() => new Dataset(full().slice(2, 2)), DataError, 'Dataset: expected samples x (N,...), got shape [0,2,3]'],
  [() => full().take([0, 7]), ArgumentError, 'take: expected indices from 0 to 6, got 7 at position 1'],
  [() => full().take([-1]), ArgumentError, 'take: expected indices from 0 to 6, got -1 at position 0'],
  [() => full().take([0.5]), ShapeError, 'take: expected whole indices in indices, got 0.5 at position 0'],
  [() => full().take(3 as never), ArgumentError, 'take: expected indices to be an array of numbers, got 3'],
  [() => full().slice(8), ArgumentError, 'slice: expected from to be a whole number from 0 to 7, got 8'],
  [() => full().slice(3, 2), ArgumentError, 'slice: expected to to be a whole number >= 3, got 2'],
  [() => full().slice(3, 8), ArgumentError, 'slice: expected to to be a whole number from 3 to 7, got 8'],
];

for (const [f, type, message] of failures) test(`errors: ${message}`, () => assertThrows(f, type, message));

test('a dataset that was checked is not checked again', () => {
  const t = tensor([[1], [2], [3]]);
  const dataset = new Dataset({ x: t, labels });
  t.data[1] = NAN;
  assert.not.throws(() => new Dataset(dataset));
  assert.not.throws(() => dataset.split({ fraction: 0.5, random: new Random(0), atLeast: 0 }));
});

test.run();
