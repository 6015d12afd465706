import { addConfusion, classificationScores, meanAndDeviation, type Scores, scoreIntervals } from 'dynaecg';
import { byPatient } from '../dynaecg/evaluate.ts';
import { align, percent } from '../shared/text.ts';
import type { Outcome } from './ledger.ts';
import { PART_NAMES, type Part } from './parts.ts';

/** Has half of all S beats of MIT-BIH and three quarters of DS2's: figures of S are given without it as well. */
const S_RECORD = '232';
const isSRecord = (name: string): boolean => name.split('/').at(-1) === S_RECORD; // of several folders, in its own
const MANY = 10; // beats of a class for a record's own figure to say anything

/** Scores, or their intervals. */
interface Of<T> {
  accuracy: T;
  macro: Record<keyof Scores, T>;
  perClass: readonly Record<keyof Scores, T>[];
}

type Statistic = <T>(scores: Of<T>) => T;

/** What tables show of the scores, or of their intervals. */
export const STATISTICS: Record<string, Statistic> = {
  accuracy: (s) => s.accuracy,
  'macro F1': (s) => s.macro.f1,
  'N F1': (s) => s.perClass[0].f1,
  'S sen': (s) => s.perClass[1].sensitivity,
  'S F1': (s) => s.perClass[1].f1,
  'V sen': (s) => s.perClass[2].sensitivity,
  'V F1': (s) => s.perClass[2].f1,
};

/** Tables of configurations: mean and standard deviation over the seeds, intervals over patients, means over patients. */
export function formatSummary(outcomes: readonly Outcome[]): string {
  return PART_NAMES.map((part) => [part, groups(outcomes.filter((o) => o.part === part))] as const)
    .filter(([, runs]) => runs.length > 0)
    .map(([part, runs]) =>
      [
        `${part}: mean ± standard deviation over seeds, %`,
        ...align([
          ['', 'seeds', 'min', ...Object.keys(STATISTICS), `S sen but ${S_RECORD}`, `S F1 but ${S_RECORD}`],
          ...runs.map((own) => [
            title(own[0]),
            String(own.length),
            meanAndDeviation(own.map(({ minutes }) => minutes)).mean.toFixed(1),
            ...Object.values(STATISTICS).map((statistic) => overSeeds(own, statistic)),
            ...['S sen', 'S F1'].map((name) =>
              own.some(({ records }) => Object.keys(records).some(isSRecord))
                ? overSeeds(own, STATISTICS[name], isSRecord)
                : '-',
            ),
          ]),
        ]),
        '',
        `${part}: 95 % intervals over patients, all seeds together; in brackets the patients who have what the score is of`,
        ...align([['', ...Object.keys(STATISTICS)], ...runs.map((own) => [title(own[0]), ...overPatients(own)])]),
        '',
        `${part}: mean over patients, %: the F1 of each patient alone, all seeds together, then the mean of those ` +
          'patients who have beats of the class, whose number is next to it',
        ...align([
          ['', ...runs[0][0].classes.flatMap((name) => [`${name} F1`, 'patients'])],
          ...runs.map((own) => [title(own[0]), ...own[0].classes.flatMap((_, k) => patientMean(own, k))]),
        ]),
        ...precisionTable(part, runs),
      ].join('\n'),
    )
    .join('\n\n');
}

/** The confusion of each record, summed over seeds, and its sensitivities and F1. */
export function formatRecords(outcomes: readonly Outcome[]): string {
  return groups(outcomes)
    .map((own) => {
      const { classes, part } = own[0];
      const names = [...new Set(own.flatMap(({ records }) => Object.keys(records)))].sort();
      const rows = names.map((name) => {
        const matrices = own.flatMap(({ records }) => (name in records ? [records[name]] : []));
        const matrix = addConfusion(matrices);
        const { perClass } = classificationScores(matrix);
        return [
          name,
          ...perClass.flatMap(({ support, sensitivity, precision, f1 }) =>
            support > 0
              ? [String(Math.round(support / matrices.length)), percent(sensitivity), percent(precision), percent(f1)]
              : ['-', '-', '-', '-'],
          ),
        ];
      });
      return [
        `${title(own[0])}, ${part}: ${own.length} seeds together; beats as in one of them`,
        ...align([['record', ...classes.flatMap((c) => [c, 'Sen', 'Pre', 'F1'])], ...rows]),
      ].join('\n');
    })
    .join('\n\n');
}

/** The runs of each configuration and part, one for each seed. */
export function groups(outcomes: readonly Outcome[]): Outcome[][] {
  const found = new Map<string, Outcome[]>();
  for (const o of outcomes) {
    const key = `${o.name} ${o.settings} ${o.part} ${o.source ?? ''}`;
    found.set(key, [...(found.get(key) ?? []), o]);
  }
  return [...found.values()];
}

export const title = ({ name, protocol, source }: Outcome): string =>
  `${name} (${[protocol, source].filter(Boolean).join(', ')})`;

function overSeeds(
  own: readonly Outcome[],
  statistic: Statistic,
  without: (name: string) => boolean = () => false,
): string {
  const values = own.map(({ records }) => {
    const matrices = Object.entries(records).filter(([name]) => !without(name));
    return statistic(classificationScores(addConfusion(matrices.map(([, m]) => m))));
  });
  return deviationText(values);
}

function deviationText(values: readonly number[]): string {
  const { mean, deviation } = meanAndDeviation(values);
  return deviation === null ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`;
}

function overPatients(own: readonly Outcome[]): string[] {
  const patients = byPatient(own.map(({ records }) => records));
  const intervals = scoreIntervals(patients, { repeats: own.length });
  return Object.values(STATISTICS).map((statistic) => {
    const { low, high, groups } = statistic(intervals);
    return `${percent(low)} to ${percent(high)} (${groups})`;
  });
}

/** Average precision of those runs that have it, and the mean over the records with some beats of a class. */
function precisionTable(part: Part, runs: readonly Outcome[][]): string[] {
  const own = runs.map((seeds) => seeds.filter((o) => o.averagePrecision)).filter((seeds) => seeds.length > 0);
  if (own.length === 0) return [];
  const { classes } = own[0][0];
  const head = classes.flatMap((name) => [`${name} AP`, 'by record', 'F1 by record', 'records']);
  return [
    '',
    `${part}: average precision, mean ± standard deviation over seeds, %; by record: the mean over the records with at ` +
      `least ${MANY} beats of the class, and of their F1`,
    ...align([
      ['', ...head],
      ...own.map((seeds) => [title(seeds[0]), ...classes.flatMap((_, k) => precision(seeds, k))]),
    ]),
  ];
}

function precision(own: readonly Outcome[], k: number): string[] {
  const many = Object.entries(own[0].records)
    .filter(([, matrix]) => matrix[k].reduce((a, b) => a + b, 0) >= MANY)
    .map(([name]) => name)
    .filter((name) => own.every((o) => o.averagePrecision!.records[name][k] !== null)); // not of that class alone
  const over = (f: (o: Outcome) => number): string => deviationText(own.map(f));
  const mean = (values: readonly number[]): number => meanAndDeviation(values).mean;
  const by = (f: (o: Outcome, name: string) => number): string =>
    many.length > 0 ? over((o) => mean(many.map((name) => f(o, name)))) : '-';
  return [
    over((o) => o.averagePrecision!.all[k] ?? Number.NaN),
    by((o, name) => o.averagePrecision!.records[name][k]!),
    by((o, name) => classificationScores(o.records[name]).perClass[k].f1),
    String(many.length),
  ];
}

/** The mean over patients of each one's F1 of a class, a patient with few beats counting as much as one with many. */
function patientMean(own: readonly Outcome[], k: number): [mean: string, patients: string] {
  const scores = byPatient(own.map(({ records }) => records)).map((m) => classificationScores(m).perClass[k]);
  const values = scores.filter(({ support }) => support > 0).map(({ f1 }) => f1);
  return [values.length > 0 ? percent(meanAndDeviation(values).mean) : '-', String(values.length)];
}
