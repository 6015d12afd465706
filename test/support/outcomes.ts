/** Results as a ledger has them, and what tables show of them. */

import { addConfusion, classificationScores } from 'dynaecg';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../examples/study/ledger.ts';

export const outcome = (seed: string, records: Outcome['records'], given: Partial<Outcome> = {}): Outcome => ({
  ...{ name: 'made', settings: '00000000', seed, part: 'validation', protocol: 'inter', classes: ['N', 'S', 'V'] },
  ...{ records, margins: [], minutes: 3 },
  ...given,
});

/** Counts by true class, a row each between bars. */
export const matrix = (rows: string): number[][] => rows.split('|').map((row) => row.trim().split(' ').map(Number));

export const MADE = [
  { 100: matrix('90 4 6 | 3 5 2 | 0 0 0'), 232: matrix('10 2 0 | 20 30 1 | 1 0 7') },
  { 100: matrix('95 3 2 | 6 4 0 | 0 0 0'), 232: matrix('12 0 0 | 31 19 1 | 0 2 6') },
  { 100: matrix('91 9 0 | 1 9 0 | 0 0 0'), 232: matrix('9 3 0 | 5 46 0 | 0 0 8') },
].map((records, seed) => outcome(String(seed), records));

/** Mean and deviation by the textbook, in percent; one value has no deviation. */
export function meanAndDeviationText(values: number[]): string {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
  if (values.length === 1) return (100 * mean).toFixed(2);
  return `${(100 * mean).toFixed(2)} ± ${(100 * Math.sqrt(squares / (values.length - 1))).toFixed(2)}`;
}

/** The cells of the first row that begins so; its columns are two spaces apart or more. */
export const cells = (table: string, start: string): string[] => {
  const line = table.split('\n').find((text) => text.startsWith(start));
  assert.ok(line, `no line ${start} in\n${table}`);
  return (line as string).trim().split(/ {2,}/);
};

export function expectedRow(runs: readonly Outcome[]): string[] {
  const scores = runs.map(({ records }) => classificationScores(addConfusion(Object.values(records))));
  const without = runs.flatMap(({ records }) => {
    const rest = Object.entries(records).filter(([name]) => name !== '232');
    return '232' in records ? [classificationScores(addConfusion(rest.map(([, m]) => m))).perClass[1]] : [];
  });
  return [
    scores.map((s) => s.accuracy),
    scores.map((s) => s.macro.f1),
    scores.map((s) => s.perClass[0].f1),
    scores.map((s) => s.perClass[1].sensitivity),
    scores.map((s) => s.perClass[1].f1),
    scores.map((s) => s.perClass[2].sensitivity),
    scores.map((s) => s.perClass[2].f1),
    ...(without.length > 0 ? [without.map((s) => s.sensitivity), without.map((s) => s.f1)] : []),
  ].map(meanAndDeviationText);
}
