import { ArgumentError, CheckpointError, Random, type Sampler, type SamplerState } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ShuffledSampler } from '../../src/data/shuffledSampler.ts';
import { assertThrows } from '../support/asserts.ts';
import { batches, groupSampler, POOR, RICH, range, sampler, shuffled } from '../support/samplers.ts';

const test = suite('data/deck');

const makers: Record<string, (seed: number) => Sampler> = {
  'm per class': (seed) => sampler({}, seed),
  'm per class, two of three': (seed) => sampler({ classesPerBatch: 2 }, seed),
  'a number for each class': (seed) => sampler({ perClass: [1, 4, 7] }, seed),
  'more of a class than it has': (seed) => sampler({ perClass: 7 }, seed),
  groups: (seed) => groupSampler(RICH, {}, seed),
  'groups, filled': (seed) => groupSampler(POOR, { perClass: [5, 3, 3], groupsPerBatch: 3 }, seed),
  'groups, half of each class': (seed) => groupSampler(RICH, { share: 0.5, perClass: 7 }, seed),
  shuffled: (seed) => shuffled(11, 3, seed),
};

test('a batch is a copy: who changes it changes no later one', () => {
  for (const make of Object.values(makers)) {
    const s = make(1);
    for (const _ of range(10)) s.next().fill(0);
    const other = make(1);
    batches(other, 10);
    assert.equal(batches(s, 10), batches(other, 10));
  }
});

for (const [name, make] of Object.entries(makers))
  test(`a sampler goes on from a state that went through JSON: ${name}`, () => {
    for (const before of [0, 1, 2, 3, 5, 8, 21]) {
      const saved = make(1);
      batches(saved, before);
      const text = JSON.stringify(saved.state);
      const expected = batches(saved, 30);
      const other = make(2); // of another seed, and in another place
      batches(other, 4);
      other.state = JSON.parse(text);
      assert.is(JSON.stringify(other.state), text);
      assert.equal(batches(other, 30), expected);
      saved.state = JSON.parse(text);
      assert.equal(batches(saved, 30), expected, 'a sampler can go back, too');
    }
  });

test('a sampler keeps the generator that it was given, and sets that back', () => {
  const shared = new Random('shared');
  const s = new ShuffledSampler(11, { batchSize: 3, random: shared });
  const { state } = s;
  const course = () => range(12).map(() => [...s.next(), shared.uniform()]);
  const expected = course();
  s.state = state;
  assert.equal(course(), expected);
});

test('a state is a copy: drawing on does not change it', () => {
  for (const make of Object.values(makers)) {
    const s = make(1);
    const { state } = s;
    const text = JSON.stringify(state);
    batches(s, 9);
    assert.is(JSON.stringify(state), text);
  }
});

/** A state of `sampler()` with something changed. */
const broken = (change: (state: SamplerState) => unknown): SamplerState => {
  const { state } = sampler();
  return (change(state) as SamplerState | undefined) ?? state;
};

const misfits: [what: string, state: unknown, message: string][] = [
  ['null', null, 'expected a state of 3 decks, got undefined'],
  ['nothing', {}, 'expected a state of 3 decks, got undefined'],
  ['fewer decks', broken((s) => ({ ...s, decks: s.decks.slice(1) })), 'expected a state of 3 decks, got 2'],
  [
    'fewer members',
    broken((s) => void s.decks[0].members.pop()),
    'expected a deck 0 of the same 4 samples, got one of 3',
  ],
  [
    'a deck that is none',
    broken((s) => ({ ...s, decks: [null, null, null] })),
    'expected a deck 0 of the same 4 samples, got none',
  ],
  [
    'other members',
    broken((s) => void s.decks[2].members.fill(18, 3, 4)),
    'expected a deck 2 of the same 9 samples, got one of other samples',
  ],
  [
    'a place beyond',
    broken((s) => void Object.assign(s.decks[1], { at: 7 })),
    'expected a deck 1 of which 0 to 6 samples are drawn, got 7',
  ],
  [
    'half a place',
    broken((s) => void Object.assign(s.decks[1], { at: 0.5 })),
    'expected a deck 1 of which 0 to 6 samples are drawn, got 0.5',
  ],
];

for (const [what, state, message] of misfits)
  test(`a state with ${what} is refused, and nothing is changed`, () => {
    const s = sampler();
    const before = JSON.stringify(s.state);
    const set = (): unknown => Object.assign(s, { state });
    assertThrows(set, CheckpointError, `MPerClassSampler: ${message}`);
    assert.is(JSON.stringify(s.state), before);
  });

test('a state without its generator is refused, and nothing is changed', () => {
  const s = sampler();
  const before = JSON.stringify(s.state);
  const message = 'Random: expected a state saved by Random, got {}';
  const state = { ...sampler({}, 5).state, random: {} };
  assertThrows(() => Object.assign(s, { state }), ArgumentError, message);
  assert.is(JSON.stringify(s.state), before);
});

test('a state of other groups is refused', () => {
  const s = groupSampler(RICH);
  const { labels } = RICH;
  const other = groupSampler({ labels, groups: RICH.groups.map((g) => (g === 9 ? 3 : g)) });
  assertThrows(
    () => Object.assign(s, { state: other.state }),
    CheckpointError,
    'GroupSampler: expected a state of 14 decks, got 12',
  );
});

test('a state of other samples is refused by a shuffled sampler, and nothing is changed', () => {
  const s = shuffled(10, 4);
  s.next();
  const before = JSON.stringify(s.state);
  for (const [state, message] of [
    [shuffled(11, 4).state, 'a deck 0 of the same 10 samples, got one of 11'],
    [sampler().state, 'a state of 1 decks, got 3'],
    [{ ...s.state, decks: [{ members: range(10), at: 11 }] }, 'a deck 0 of which 0 to 10 samples are drawn, got 11'],
  ] as const)
    assertThrows(() => Object.assign(s, { state }), CheckpointError, `ShuffledSampler: expected ${message}`);
  assert.is(JSON.stringify(s.state), before);
});

test.run();
