import { checkFields, checkKind } from '../../core/check.ts';
import { DataError, ShapeError } from '../../core/errors.ts';
import { addConfusion, type ConfusionMatrix, checkCounts, checkMatrices } from '../../eval/confusion.ts';
import { AAMI_CLASSES } from '../classes.ts';

/** Classes in a comparison: AAMI's classes, then O for no beat and X for none during a shutdown. */
export const COMPARED_CLASSES = [...AAMI_CLASSES, 'O', 'X'] as const;

/** One of `COMPARED_CLASSES`. */
export type ComparedClass = (typeof COMPARED_CLASSES)[number];

/** A fraction of beats. */
export interface Share {
  count: number;
  of: number;
  /** count / of, from 0 to 1; null for 0/0 */
  value: number | null;
}

/** How well one kind of beat was distinguished from all others. */
export interface KindStatistics {
  /** TP / (TP + FN) */
  sensitivity: Share;
  /** TP / (TP + FP) */
  positivePredictivity: Share;
}

/** The statistics of EC57. */
export interface BeatStatistics {
  /** Beats of any class: whether they were detected. */
  qrs: KindStatistics;
  /** Ventricular ectopic beats; the false positive rate is FP / (FP + TN). */
  veb: KindStatistics & { falsePositiveRate: Share };
  /** Supraventricular ectopic beats. */
  sveb: KindStatistics & { falsePositiveRate: Share };
}

/** Beats counted by class, and statistics of the counts. */
export interface BeatTally {
  /** Rows by reference, columns by test, both in the order of `COMPARED_CLASSES`; O and X never coincide. */
  matrix: ConfusionMatrix;
  statistics: BeatStatistics;
}

const BEATS = 'NSVFQ';
const NO_BEAT = 'OX';

/**
 * The statistics of EC57 from counts of beats, with row and column as in `Vs`, a V that the test labels S:
 *
 * - QRS: TP = beats with a partner, FN = columns o and x, FP = rows O and X
 * - VEB: TP = Vv, FN = the rest of row V, FP = Nv + Sv + Ov + Xv, TN = columns n s f q of all rows but V
 * - SVEB: TP = Ss, FN = the rest of row S, FP = Ns + Vs + Fs + Os + Xs, TN = columns n v f q of all rows but S
 *
 * A fusion beat or a Q labelled as V counts neither for nor against, and neither does a Q labelled as S. bxb prints no
 * false positive rate of SVEB; this one is defined like that of VEB.
 *
 * @param matrix (7,7) of `compareBeats`
 * @throws ShapeError for another size
 * @see ANSI/AAMI EC57:1998; print_results in bxb.c of the WFDB software package, physionet.org.
 */
export function beatStatistics(matrix: ConfusionMatrix): BeatStatistics {
  return statisticsOf('beatStatistics', matrix);
}

function statisticsOf(op: string, matrix: ConfusionMatrix): BeatStatistics {
  const size = COMPARED_CLASSES.length;
  checkCounts(op, matrix);
  if (matrix.length !== size || matrix.some((row) => row.length !== size))
    throw new ShapeError(
      `${op}: expected a matrix of ${size} x ${size}, got rows of ${matrix.map((row) => row.length).join(', ') || 'none'}`,
    );
  const cells = (rows: string, columns: string): number => {
    let sum = 0;
    for (const r of rows)
      for (const c of columns)
        sum += matrix[COMPARED_CLASSES.indexOf(r as ComparedClass)][COMPARED_CLASSES.indexOf(c as ComparedClass)];
    return sum;
  };
  const kind = (truePositives: number, falseNegatives: number, falsePositives: number): KindStatistics => ({
    sensitivity: share(truePositives, truePositives + falseNegatives),
    positivePredictivity: share(truePositives, truePositives + falsePositives),
  });
  const falseV = cells('NSOX', 'V');
  const falseS = cells('NVFOX', 'S');
  return {
    qrs: kind(cells(BEATS, BEATS), cells(BEATS, NO_BEAT), cells(NO_BEAT, BEATS)),
    veb: {
      ...kind(cells('V', 'V'), cells('V', 'NSFQOX'), falseV),
      falsePositiveRate: share(falseV, falseV + cells('NSFQOX', 'NSFQ')),
    },
    sveb: {
      ...kind(cells('S', 'S'), cells('S', 'NVFQOX'), falseS),
      falsePositiveRate: share(falseS, falseS + cells('NVFQOX', 'NVFQ')),
    },
  };
}

function share(count: number, of: number): Share {
  return { count, of, value: of > 0 ? count / of : null };
}

/**
 * The beats of several comparisons combined: EC57's gross statistics, in which every beat has the same weight.
 *
 * @throws DataError if there is none
 */
export function grossTally(tallies: readonly Pick<BeatTally, 'matrix'>[]): BeatTally {
  checkKind('grossTally', 'tallies', tallies, 'array');
  if (tallies.length === 0) throw new DataError('grossTally: expected at least one tally, got none');
  for (const [i, tally] of tallies.entries()) checkFields('grossTally', `tallies[${i}]`, tally, { matrix: 'array' });
  checkMatrices(
    'grossTally',
    tallies.map((tally) => tally.matrix),
  );
  const matrix = addConfusion(tallies.map((tally) => tally.matrix));
  return { matrix, statistics: statisticsOf('grossTally', matrix) };
}

const WIDTH = 4; // digits of a column in bxb's output, wider if a count needs more

/** The matrix in bxb's layout, and a line for each of the statistics, in per cent; 0/0 is `-`. */
export function formatComparison(tally: BeatTally): string {
  checkFields('formatComparison', 'tally', tally, { matrix: 'array', statistics: 'object' });
  const { matrix, statistics } = tally;
  statisticsOf('formatComparison', matrix); // throws unless it is (7,7)
  for (const kind of ['qrs', 'veb', 'sveb'])
    checkFields('formatComparison', 'tally.statistics', statistics, { [kind]: 'object' });
  const width = Math.max(WIDTH, ...matrix.flat().map((n) => String(n).length));
  const cell = (text: string | number): string => ` ${String(text).padStart(width)}`;
  const heading = `    ${COMPARED_CLASSES.map((name) => cell(name.toLowerCase())).join('')}`;
  const rows = COMPARED_CLASSES.map((name, r) => {
    const cells = NO_BEAT.includes(name) ? matrix[r].slice(0, BEATS.length) : matrix[r];
    return ` ${name} |${cells.map(cell).join('')}`;
  });
  const { qrs, veb, sveb } = statistics;
  const lines: [name: string, share: Share, digits: number][] = [
    ['QRS sensitivity', qrs.sensitivity, 2],
    ['QRS positive predictivity', qrs.positivePredictivity, 2],
    ['VEB sensitivity', veb.sensitivity, 2],
    ['VEB positive predictivity', veb.positivePredictivity, 2],
    ['VEB false positive rate', veb.falsePositiveRate, 3],
    ['SVEB sensitivity', sveb.sensitivity, 2],
    ['SVEB positive predictivity', sveb.positivePredictivity, 2],
    ['SVEB false positive rate', sveb.falsePositiveRate, 3],
  ];
  const longest = Math.max(...lines.map(([name]) => name.length));
  return [
    `   ${'test'.padStart((heading.length - 3 + 'test'.length) / 2)}`,
    heading,
    `   ${'_'.repeat(heading.length - 3)}`,
    ...rows,
    '',
    ...lines.map(([name, value, digits]) => `${name.padStart(longest)}: ${percent(value, digits)}`),
  ].join('\n');
}

function percent({ count, of, value }: Share, digits: number): string {
  const text = value === null ? '     -  ' : `${((100 * count) / of).toFixed(digits).padStart(6)}%`;
  return `${text} (${count}/${of})`;
}
