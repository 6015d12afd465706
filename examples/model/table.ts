import { addConfusion } from 'dynaecg';
import { COMPARED_CLASSES, type ComparedClass } from 'dynaecg/ecg';
import { align } from '../shared/text.ts';
import type { Judged } from './readings.ts';

const CLASSES = ['N', 'S', 'V'] as const;
const KNOWN = ['N', 'S', 'V', 'O', 'X'] as const; // rows: what the networks were not taught counts neither for nor against

/**
 * F1 of each class with and without the gate, by either way to the beats, and the share of beats of other classes that the gate
 * catches; models that differ in their seed alone are a row, with the mean and the standard deviation.
 */
export function formatJudged(results: readonly Judged[]): string {
  const head = ['', 'beats', 'gate', 'seeds', ...CLASSES.map((c) => `${c} F1`), 'N S V as Q', 'Q as Q'];
  return [...byTitle(results)]
    .map(([title, own]) => {
      const rows = (['marks', 'detected'] as const).flatMap((way) =>
        (['labels', 'nearest'] as const).map((kind) => {
          const matrices = own.map((judged) => judged[way][kind]);
          const all = addConfusion(matrices);
          return [
            '',
            way,
            kind === 'labels' ? 'yes' : 'no',
            String(own.length),
            ...CLASSES.map((c) => meanAndDeviation(matrices.map((matrix) => 100 * f1(matrix, c)))),
            `${(100 * share(all, CLASSES)).toFixed(2)} %`,
            `${(100 * share(all, ['Q'])).toFixed(1)} %`,
          ];
        }),
      );
      return [title, ...align([head, ...rows])].join('\n');
    })
    .join('\n\n');
}

/** Results of models that differ in their seed alone. */
export function byTitle<R extends { model: string; set: string }>(results: readonly R[]): Map<string, R[]> {
  const found = new Map<string, R[]>();
  for (const result of results) {
    const title = `${result.model.replace(/, seed [^,]*/, '')}: ${result.set}`;
    found.set(title, [...(found.get(title) ?? []), result]);
  }
  return found;
}

const at = (name: ComparedClass): number => COMPARED_CLASSES.indexOf(name);
const cell = (matrix: number[][], row: ComparedClass, column: ComparedClass): number => matrix[at(row)][at(column)];
const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

function f1(matrix: number[][], c: ComparedClass): number {
  const right = cell(matrix, c, c);
  const ofClass = total(matrix[at(c)]);
  const asClass = total(KNOWN.map((row) => cell(matrix, row, c)));
  return (2 * right) / (ofClass + asClass);
}

/** The mean of the F1 of N, S and V. */
export const macroF1 = (matrix: number[][]): number => total(CLASSES.map((c) => f1(matrix, c))) / CLASSES.length;

/** The part of detected beats of some classes that are labelled Q. */
function share(matrix: number[][], rows: readonly ComparedClass[]): number {
  const asQ = total(rows.map((row) => cell(matrix, row, 'Q')));
  return asQ / total(rows.flatMap((row) => [...'NSVFQ'].map((c) => cell(matrix, row, c as ComparedClass))));
}

/** The mean, and of several the standard deviation of a sample. */
export function meanAndDeviation(values: readonly number[]): string {
  const n = values.length;
  const mean = total(values) / n;
  if (n === 1) return mean.toFixed(1);
  const deviation = Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / (n - 1));
  return `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
}
