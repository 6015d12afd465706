/** A fraction as percent without the sign, to two digits. */
export const percent = (x: number): string => (100 * x).toFixed(2);

/** Columns of equal width: the first to the left, the others to the right. */
export function align(rows: string[][]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
}

/** A text for a terminal: control characters, which could move its cursor or do worse, are shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for; tab and newline may stay
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
