import { ArgumentError, DataError, LabelEncoder } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';

const test = suite('data/labelEncoder');

const { NaN: NAN } = Number;

test('LabelEncoder: numbers for names and names for numbers, in the order of classes', () => {
  const encoder = new LabelEncoder(['walk', 'run', '']);
  assert.equal([...encoder.encode(['', 'walk', 'run', ''])], [2, 0, 1, 2]);
  assert.instance(encoder.encode([]), Int32Array);
  assert.equal(encoder.decode(Int8Array.of(1, 1, 2, 0)), ['run', 'run', '', 'walk']);
  assert.equal(LabelEncoder.fit(['b', 'a', 'B', 'ä', 'b', '10', '9']).classes, ['10', '9', 'B', 'a', 'b', 'ä']);
  // names that an object has of its own
  const own = ['constructor', '__proto__', 'length', '0'];
  assert.equal([...new LabelEncoder(own).encode([...own].reverse())], [3, 2, 1, 0]);
  assertThrows(
    () => new LabelEncoder(['walk']).encode(['toString']),
    DataError,
    'encode: expected labels among walk, got "toString" at position 0',
  );
});

test('LabelEncoder: errors', () => {
  const encoder = new LabelEncoder(['walk', 'run']);
  const failures: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
    [() => new LabelEncoder([]), ArgumentError, 'LabelEncoder: expected at least one class, got none'],
    [() => LabelEncoder.fit([]), ArgumentError, 'LabelEncoder: expected at least one class, got none'],
    [() => new LabelEncoder(['a', 'b', 'a']), ArgumentError, 'LabelEncoder: expected every class once, got "a" twice'],
    [
      () => new LabelEncoder(['a', 1 as never]),
      ArgumentError,
      'LabelEncoder: expected classes[1] to be a string, got 1',
    ],
    [
      () => LabelEncoder.fit('walk' as never),
      ArgumentError,
      'LabelEncoder.fit: expected labels to be an array, got "walk"',
    ],
    [
      () => encoder.encode(['walk', 0 as never]),
      DataError,
      'encode: expected labels among walk, run, got 0 at position 1',
    ],
    ...[2, -1, 0.5, NAN].map((k): (typeof failures)[number] => [
      () => encoder.decode([0, k]),
      DataError,
      `decode: expected labels from 0 to 1, got ${k} at position 1`,
    ]),
  ];
  for (const [f, type, message] of failures) assertThrows(f, type, message);
});

test.run();
