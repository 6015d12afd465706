import {
  bootstrapInterval,
  type ConfusionMatrix,
  classificationScores,
  type Interval,
  Random,
  scoreIntervals,
} from 'dynaecg';
import { Ledger } from '../../examples/study/ledger.ts';
import { sumOf } from '../../src/eval/intervals/resamples.ts';
import type { Report } from '../support/report.ts';

const RUNS = 500; // of each: a coverage of 95 % is seen with a deviation of 1 %
const DRAWS = 500;
const PATIENTS = [6, 22, 46];
const BEATS = 55; // of a class of a patient, the median
const LEDGER = 'examples/study/ledger.jsonl';

/** Scores, or their intervals. */
interface Of<T> {
  accuracy: T;
  macro: { f1: T };
  perClass: readonly { sensitivity: T; f1: T }[];
}

/** Patients to draw from, and a score of theirs. */
interface Population {
  name: string;
  draw: (random: Random) => ConfusionMatrix;
  score: <T>(scores: Of<T>) => T;
  truth: number;
}

const METHODS = {
  percentile: { method: 'percentile', expand: false },
  BCa: { method: 'bca', expand: false },
  'percentile, expanded': { method: 'percentile', expand: true },
  'BCa, expanded': { method: 'bca', expand: true },
} as const;

/** How often intervals with a level of 95 % hold the true score, by the number of patients and by method. */
export function benchCoverage(report: Report): void {
  const row = (name: string, cells: readonly string[]): void =>
    report.print([name.padEnd(46), ...cells.map((s) => s.padStart(21))].join(''));
  report.print(
    `\n% of ${RUNS} samples of patients whose 95 % interval holds the true score, and the interval's mean width in %`,
  );
  row('', ['patients', ...Object.keys(METHODS), 'scoreIntervals']);
  for (const population of [madeUp(0.3), madeUp(1.2), ...fromLedger('inter-triplet')])
    for (const n of PATIENTS) {
      const cells = coverage(population, n).map(({ held, width }) => `${percent(held)} (${percent(width)})`);
      row(population.name, [String(n), ...cells]);
    }
}

const percent = (x: number): string => (100 * x).toFixed(1);

function coverage({ draw, score, truth }: Population, n: number): { held: number; width: number }[] {
  const sums = [...Object.keys(METHODS), ''].map(() => ({ held: 0, width: 0 }));
  const random = new Random(`coverage ${n}`);
  for (let run = 0; run < RUNS; run++) {
    const patients = Array.from({ length: n }, () => draw(random));
    const intervals: Interval[] = [
      ...Object.values(METHODS).map((method) =>
        bootstrapInterval(patients, score, { random: new Random(run), draws: DRAWS, ...method }),
      ),
      score(scoreIntervals(patients)),
    ];
    for (const [i, { low, high }] of intervals.entries()) {
      sums[i].held += Number(low - 1e-12 <= truth && truth <= high + 1e-12) / RUNS;
      sums[i].width += (high - low) / RUNS;
    }
  }
  return sums;
}

/**
 * The sensitivity to beats of patients, each with a probability of their own, sigmoid(2 + z), and a number of their own, whose
 * logarithm has the deviation `spread`: that of MIT-BIH's S and V beats is above 1.
 */
function madeUp(spread: number): Population {
  const probability = (random: Random): number => 1 / (1 + Math.exp(-random.normal(2, 1)));
  const many = new Random('population');
  const N = 400_000;
  let truth = 0;
  for (let i = 0; i < N; i++) truth += probability(many) / N;
  return {
    name: `made up, ${spread > 1 ? 'unequal' : 'similar'} numbers of beats: ${percent(truth)}`,
    draw: (random) => {
      const beats = Math.max(1, Math.round(BEATS * Math.exp(random.normal(0, spread))));
      const p = probability(random);
      let found = 0;
      for (let i = 0; i < beats; i++) if (random.uniform() < p) found++;
      return [
        [found, beats - found],
        [0, 0],
      ];
    },
    score: (s) => s.perClass[0].sensitivity,
    truth,
  };
}

/** The test records of a configuration of the example as the population that patients are drawn from. */
function fromLedger(name: string): Population[] {
  const found = new Ledger(LEDGER).outcomes.find((o) => o.name === name && o.part === 'test');
  const records: ConfusionMatrix[] = Object.values(found?.records ?? {});
  const all = classificationScores(sumOf(records, new Int32Array(records.length).fill(1)));
  const scores: Record<string, Population['score']> = {
    accuracy: (s) => s.accuracy,
    'macro F1': (s) => s.macro.f1,
    'S F1': (s) => s.perClass[1].f1,
    'V F1': (s) => s.perClass[2].f1,
  };
  return Object.entries(scores).map(([what, score]) => ({
    name: `${name}, ${what}: ${percent(score(all))}`,
    draw: (random) => records[random.integer(records.length)],
    score,
    truth: score(all),
  }));
}
