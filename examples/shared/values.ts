import { ArgumentError } from 'dynaecg';

const LARGEST = 2 ** 31 - 1; // as of the library's own counts

/** A whole number from the command line. */
export function wholeNumber(option: string, text: string, min: number): number {
  const n = text.trim() === '' ? Number.NaN : Number(text);
  if (!(Number.isInteger(n) && n >= min))
    throw new ArgumentError(`${option}: expected a whole number >= ${min}, got ${text}`);
  if (n > LARGEST) throw new ArgumentError(`${option}: expected a whole number from ${min} to ${LARGEST}, got ${text}`);
  return n;
}

/** A time from the command line, in seconds. */
export function seconds(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new ArgumentError(`${option}: expected seconds >= 0, got ${text}`);
  return value;
}

/** One of a few words from the command line. */
export function oneOf<const T extends string>(option: string, text: string, words: readonly T[]): T {
  if ((words as readonly string[]).includes(text)) return text as T;
  throw new ArgumentError(`${option}: expected ${listed(words)}${didYouMean(text, words)}, got ${text}`);
}

/** `a, b or c` */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** ` (did you mean triplet?)`, where one of the words differs by a letter or two. */
export function didYouMean(text: string, words: readonly string[]): string {
  const near = words
    .map((word) => ({ word, distance: editDistance(text.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.min(2, text.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return near.length > 0 ? ` (did you mean ${near[0].word}?)` : '';
}

/** How many letters must be put in, taken out, changed or swapped with their neighbour to make b of a (Damerau, 1964). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          rows[i - 1][j] + 1,
          row[j - 1] + 1,
          rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? rows[i - 2][j - 2] + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
