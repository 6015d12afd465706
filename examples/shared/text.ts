/** A fraction as percent without the sign, to two digits. */
export const percent = (x: number): string => (100 * x).toFixed(2);

/** Columns of equal width: the first to the left, the others to the right. */
export function align(rows: string[][]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
}
