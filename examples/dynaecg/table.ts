import type { Scores } from 'dynaecg';
import type { Result } from './pipeline.ts';

/**
 * The paper's figures, in percent: sensitivity and F1 as its abstract gives them, precision from Table 1, which has no
 * digits after the point for a class.
 */
export const PAPER: Record<string, [sensitivity: string, precision: string, f1: string]> = {
  N: ['99.47', '100', '99.35'],
  S: ['95.23', '91', '93.36'],
  V: ['99.44', '98', '98.19'],
  overall: ['97.76', '96.33', '96.82'],
};
export const PAPER_ACCURACY = '98.97';

export const TITLES = {
  intra: 'intra-patient (half of the beats of each class for training, patients mixed)',
  inter: 'inter-patient (patients kept apart)',
};

export const METHODS = {
  triplet: 'triplet loss, then a perceptron on the embeddings',
  crossEntropy: "cross-entropy, not the paper's triplets",
  joint: 'triplet loss and cross-entropy at once, then a perceptron on the embeddings',
};

export const percent = (x: number): string => (100 * x).toFixed(2);

/** Table 1 and the confusion matrix of a finished run, as text. */
export function formatResult({ plan, judgement }: Result, source: string): string {
  if (!judgement) return '';
  const { split, configuration } = plan;
  const { protocol } = configuration;
  const { classes } = plan.all.beats;
  const { scores, matrix } = judgement;
  const compared = source === 'MIT-BIH' && protocol === 'intra';
  const row = (name: string, count: string, s: Scores): string[] => [
    name,
    count,
    percent(s.sensitivity),
    percent(s.precision),
    percent(s.f1),
    ...(compared ? PAPER[name] : []),
  ];
  const table = [
    ['class', 'beats', 'Sen %', 'Pre %', 'F1 %', ...(compared ? ['paper: Sen', 'Pre', 'F1'] : [])],
    ...scores.perClass.map((s, k) => row(classes[k], String(s.support), s)),
    row('overall', String(split.test.length), scores.macro),
  ];
  const confusion = [
    ['true \\ predicted', ...classes],
    ...matrix.map((counts, k) => [classes[k], ...counts.map(String)]),
  ];
  const shared = split.patients.shared;
  return [
    `${source}, ${TITLES[protocol]}`,
    METHODS[configuration.method],
    ...(protocol === 'inter' && shared.length > 0
      ? [`but for patients on both sides, as published: ${shared.join(', ')}`]
      : []),
    '',
    ...align(table),
    `accuracy ${percent(scores.accuracy)} %${compared ? `, paper ${PAPER_ACCURACY} %` : ''}`,
    '',
    ...align(confusion),
  ].join('\n');
}

/** Columns of equal width: the first to the left, the others to the right. */
export function align(rows: string[][]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
}
