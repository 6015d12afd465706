/** ` (did you mean kernel?)` if a known name differs only by a letter or two, or in case; otherwise an empty string. */
export function near(value: unknown, known: readonly (string | number)[]): string {
  if (typeof value !== 'string' || value.length > 40) return '';
  let best = '';
  let least = 1 + Math.min(2, value.length / 3);
  for (const name of known) {
    if (typeof name !== 'string') continue;
    const distance = editDistance(value.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best && ` (did you mean ${best}?)`;
}

/** The number of letters to insert, delete or change to turn a into b (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
