import { ArgumentError, Random, type RandomState } from 'dynaecg';
import alea from 'seedrandom/lib/alea.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';

const test = suite('core/random');

const draws = (random: Random, n: number): number[] => Array.from({ length: n }, () => random.uniform());

/** A few of everything, in an order that leaves a spare normal behind halfway. */
const mixture = (random: Random): number[] => [
  random.normal(),
  random.uniform(-2, 3),
  random.integer(10),
  random.normal(5, 2),
  random.normal(),
  ...random.permutation(6),
];

test('one seed, one sequence', () => {
  assert.equal(mixture(new Random(7)), mixture(new Random(7)));
  assert.equal(mixture(new Random('7')), mixture(new Random(7)), 'a number is its own name');
  assert.not.equal(mixture(new Random(8)), mixture(new Random(7)));
});

test('the numbers are those of seedrandom', () => {
  for (const seed of ['42', 'hello.', '']) {
    const reference = alea(seed, { state: true });
    const random = new Random(seed);
    for (let i = 0; i < 100; i++) assert.is(random.uniform(), reference.double());
  }
  // node -p "const r = require('seedrandom/lib/alea.js')('hello.'); [r.double(), r.double(), r.double()]"
  assert.equal(draws(new Random('hello.'), 3), [0.4783254905672978, 0.4692433053279662, 0.314449813821864]);
});

test('a state that went through JSON goes on exactly', () => {
  // After one normal a spare one is kept, after two there is none.
  for (const before of [0, 1, 2, 3]) {
    const random = new Random('state');
    for (let i = 0; i < before; i++) random.normal();
    const saved: RandomState = JSON.parse(JSON.stringify(random.state));
    assert.is(saved.spare === null, before % 2 === 0);
    const expected = mixture(random);
    assert.equal(mixture(Random.restore(saved)), expected);
    assert.equal(mixture(Random.restore(saved)), expected, 'restoring does not use the state up');
  }
});

test('a generator can be set back, and where the state is broken stands where it stood', () => {
  const random = new Random('set');
  random.normal(); // leaves a spare
  const { state } = random;
  const first = mixture(random);
  random.state = state;
  assert.equal(mixture(random), first);
  const before = JSON.stringify(random.state);
  assert.throws(() => Object.assign(random, { state: { alea: {}, spare: null } }), /^Random: expected/);
  assert.is(JSON.stringify(random.state), before);
});

test('a state is a copy: drawing on does not change it', () => {
  const random = new Random(1);
  const { state } = random;
  const text = JSON.stringify(state);
  draws(random, 5);
  assert.is(JSON.stringify(state), text);
});

test('a broken state is refused', () => {
  const { alea: inner } = new Random(1).state;
  const broken = [
    null,
    {},
    { alea: null, spare: null },
    { alea: { ...inner, s1: 'x' }, spare: null },
    { alea: { ...inner, c: Number.NaN }, spare: null },
    { alea: { s0: 0.1, s1: 0.2, s2: 0.3 }, spare: 1 },
    { alea: inner, spare: '1' },
    // states that Alea never comes to: from these it would draw numbers beyond [0,1), or the same one for ever
    ...[-1, 0.5, 2091639].map((c) => ({ alea: { ...inner, c }, spare: null })),
    ...['s0', 's1', 's2'].flatMap((s) =>
      [-0.25, 1, 2 ** 31, 2 ** -33, '0.5', [0.5]].map((word) => ({ alea: { ...inner, [s]: word }, spare: null })),
    ),
    { alea: { c: 0, s0: 0, s1: 0, s2: 0 }, spare: null },
    { alea: { c: 2091638, s0: 1 - 2 ** -32, s1: 1 - 2 ** -32, s2: 1 - 2 ** -32 }, spare: null },
  ];
  for (const state of broken)
    assertThrows(
      () => Random.restore(state as unknown as RandomState),
      ArgumentError,
      `Random: expected a state saved by Random, got ${JSON.stringify(state)}`,
    );
});

test('every state that a generator comes to is accepted', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    for (let i = 0; i < 20; i++, random.normal())
      assert.equal(Random.restore(random.state).state, random.state, `seed ${seed}, draw ${i}`);
  }
});

// The bounds below are five standard errors of n draws: no seed but one in a million would fail.
const n = 200_000;
const fiveErrors = (deviation: number): number => (5 * deviation) / Math.sqrt(n);

test('uniform numbers have the moments of the uniform distribution', () => {
  const random = new Random('uniform');
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = random.uniform();
    assert.ok(u >= 0 && u < 1);
    sum += u - 0.5;
    squares += (u - 0.5) ** 2;
  }
  assert.ok(Math.abs(sum / n) < fiveErrors(Math.sqrt(1 / 12)), `mean off by ${sum / n}`);
  assert.ok(Math.abs(squares / n - 1 / 12) < fiveErrors(Math.sqrt(1 / 180)), `variance ${squares / n}`);
});

test('normal numbers have the moments of the normal distribution', () => {
  const random = new Random('normal');
  const moments = [0, 0, 0, 0];
  let lagged = 0;
  for (let i = 0, last = 0; i < n; i++) {
    const z = (random.normal(3, 2) - 3) / 2;
    for (let k = 0; k < 4; k++) moments[k] += z ** (k + 1) / n;
    lagged += (z * last) / n; // the two of a pair must not be related
    last = z;
  }
  // E z^k = 0 1 0 3, and the variance of z^k is E z^2k - (E z^k)^2
  for (const [k, mean, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
  ])
    assert.ok(Math.abs(moments[k - 1] - mean) < fiveErrors(Math.sqrt(variance)), `E z^${k} = ${moments[k - 1]}`);
  assert.ok(Math.abs(lagged) < fiveErrors(1), `correlation of neighbours ${lagged}`);
});

test('integer(n) reaches each of 0..n-1 as often', () => {
  const random = new Random('integer');
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < n; i++) counts[random.integer(7)]++;
  assert.is(counts.length, 7);
  for (const count of counts) assert.ok(Math.abs(count / n - 1 / 7) < fiveErrors(Math.sqrt(6 / 49)), `${counts}`);
});

test('shuffle permutes in place, and every order comes up as often', () => {
  const random = new Random('shuffle');
  const items = Array.from({ length: 50 }, (_, i) => i * i);
  const before = [...items];
  assert.is(random.shuffle(items), items);
  assert.not.equal(items, before);
  assert.equal(
    [...items].sort((a, b) => a - b),
    before,
  );
  assert.equal(random.permutation(5).slice().sort(), Int32Array.of(0, 1, 2, 3, 4));
  assert.is(random.permutation(0).length, 0);

  const orders = new Map<string, number>();
  const rounds = n / 10;
  for (let i = 0; i < rounds; i++) {
    const order = random.permutation(3).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.is(orders.size, 6);
  for (const count of orders.values())
    assert.ok(Math.abs(count / rounds - 1 / 6) < (5 * Math.sqrt(5 / 36)) / Math.sqrt(rounds), `${[...orders]}`);
});

test('whole numbers and permutations of no number are errors', () => {
  const random = new Random(0);
  const before = random.state;
  for (const n of [-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    assertThrows(() => random.integer(n), ArgumentError, `integer: expected n to be a whole number >= 1, got ${n}`);
  for (const n of [-1, 1.5, Number.NaN])
    assertThrows(
      () => random.permutation(n),
      ArgumentError,
      `permutation: expected n to be a whole number >= 0, got ${n}`,
    );
  assert.equal(random.state, before);
});

test('a fork is named, repeatable, and lives on its own', () => {
  const fork = (label: string): Random => new Random('parent').fork(label);
  assert.equal(draws(fork('a'), 5), draws(fork('a'), 5));
  assert.not.equal(draws(fork('a'), 5), draws(fork('b'), 5));
  const one = new Random('parent');
  const other = new Random('parent');
  const child = one.fork('a');
  other.fork('a');
  draws(child, 100); // more draws from the child ...
  assert.equal(draws(one, 5), draws(other, 5)); // ... change nothing for the parent
  assert.not.equal(draws(new Random('parent'), 5), draws(fork('a'), 5));
});

test.run();
