import {
  l2Normalize,
  nearestNeighbors,
  noGrad,
  pairwiseSquaredEuclidean,
  Random,
  recallAtK,
  retrievalScores,
  scope,
  slice,
  Tensor,
} from 'dynaecg';
import type { SuiteOptions } from '../support/options.ts';
import { OURS, type Report } from '../support/report.ts';

const [N, D] = [10_000, 64];
const REPEATS = 3;

/** Searches of 10,000 embeddings among themselves, checked against one row of distances at a time, then timed. */
export function benchRetrieval(report: Report, { filter }: SuiteOptions): void {
  const random = new Random('retrieval');
  const x = l2Normalize(
    new Tensor(
      Float32Array.from({ length: N * D }, () => random.normal()),
      [N, D],
    ),
  );
  const labels = Array.from({ length: N }, () => random.integer(100));

  const recall = `recall@10 of ${N} x ${D}`;
  if (filter.test(recall)) compareRecall(report, recall, x, labels);

  for (const k of [1, 10, 100]) {
    const work = `${k} nearest neighbours of ${N} x ${D}`;
    if (!filter.test(work)) continue;
    report.print(`\n${work}`);
    const [{ index }, searches] = repeated(() => nearestNeighbors({ embeddings: x, labels }, k));
    for (let i = 0; i < N; i += 500) {
      const expected = sorted(distancesFrom(x, i), i).slice(0, k);
      if (`${index.subarray(i * k, (i + 1) * k)}` !== `${expected}`)
        throw new Error(`${work}: expected ${expected} of ${i}, got ${index.subarray(i * k, (i + 1) * k)}`);
    }
    report.timing(work, OURS, searches);
  }

  for (const classes of [100, 3]) {
    const work = `all scores of ${N} x ${D}, ${classes} classes`;
    if (!filter.test(work)) continue;
    report.print(`\n${work}`);
    const own = labels.map((label) => label % classes);
    const [scores, all] = repeated(() => retrievalScores(x, own));
    if (scores.precisionAt1 !== recallAtK(x, own, 1))
      throw new Error(`${work}: expected ${recallAtK(x, own, 1)}, got ${scores.precisionAt1}`);
    report.timing(work, OURS, all);
  }
}

function compareRecall(report: Report, work: string, x: Tensor, labels: readonly number[]): void {
  report.print(`\n${work}`);
  const [byRow, rowTime] = timed(() => recallByRow(x, labels, 10));
  const [ours, times] = repeated(() => recallAtK(x, labels, 10));
  if (ours !== byRow) throw new Error(`${work}: expected ${byRow}, got ${ours}`);
  report.ratio(report.timing(work, OURS, times), report.timing(work, 'a row of distances at a time', [rowTime]));
}

function timed<T>(run: () => T): [result: T, milliseconds: number] {
  const start = performance.now();
  const result = run();
  return [result, performance.now() - start];
}

function repeated<T>(run: () => T): [result: T, milliseconds: number[]] {
  run(); // compiled, and the memory grown
  const runs = Array.from({ length: REPEATS }, () => timed(run));
  return [runs[0][0], runs.map(([, time]) => time)];
}

function distancesFrom(x: Tensor, i: number): Float32Array {
  return noGrad(() => scope(() => pairwiseSquaredEuclidean(slice(x, 0, i, i + 1), x))).data as Float32Array;
}

/** Positions of all others, nearest first. */
function sorted(d: Float32Array, self: number): number[] {
  const others = Array.from(d.keys()).filter((j) => j !== self);
  return others.sort((a, b) => d[a] - d[b] || a - b);
}

/** Recall@k as it was: for each sample how many others are nearer than the nearest of its label. */
function recallByRow(x: Tensor, labels: readonly number[], k: number): number {
  let hits = 0;
  for (let i = 0; i < N; i++) {
    const d = distancesFrom(x, i);
    let match = -1;
    for (let j = 0; j < N; j++) if (j !== i && labels[j] === labels[i] && (match < 0 || d[j] < d[match])) match = j;
    let nearer = 0;
    for (let j = 0; j < N; j++) if (j !== i && (d[j] < d[match] || (d[j] === d[match] && j < match))) nearer++;
    if (nearer < k) hits++;
  }
  return hits / N;
}
