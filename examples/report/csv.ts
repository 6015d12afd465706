import type { Layout, Metrics, PatientInterval, TableIntervals, TableScores } from './metrics.ts';
import { PAPER, PAPER_ACCURACY } from './paper.ts';
import { type JudgedPart, judgedParts, partsOf } from './parts.ts';
import { comparesWithPaper, SCORES, scoresOfRecord } from './tables.ts';

type Cell = string | number | boolean | null;
type Row = readonly Cell[];

const NEEDS_QUOTES = /[",\r\n]/;
const FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would compute instead of showing it

/** A table of RFC 4180: commas, CRLF, quotes where they are needed; what could not be computed is empty. */
export function csv(header: readonly string[], rows: readonly Row[]): string {
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return '';
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Tables of a run, whose id is the last column; runs before there were ids have none. */
function tableOf({ run: { id } }: Metrics): typeof csv {
  if (id === undefined) return csv;
  return (header, rows) =>
    csv(
      [...header, 'run'],
      rows.map((row) => [...row, id]),
    );
}

/**
 * The report's figures as CSV by file name, digit for digit as in metrics.json, where the places in t-SNE and attention's
 * signals and weights are rounded. Shares are parts of 1, the paper's as well.
 */
export function csvTables(metrics: Metrics): Record<string, string> {
  const judged = judgedParts(metrics);
  const table = tableOf(metrics);
  const of = (header: string | readonly string[], rows: (part: JudgedPart) => readonly Row[]): string =>
    table(
      ['protocol', ...(typeof header === 'string' ? header.split(' ') : header)],
      judged.flatMap((p) => rows(p).map((row) => [p.protocol, ...row])),
    );
  return {
    'table1.csv': of(
      'class beats sensitivity precision f1 accuracy paperSensitivity paperPrecision paperF1 paperAccuracy',
      (part) => table1(part, comparesWithPaper(metrics, part)),
    ),
    'confusion.csv': of('true predicted beats rowShare', ({ classes, judged: { confusion } }) =>
      confusion.flatMap((row, k) =>
        row.map((n, j) => [classes[k], classes[j], n, n / row.reduce((sum, m) => sum + m, 0)]),
      ),
    ),
    'records.csv': of(
      [...['record', 'class', 'beats'], ...metrics.classes.map((c) => `predicted${c}`), ...SCORES.map(([key]) => key)],
      records,
    ),
    'rhythms.csv': of('record class hours count annotated predicted', rhythms),
    'intervals.csv': of('class score value low high patients', intervals),
    'history.csv': history(metrics),
    'precision-recall.csv': of(
      'class averagePrecision recall precision threshold',
      ({ classes, judged: { precisionRecall } }) =>
        precisionRecall.flatMap(({ averagePrecision, points }, k) =>
          points.map((p) => [classes[k], averagePrecision, p.recall, p.precision, p.threshold]),
        ),
    ),
    'training-layout.csv': of(PLACES, ({ classes, judged: { trainingLayout } }) =>
      trainingLayout ? places(trainingLayout, classes) : [],
    ),
    'layout.csv': of(PLACES, ({ classes, judged: { layout } }) => places(layout, classes)),
    'attention.csv': of('example kind record sample annotated predicted probability series position value', attention),
    'reliability.csv': of('of low high beats probability frequency', reliability),
    'risk-coverage.csv': of('coverage risk threshold', ({ judged: { calibration } }) =>
      (calibration?.riskCoverage ?? []).map((p) => [p.coverage, p.risk, p.threshold]),
    ),
    'undecided.csv': of('threshold true predicted beats', ({ classes, judged: { calibration } }) =>
      (calibration?.undecided ?? []).flatMap(({ threshold, matrix }) =>
        matrix.flatMap((row, k) => row.map((n, j) => [threshold, classes[k], classes[j], n])),
      ),
    ),
    'mistakes.csv': of('record sample annotated predicted probability', ({ classes, judged: { mistakes } }) =>
      (mistakes?.examples ?? []).map((e) => [
        e.record,
        e.sample,
        classes[e.label],
        classes[e.predicted],
        e.probability,
      ]),
    ),
    'novelty.csv': of('class beats shareAbove rocArea limit clusters', novelty),
  };
}

const scoresOf = (scores: TableScores): number[] => SCORES.map(([key]) => scores[key]);

function table1({ classes, metrics, judged }: JudgedPart, compared: boolean): Row[] {
  const paper = (name: string): Cell[] => (compared ? PAPER[name].map(part) : [null, null, null]);
  return [
    ...judged.perClass.map((s, k) => [classes[k], s.support, ...scoresOf(s), null, ...paper(classes[k]), null]),
    [
      'overall',
      metrics.test,
      ...scoresOf(judged.macro),
      judged.accuracy,
      ...paper('overall'),
      compared ? part(PAPER_ACCURACY) : null,
    ],
  ];
}

/** A percentage as it is printed, as a part of 1: the point is moved, so that no digit changes. */
const part = (percentage: string): string => {
  const [whole, fraction = ''] = percentage.split('.');
  const digits = whole.padStart(3, '0') + fraction;
  return String(Number(`${digits.slice(0, -2 - fraction.length)}.${digits.slice(-2 - fraction.length)}`));
};

function records({ classes, judged }: JudgedPart): Row[] {
  return Object.entries(judged.records).flatMap(([name, matrix]) =>
    scoresOfRecord(matrix).map((scores, k) => [name, classes[k], scores.support, ...matrix[k], ...scoresOf(scores)]),
  );
}

function rhythms({ judged: { rhythms = {} } }: JudgedPart): Row[] {
  return Object.entries(rhythms).flatMap(([name, { hours, annotated, predicted }]) =>
    (['V', 'S'] as const).flatMap((c) =>
      (['beats', 'couplets', 'runs'] as const).map((of) => [name, c, hours, of, annotated[c][of], predicted[c][of]]),
    ),
  );
}

const endsOf = ({ low, high, groups }: PatientInterval): Cell[] => [low, high, groups ?? null];

function intervals({ classes, judged }: JudgedPart): Row[] {
  const rows = (name: string, scores: TableScores, ends: TableIntervals): Row[] =>
    SCORES.map(([key]) => [name, key, scores[key], ...endsOf(ends[key])]);
  const { accuracy, macro, perClass } = judged.intervals;
  return [
    ...perClass.flatMap((ends, k) => rows(classes[k], judged.perClass[k], ends)),
    ...rows('overall', judged.macro, macro),
    ['overall', 'accuracy', judged.accuracy, ...endsOf(accuracy)],
  ];
}

const HISTORY =
  'margin loss triplets pairs possible activeFraction violationRate neighborF1 accuracy validationLoss ' +
  'validationAccuracy learningRate best';

function history(metrics: Metrics): string {
  const names = HISTORY.split(' ');
  const row = (round: object): Cell[] => names.map((name) => (round as Record<string, Cell>)[name] ?? null);
  const rows = partsOf(metrics).flatMap(({ protocol, metrics: { history } }) =>
    history.flatMap(({ iterations, epochs }, network) => [
      ...iterations.map((it) => [protocol, network + 1, 'iteration', it.iteration, ...row(it)]),
      ...epochs.map((e) => [protocol, network + 1, 'epoch', e.epoch, ...row(e)]),
    ]),
  );
  return tableOf(metrics)(['protocol', 'network', 'kind', 'number', ...names], rows);
}

const PLACES = 'x y trained record sample annotated predicted';

function places(l: Layout, classes: readonly string[]): Row[] {
  return l.x.map((x, i) => [
    x,
    l.y[i],
    l.trained[i],
    l.record[i],
    l.sample[i],
    classes[l.label[i]],
    classes[l.predicted[i]],
  ]);
}

function attention({ classes, judged }: JudgedPart): Row[] {
  return judged.attention.flatMap((e, i) => {
    const beat = [i + 1, e.kind, e.record, e.sample, classes[e.label], classes[e.predicted], e.probability];
    return [
      ...e.signal.map((mv, t) => [...beat, 'signal', t - e.before, mv]),
      ...e.weights.map((w, t) => [...beat, 'weight', t, w]),
    ];
  });
}

function reliability({ classes, judged: { calibration } }: JudgedPart): Row[] {
  if (!calibration) return [];
  const { overall, perClass } = calibration.bins;
  const rows = (name: string, bins: typeof overall): Row[] =>
    bins.map((b) => [name, b.low, b.high, b.samples, b.probability, b.frequency]);
  return [...rows('overall', overall), ...perClass.flatMap((bins, k) => rows(classes[k], bins))];
}

function novelty({ judged: { novelty } }: JudgedPart): Row[] {
  const { byClass, rocArea, limit, clusters } = novelty;
  return [...new Set([...Object.keys(byClass), ...Object.keys(rocArea)])].map((name) => {
    const { beats = null, above = null } = byClass[name] ?? {};
    return [name, beats, above, rocArea[name] ?? null, limit, clusters];
  });
}
