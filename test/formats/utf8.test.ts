// Our UTF-8 next to the platform's.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeUtf8, encodeUtf8, isUnicode } from '../../src/formats/utf8.ts';

const test = suite('utf8');

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the platform makes of bytes; null for bytes that it refuses. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

test('every code point, there and back', () => {
  for (let from = 0; from < 0x110000; from += 0x800) {
    if (from === 0xd800) continue; // surrogates
    const text = String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => from + i));
    const bytes = encodeUtf8(text);
    assert.is(Buffer.compare(bytes, encoder.encode(text)), 0, `from U+${from.toString(16)}`);
    assert.ok(decodeUtf8(bytes) === text, `from U+${from.toString(16)}`);
    assert.ok(isUnicode(text));
  }
  for (const lone of ['\ud800', '\udfff', 'a\udc00\ud800', '\ud83d']) assert.not.ok(isUnicode(lone));
});

test('bytes at the ends of their ranges, up to four: the same text, or refused as well', () => {
  const ends = [
    0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  ];
  const all = [...ends, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];
  let refused = 0;
  const check = (...bytes: number[]): void => {
    const expected = decoded(Uint8Array.from(bytes));
    if (expected === null) refused++;
    const found = decodeUtf8(Uint8Array.from(bytes));
    if (found !== expected) assert.is(found, expected, bytes.map((b) => b.toString(16)).join(' '));
  };
  check();
  for (const a of all) {
    check(a);
    for (const b of all) {
      check(a, b);
      for (const c of all) {
        check(a, b, c);
        if (a >= 0xf0) for (const d of [0x7f, 0x80, 0xbf, 0xc0]) check(a, b, c, d);
      }
    }
  }
  assert.ok(refused > 10_000, String(refused));
});

test('texts of any length, with pairs where a block of them ends', () => {
  for (const length of [4093, 4094, 4095, 4096, 4097, 8190, 8192])
    for (const tail of ['', 'é', '€', '😀', '😀😀']) {
      const text = 'x'.repeat(length) + tail;
      assert.ok(decodeUtf8(encoder.encode(text)) === text, `${length} and ${tail}`);
      assert.is(Buffer.compare(encodeUtf8(text), encoder.encode(text)), 0);
    }
});

test.run();
