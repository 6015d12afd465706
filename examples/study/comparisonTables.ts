import { addConfusion, type ClassificationScores, classificationScores, meanAndDeviation } from 'dynaecg';
import { align, percent } from '../shared/text.ts';
import type { Outcome } from './ledger.ts';
import { groups, title } from './summary.ts';

type Compared = Outcome & Required<Pick<Outcome, 'neighbors' | 'operating' | 'embedding'>>;

const S = 1; // the class whose sensitivity is traded

const compared = (outcomes: readonly Outcome[]): Compared[][] =>
  groups(outcomes.filter((o): o is Compared => o.embedding !== undefined)) as Compared[][];

/** Perceptron and nearest neighbours on the same embeddings, and what the embeddings are like: means over the seeds. */
export function formatEmbeddings(outcomes: readonly Outcome[]): string {
  const rows = compared(outcomes).map((own) => [
    `${title(own[0])}, ${own[0].part}`,
    String(own.length),
    ...[
      ({ records }: Compared) => addConfusion(Object.values(records)),
      ({ neighbors }: Compared) => neighbors,
    ].flatMap((matrix) => [
      spread(own.map((o) => classificationScores(matrix(o)).macro.f1)),
      spread(own.map((o) => classificationScores(matrix(o)).perClass[S].f1)),
    ]),
    spread(own.map(({ embedding }) => embedding.violations)),
    mean(own.map(({ embedding }) => embedding.meanPositive)).toFixed(3),
    mean(own.map(({ embedding }) => embedding.meanNegative)).toFixed(3),
    lastMargin(own),
  ]);
  const head = ['', 'seeds', 'macro F1', 'S F1', '9-NN: macro F1', 'S F1', 'violations', 'd_ap', 'd_an', 'margin'];
  return [
    'mean ± standard deviation over seeds, %; the last three: mean squared distances, and the last margin',
    ...align([head, ...rows]),
  ].join('\n');
}

/** How far what iterations may be chosen by ranks runs as the perceptron on them does: Spearman's rank correlation. */
export function formatRanking(outcomes: readonly Outcome[]): string {
  const runs = compared(outcomes).flat();
  if (runs.length < 2) return '';
  const f1 = (matrix: number[][]): number => classificationScores(matrix).macro.f1;
  const judged = runs.map(({ records }) => f1(addConfusion(Object.values(records))));
  const by = {
    'macro F1 of 9 nearest neighbours': runs.map(({ neighbors }) => f1(neighbors)),
    'fraction of triplets that respect 0.2': runs.map(({ embedding }) => 1 - embedding.violations),
  };
  return [
    `rank correlation with the perceptron's macro F1 over ${runs.length} runs`,
    ...align(
      Object.entries(by).map(([name, values]) => {
        const r = rankCorrelation(values, judged);
        return [name, Number.isNaN(r) ? '-' : r.toFixed(2)];
      }),
    ),
  ].join('\n');
}

/** Spearman's: the correlation of the places in ascending order, equal values sharing theirs; NaN where all are equal. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map(places);
  const centre = (a.length - 1) / 2;
  const product = (u: number[], v: number[]): number =>
    u.reduce((sum, p, i) => sum + (p - centre) * (v[i] - centre), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function places(values: readonly number[]): number[] {
  return values.map((v) => {
    const below = values.filter((w) => w < v).length;
    const same = values.filter((w) => w === v).length;
    return below + (same - 1) / 2;
  });
}

/** What the prior trades: S at each of several, means over the seeds. */
export function formatCurves(outcomes: readonly Outcome[]): string {
  return compared(outcomes)
    .map((own) => {
      const rows = own[0].operating.map(({ adjustment }, i) => {
        const scores = own.map(({ operating }) => classificationScores(operating[i].matrix));
        const of = (statistic: (s: ClassificationScores) => number): string => percent(mean(scores.map(statistic)));
        return [
          adjustment.toFixed(3),
          of((s) => s.perClass[S].sensitivity),
          of((s) => s.perClass[S].precision),
          of((s) => s.perClass[S].f1),
          of((s) => s.perClass[2].sensitivity),
          of((s) => s.perClass[2].f1),
          of((s) => s.macro.f1),
          of((s) => s.accuracy),
        ];
      });
      const head = ['adjustment', 'S sen', 'S pre', 'S F1', 'V sen', 'V F1', 'macro F1', 'accuracy'];
      return [`${title(own[0])}, ${own[0].part}: mean of ${own.length} seeds, %`, ...align([head, ...rows])].join('\n');
    })
    .join('\n\n');
}

const mean = (values: readonly number[]): number => meanAndDeviation(values).mean;

function spread(values: readonly number[]): string {
  const { mean, deviation } = meanAndDeviation(values);
  return deviation === null ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`;
}

function lastMargin(own: readonly Outcome[]): string {
  const last = own.flatMap(({ margins }) => margins.slice(-1));
  return last.length > 0 ? mean(last).toFixed(2) : '-';
}
