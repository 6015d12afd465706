import { ArgumentError, CheckpointError, DataError, Random, ShapeError } from 'dynaecg';
import { BeatChannels, beatChannels, extractBeats, pastReferences, subset, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/beats/beatChannels');

const set = syntheticRecords({ seed: 'channels', patients: 3, duration: 60 });
const beats = extractBeats(set.records, { length: 120, before: 60 });
const n = beats.labels.length;
const L = beats.length;
const own = (i: number): Float32Array => beats.x.subarray(i * L, (i + 1) * L);
const reference = { memory: 4, similarity: 0.95 };

/** Position of each beat among those of its record. */
const rank = Array.from(beats.record, (r, i) => beats.record.subarray(0, i).filter((other) => other === r).length);

test('the window, the reference, and the windows before, the last one first', () => {
  const usual = pastReferences(beats, reference);
  for (const [options, references] of [
    [{ previous: 3 }, 0],
    [{ reference, previous: 2 }, 1],
    [{ reference }, 1],
    [{}, 0],
  ] as const) {
    const previous = 'previous' in options ? options.previous : 0;
    const C = 1 + references + previous;
    assert.is(new BeatChannels(options).count, C);
    const found = beatChannels(beats, options);
    assert.equal(found.shape, [n, C, L]);
    for (let i = 0; i < n; i++) {
      const channel = (c: number) => found.data.subarray((i * C + c) * L, (i * C + c + 1) * L);
      assertSameBits(channel(0), own(i));
      if (references) assertSameBits(channel(1), usual.subarray(i * L, (i + 1) * L));
      for (let k = 1; k <= previous; k++) assertSameBits(channel(references + k), own(i - Math.min(k, rank[i])));
    }
  }
});

test('causal: whatever comes later, the channels before it are the same, in any order of the set', () => {
  const options = { reference, previous: 2 };
  const size = 4 * L;
  const all = beatChannels(beats, options).data;
  const random = new Random('later');
  const changed = { ...beats, x: beats.x.map((v, j) => (rank[Math.floor(j / L)] >= 20 ? random.normal() : v)) };
  const other = beatChannels(changed, options).data;
  for (const [i, own] of rank.entries()) {
    const [a, b] = [other, all].map((x) => x.subarray(i * size, (i + 1) * size));
    if (own < 20) assertSameBits(a, b, `${i}`);
    else assert.not.equal(a, b);
  }
  const backwards = Int32Array.from(beats.record.keys()).reverse();
  const reversed = beatChannels(subset(beats, backwards), options).data;
  for (const [row, i] of backwards.entries())
    assertSameBits(reversed.subarray(row * size, (row + 1) * size), all.subarray(i * size, (i + 1) * size));
});

test('its state goes on as if nothing had happened, also as JSON', () => {
  const options = { reference, previous: 3 };
  const size = 5 * L;
  const whole = beatChannels(beats, options).data;
  for (const at of [0, 1, 2, 5, 20]) {
    const first = new BeatChannels(options);
    for (let i = 0; i < at; i++) first.next(own(i));
    const second = new BeatChannels(options);
    second.state = JSON.parse(JSON.stringify(first.state));
    for (let i = at; i < 40; i++)
      assertSameBits(second.next(own(i)), whole.subarray(i * size, (i + 1) * size), `${at} ${i}`);
  }
});

test('remembers as many windows as it needs, and no more', () => {
  const channels = new BeatChannels({ reference, previous: 3 });
  assert.is(channels.bytes, 0);
  const used = Array.from({ length: n }, (_, i) => {
    channels.next(own(i));
    return channels.bytes / (4 * L);
  });
  assert.is(used[0], 1 + 1 + 1, 'the window before, and again in the reference, whose median it is');
  // three before; the reference's last four, at most four usual ones that may be older, and their median
  assert.ok(Math.max(...used) <= 3 + 4 + 4 + 1 && Math.min(...used.slice(20)) >= 3 + 4 + 1, `${Math.max(...used)}`);
  assert.is(new BeatChannels().bytes, 0);
});

test('says what it expected', () => {
  const channels = new BeatChannels({ previous: 1 });
  channels.next([1, 2, 3]);
  const { state } = channels;
  const resume = (options: ConstructorParameters<typeof BeatChannels>[0], given: unknown) => () => {
    new BeatChannels(options).state = given as typeof state;
  };
  const expected = (what: string): string =>
    `BeatChannels: expected a state ${what} windows of one length, got another`;
  const cases: [() => unknown, new (m: string) => Error, string][] = [
    [
      () => new BeatChannels({ previous: 65 }),
      ArgumentError,
      'BeatChannels: expected previous to be a whole number from 0 to 64, got 65',
    ],
    [
      () => beatChannels(subset(beats, []), { reference: { memory: 0 } }),
      ArgumentError,
      'PastReference: expected memory to be a whole number >= 1, got 0',
    ],
    [() => channels.next([1, 2]), ShapeError, 'BeatChannels: expected a window of 3 samples, got 2'],
    [() => channels.next([]), ShapeError, 'BeatChannels: expected a window of at least one sample, got none'],
    [
      () => channels.next([1, Number.NaN, 2]),
      DataError,
      'BeatChannels: expected finite numbers in window, got NaN at position 1',
    ],
    [resume({}, state), CheckpointError, expected('without a reference and at most 0')],
    [resume({ reference, previous: 1 }, state), CheckpointError, expected('with a reference and at most 1')],
    [
      resume({ previous: 2 }, { ...state, previous: [[1], [1, 2]] }),
      CheckpointError,
      expected('without a reference and at most 2'),
    ],
  ];
  for (const [f, type, message] of cases) assertThrows(f, type, message);
});

test.run();
