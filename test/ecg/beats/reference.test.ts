import { ArgumentError, CheckpointError, DataError, Random, ShapeError } from 'dynaecg';
import { extractBeats, PastReference, pastReferences, subset, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/beats/reference');

const set = syntheticRecords({ seed: 'reference', patients: 3, duration: 90, ventricular: 0.2 });
const beats = extractBeats(set.records, { length: 120, before: 60 });
const L = beats.length;
const all = pastReferences(beats);
const window = (i: number): Float32Array => beats.x.subarray(i * L, (i + 1) * L);

function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (v: ArrayLike<number>): number => Array.from(v).reduce((x, y) => x + y) / v.length;
  const [p, q] = [a, b].map((v) => Array.from(v, (x) => x - mean(v)));
  const dot = (u: number[], v: number[]): number => u.reduce((sum, x, i) => sum + x * v[i], 0);
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
}

test('agrees with its definition, word for word', () => {
  for (const [memory, similarity] of [
    [15, 0.9],
    [4, 0.95],
    [1, 0.5],
  ]) {
    const found = pastReferences(beats, { memory, similarity });
    for (const r of [0, 1, 2]) {
      const own = [...beats.record.keys()].filter((i) => beats.record[i] === r);
      let usual: number[] = [];
      const looked: boolean[] = [];
      let reference: number[] | null = null;
      let restarts = 0;
      for (const [n, i] of own.entries()) {
        assertSameBits(found.subarray(i * L, (i + 1) * L), Float32Array.from(reference ?? window(i)), `${i}`);
        looked[n] = reference === null || pearson(reference, window(i)) >= similarity;
        if (looked[n]) usual.push(i);
        const last = [...own.keys()].slice(Math.max(0, n + 1 - memory), n + 1);
        if (last.length === memory && last.filter((m) => looked[m]).length < memory / 2) {
          for (const m of last) looked[m] = true;
          usual = last.map((m) => own[m]);
          restarts++;
        }
        usual = usual.slice(-memory);
        reference = Array.from({ length: L }, (_, t) => {
          const values = usual.map((u) => window(u)[t]).sort((a, b) => a - b);
          return values[Math.floor((values.length - 1) / 2)];
        });
      }
      if (memory === 1) assert.ok(restarts > 0, 'of one beat it follows every other');
    }
  }
});

test('causal: whatever comes later, the references before it are the same, in any order of the set', () => {
  const random = new Random('later');
  const rank = [...beats.record].map((r, i) => beats.record.subarray(0, i).filter((other) => other === r).length);
  for (const cut of [1, 20, 57]) {
    const changed = { ...beats, x: beats.x.map((v, j) => (rank[Math.floor(j / L)] >= cut ? random.normal() : v)) };
    const other = pastReferences(changed);
    const before = [...rank.keys()].filter((i) => rank[i] <= cut); // that of beat `cut` is of those before it
    for (const i of before)
      assertSameBits(other.subarray(i * L, (i + 1) * L), all.subarray(i * L, (i + 1) * L), `${i}`);
    assert.is(before.length, 3 * (cut + 1));
    assert.not.equal(other, all);
  }
  const backwards = Int32Array.from(beats.record.keys()).reverse();
  const reversed = pastReferences(subset(beats, backwards));
  for (const [row, i] of backwards.entries())
    assertSameBits(reversed.subarray(row * L, (row + 1) * L), all.subarray(i * L, (i + 1) * L));
});

test('labels are not looked at, and one beat after the other gives the same', () => {
  assertSameBits(pastReferences({ ...beats, labels: beats.labels.map(() => 0) }), all);
  const reference = new PastReference();
  for (const [i, r] of beats.record.entries()) {
    if (r > 0) break;
    assertSameBits(reference.next(window(i)), all.subarray(i * L, (i + 1) * L));
  }
});

test('its state goes on as if nothing had happened, also as JSON', () => {
  const options = { memory: 4, similarity: 0.95 };
  const whole = pastReferences(beats, options);
  for (const at of [0, 1, 3, 30]) {
    const first = new PastReference(options);
    for (let i = 0; i < at; i++) first.next(window(i));
    const second = new PastReference(options);
    second.state = JSON.parse(JSON.stringify(first.state));
    for (let i = at; i < 60; i++)
      assertSameBits(second.next(window(i)), whole.subarray(i * L, (i + 1) * L), `${at} ${i}`);
  }
  const long = new PastReference();
  for (let i = 0; i < 9; i++) long.next(window(i));
  const { state } = long;
  const { last, usual } = state;
  const wrong: [memory: number, state: unknown][] = [
    [15, { last, usual: [] }],
    [15, { last, usual: [[1], ...usual.slice(1)] }],
    [15, { last: [{}], usual }],
    [4, state],
  ];
  for (const [memory, given] of wrong)
    assertThrows(
      () => {
        new PastReference({ memory }).state = given as typeof state;
      },
      CheckpointError,
      `PastReference: expected a state of at most ${memory} windows of one length, got another`,
    );
});

test('ventricular beats differ from the reference, normal ones hardly; a run at the beginning is got over', () => {
  const mean = (k: number): number => {
    const own = [...beats.labels.keys()].filter((i) => beats.labels[i] === k);
    return own.reduce((sum, i) => sum + pearson(window(i), all.subarray(i * L, (i + 1) * L)), 0) / own.length;
  };
  const [n, , v] = [0, 1, 2].map(mean);
  assert.ok(n > 0.9 && v < n - 0.2, `N ${n}, V ${v}`);
  const shape = (sign: number): number[] => Array.from({ length: 30 }, (_, t) => sign * Math.sin(t) * Math.exp(-t / 9));
  const reference = new PastReference();
  for (let i = 0; i < 6; i++) reference.next(shape(-1));
  let first = -1;
  for (let i = 0; i < 30; i++) if (pearson(reference.next(shape(1)), shape(1)) > 0.99 && first < 0) first = i;
  assert.is(first, 9, 'after nine of fifteen beats, and so most of them, look otherwise');
});

test('says what it expected', () => {
  const reference = new PastReference();
  reference.next([1, 2, 3]);
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [
      () => new PastReference({ memory: 0 }),
      ArgumentError,
      'PastReference: expected memory to be a whole number >= 1, got 0',
    ],
    [
      () => pastReferences(subset(beats, []), { similarity: 2 }),
      ArgumentError,
      'PastReference: expected similarity from -1 to 1, got 2',
    ],
    [() => reference.next([1, 2]), ShapeError, 'PastReference: expected a window of 3 samples, got 2'],
    [
      () => reference.next([1, Number.NaN, 2]),
      DataError,
      'PastReference: expected finite numbers in window, got NaN at position 1',
    ],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
