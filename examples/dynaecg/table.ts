import { classificationScores, type Scores } from 'dynaecg';
import type { Configuration } from './configuration.ts';
import type { Judgement, Result } from './pipeline.ts';

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

type Division = Pick<Configuration, 'protocol' | 'halves'>;

const TITLES = {
  beats: 'intra-patient (half of the beats of each class for training, patients mixed)',
  time: 'intra-patient (first and third quarter of each recording for training, patients mixed)',
  inter: 'inter-patient (patients kept apart)',
};

/** How the beats were divided. */
export const titleOf = ({ protocol, halves }: Division): string => TITLES[protocol === 'intra' ? halves : protocol];

/** The paper's figures are of the whole database with half of the beats drawn: next to others they would mislead. */
export const dividedAsPaper = (source: string, { protocol, halves }: Division): boolean =>
  source === 'MIT-BIH' && protocol === 'intra' && halves === 'beats';

export const METHODS = {
  triplet: 'triplet loss, then a perceptron on the embeddings',
  crossEntropy: "cross-entropy, not the paper's triplets",
  joint: 'triplet loss and cross-entropy at once, then a perceptron on the embeddings',
};

export const percent = (x: number): string => (100 * x).toFixed(2);

/** At which prior classes are decided, which trades sensitivity for precision. */
export function operatingPoint({ adjustment }: Pick<Configuration, 'adjustment'>): string {
  if (adjustment === 1) return "decided at the data's prior (adjustment 1)";
  if (adjustment === 0) return "decided at a batch's prior (adjustment 0)";
  return `decided between the data's prior and a batch's (adjustment ${adjustment})`;
}

/** Table 1 and the confusion matrix of a finished run, as text. */
export function formatResult({ plan, judgement, histories }: Result, source: string): string {
  if (!judgement) return '';
  const { split, configuration } = plan;
  const { protocol, halves } = configuration;
  const { classes } = plan.all.beats;
  const { scores, matrix } = judgement;
  const margins = histories.flatMap(({ iterations }) => iterations.map(({ margin }) => margin));
  const compared = dividedAsPaper(source, configuration);
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
  const neither = plan.all.labels.length - split.train.length - split.test.length;
  return [
    `${source}, ${titleOf(configuration)}`,
    `${METHODS[configuration.method]}; ${operatingPoint(configuration)}`,
    ...(protocol === 'inter' && shared.length > 0
      ? [`but for patients on both sides, as published: ${shared.join(', ')}`]
      : []),
    ...(protocol === 'intra' && halves === 'time'
      ? [`beats in neither half, as their window crosses a border between quarters: ${neither}`]
      : []),
    ...(protocol === 'intra' ? [overlapLine(plan.overlap, halves)] : []),
    '',
    ...align(table),
    `accuracy ${percent(scores.accuracy)} %${compared ? `, paper ${PAPER_ACCURACY} %` : ''}`,
    `by 9 nearest neighbours among training embeddings: ${neighborLine(judgement, classes)}`,
    ...(margins.length > 0 ? [`margin from ${margins[0].toFixed(2)} to ${Math.max(...margins).toFixed(2)}`] : []),
    '',
    ...align(confusion),
  ].join('\n');
}

function neighborLine({ neighbors }: Judgement, classes: readonly string[]): string {
  const { macro, perClass } = classificationScores(neighbors);
  return `macro F1 ${percent(macro.f1)} %, ${perClass.map(({ f1 }, k) => `${classes[k]} ${percent(f1)}`).join(', ')}`;
}

/** What of the test half a network has seen in part: the end of a window may be the beginning of the next beat's. */
function overlapLine(overlap: number, halves: Configuration['halves']): string {
  const line = `${(100 * overlap).toFixed(1)} % of the test windows share samples with a training window`;
  return halves === 'beats' ? `${line}: the halves are drawn beat by beat, as we read the paper` : line;
}

/** Columns of equal width: the first to the left, the others to the right. */
export function align(rows: string[][]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
}
