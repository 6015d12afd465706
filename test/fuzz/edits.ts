/** Edits of valid files: of bytes, of text, of JSON. */
import fc from 'fast-check';
import { NUMBERS, TEXTS, VALUES } from './hostile.ts';

/** What to do, where, how much, and with what: each taken modulo what there is. */
export type Edit = readonly [kind: number, at: number, much: number, what: number];

const number = fc.noBias(fc.nat(0x7fffffff));

export const edits: fc.Arbitrary<Edit[]> = fc.array(fc.tuple(number, number, number, number), {
  minLength: 1,
  maxLength: 3,
});

/** Edited copies of a few valid files. */
export function edited<I>(files: readonly I[], edit: (file: I, edits: Edit[], other: I) => I): fc.Arbitrary<I> {
  const pick = fc.noBias(fc.nat(files.length - 1));
  return fc.tuple(pick, edits, pick).map(([i, e, j]) => edit(files[i], e, files[j]));
}

/** A few valid files, always the same ones. */
export function samples<I>(valid: fc.Arbitrary<I>, count = 200): I[] {
  return fc.sample(valid, { seed: 7, numRuns: count });
}

const BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x3b, 0x5b, 0x7b, 0xec, 0xf0, 0xfc]; // also SKIP, NUM, SUB, AUX

/** A bit or a byte changed, a piece cut, repeated, put in from another file, or the end lost. */
export function editBytes(file: Uint8Array, list: readonly Edit[], other: Uint8Array): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(file);
  for (const [kind, at, much, what] of list) {
    const from = at % (bytes.length + 1);
    const length = 1 + (much % Math.min(32, bytes.length - from + 1));
    const place = Math.min(from, bytes.length - 1);
    const insert = (piece: Uint8Array): Uint8Array =>
      Uint8Array.from([...bytes.subarray(0, from), ...piece, ...bytes.subarray(from)]);
    if (kind % 10 < 3) bytes[place] ^= 1 << (what % 8);
    else if (kind % 10 < 5) bytes[place] = BYTES[what % BYTES.length];
    else if (kind % 10 === 5) bytes = Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(from + length)]);
    else if (kind % 10 === 6) bytes = bytes.slice(0, from);
    else if (kind % 10 === 7) bytes = insert(bytes.subarray(from, from + length));
    else if (kind % 10 === 8) bytes = insert(other.subarray(what % (other.length + 1)).subarray(0, length));
    else bytes = Uint8Array.from([...bytes, ...other.subarray(0, length)]);
  }
  return bytes;
}

/** A number or a word replaced, a line or a word gone or twice, a character put in, the end lost. */
export function editText(file: string, list: readonly Edit[], other: string): string {
  let text = file;
  for (const [kind, at, much, what] of list) {
    const from = at % (text.length + 1);
    const hostile = TEXTS[what % TEXTS.length];
    if (kind % 10 < 3) text = replaceOne(text, /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g, at, NUMBERS[what % NUMBERS.length]);
    else if (kind % 10 < 5) text = replaceOne(text, /\S+/g, at, hostile);
    else if (kind % 10 === 5) text = text.slice(0, from) + hostile + text.slice(from);
    else if (kind % 10 === 6) text = text.slice(0, from) + text.slice(from + 1 + (much % 8));
    else if (kind % 10 === 7) text = text.slice(0, from);
    else if (kind % 10 === 8) text = spliceLine(text, other, at, what);
    else text = spliceLine(text, text, at, what);
  }
  return text;
}

function replaceOne(text: string, pattern: RegExp, which: number, by: string): string {
  const found = [...text.matchAll(pattern)];
  if (!found.length) return text + by;
  const { index, 0: old } = found[which % found.length];
  return text.slice(0, index) + by + text.slice(index + old.length);
}

function spliceLine(text: string, other: string, at: number, what: number): string {
  const [lines, others] = [text, other].map((t) => t.split('\n'));
  lines.splice(at % (lines.length + 1), what % 2, others[what % others.length]);
  return lines.join('\n');
}

const RAW = '\u{e000}'; // of the private plane: what stands for a piece that is put in as it is

/**
 * JSON edited in a random place: another value there, the entry gone or twice under a hostile name.
 *
 * @param json of a file
 */
export function editJson(json: string, list: readonly Edit[]): string {
  const copy = { root: JSON.parse(json) as unknown };
  const pieces: string[] = [];
  for (const [kind, at, much, what] of list) {
    const [parent, key] = walk(copy, at, much);
    if (kind % 8 < 4) parent[key] = `${RAW}${pieces.push(VALUES[what % VALUES.length]) - 1}${RAW}`;
    else if (kind % 8 < 6 && parent !== (copy as object)) {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    } else if (Array.isArray(parent)) parent.push(parent[Number(key)]);
    else {
      const old = parent[key];
      const name = TEXTS[what % TEXTS.length];
      Object.defineProperty(parent, name, { value: old, enumerable: true, configurable: true, writable: true });
    }
  }
  const text = JSON.stringify(copy.root) ?? 'null';
  return text.replaceAll(new RegExp(`"${RAW}(\\d+)${RAW}"`, 'g'), (_, i) => pieces[i]);
}

/** An entry somewhere inside, deeper with each digit of `much`. */
function walk(root: object, at: number, much: number): [parent: Record<string, unknown>, key: string] {
  let [parent, key] = [root as Record<string, unknown>, 'root'];
  for (let [a, depth] = [at, 1 + (much % 7)]; depth > 0; depth--) {
    const next = parent[key];
    if (typeof next !== 'object' || next === null) break;
    const keys = Object.keys(next);
    if (!keys.length) break;
    [parent, key] = [next as Record<string, unknown>, keys[a % keys.length]];
    a = (Math.imul(a, 1103515245) + 12345) >>> 1;
  }
  return [parent, key];
}
