import { classificationScores, type Scores } from 'dynaecg';
import { dividedAsPaper, METHODS, operatingPoint, PAPER, PAPER_ACCURACY, titleOf } from '../report/paper.ts';
import { align, percent } from '../shared/text.ts';
import { AAMI } from './classMap.ts';
import type { Configuration } from './configuration.ts';
import type { Judgement, Result } from './evaluate.ts';
import type { Plan } from './plan.ts';
import type { Recordings } from './recordings.ts';

/** Table 1 and the confusion matrix of a finished run, as text. */
export function formatResult(
  { plan, judgement, histories }: Result,
  { source, task }: Pick<Recordings, 'source' | 'task'>,
): string {
  if (!judgement) return '';
  const { split, configuration } = plan;
  const { protocol, halves } = configuration;
  const { classes } = plan.all.beats;
  const { scores, matrix } = judgement;
  const margins = histories.flatMap(({ iterations }) => iterations.map(({ margin }) => margin));
  const compared = task === AAMI && dividedAsPaper(source, configuration);
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
    ...divisionLines(plan, source),
    ...(task === AAMI
      ? []
      : Object.entries(task.classes).map(([name, labels]) => `class ${name}: ${labels.join(' ')}`)),
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

/** How patients were divided, except MIT-BIH's by the usual division, and synthetic ones. */
function divisionLines({ division }: Plan, source: string): string[] {
  if (!division || source === 'synthetic') return [];
  const { how, train, validation = [], test } = division;
  const own = train.length - validation.length;
  const chosen = validation.length > 0 ? `, ${validation.length} for validation` : '';
  return [`records divided: ${how}; ${own} for training${chosen}, ${test.length} for test`];
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
