import { addConfusion, type ClassificationScores, classificationScores } from 'dynaecg';
import { align } from '../shared/text.ts';
import type { Adapted } from './readings.ts';
import { byTitle, meanAndDeviation } from './table.ts';

const MANY = 10; // S beats of a record for its own F1 to say anything
const LARGEST = '232'; // the record of DS2 that has three quarters of its S beats
const S = 1;

type Records = Adapted['ways'][number]['records'];

/** Of what a way to adapt made of each record: of all beats together, in %, but for the labels. */
const FIGURES: Record<string, (records: Records) => number> = {
  labels: (records) => mean(Object.values(records).map(({ labelled }) => labelled)),
  'N F1': (records) => 100 * pooled(records).perClass[0].f1,
  'S F1': (records) => 100 * pooled(records).perClass[S].f1,
  'V F1': (records) => 100 * pooled(records).perClass[2].f1,
  'mean F1': (records) => 100 * pooled(records).macro.f1,
  'S F1 by record': (records) => {
    const enough = Object.entries(records).filter(([, { matrix }]) => matrix[S].reduce((a, b) => a + b, 0) >= MANY);
    return 100 * mean(enough.map(([name, own]) => pooled({ [name]: own }).perClass[S].f1));
  },
  [`S F1 but ${LARGEST}`]: ({ [LARGEST]: _, ...others }) => 100 * pooled(others).perClass[S].f1,
};

/**
 * The figures of each way to adapt; of S also as the mean over the records with enough, and without record 232 where it is one
 * of them. Models that differ in their seed alone are a row, with the mean and the standard deviation.
 */
export function formatAdapted(results: readonly Adapted[]): string {
  return [...byTitle(results)]
    .map(([title, own]) => {
      const [{ ways }] = own;
      const figures = Object.keys(FIGURES).filter((name) => !name.endsWith(LARGEST) || LARGEST in ways[0].records);
      const rows = ways.map(({ name }, way) => [
        name,
        String(own.length),
        ...figures.map((figure) => meanAndDeviation(own.map((one) => FIGURES[figure](one.ways[way].records)))),
      ]);
      return [`${title}, after the first five minutes`, ...align([['', 'seeds', ...figures], ...rows])].join('\n');
    })
    .join('\n\n');
}

function pooled(records: Records): ClassificationScores {
  return classificationScores(addConfusion(Object.values(records).map(({ matrix }) => matrix)));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
