import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend, l2Normalize, Random, Tensor, type TsneResult, trustworthiness, tsne } from 'dynaecg';
import { useThreads } from 'dynaecg/node';
import { findNeighbors } from '../../src/eval/neighbors/findNeighbors.ts';
import { jointAffinities } from '../../src/eval/tsne/affinities.ts';
import { TsneGradient } from '../../src/eval/tsne/gradient.ts';
import { chooseBackend, type SuiteOptions } from '../support/options.ts';
import { type PeerRun, runSklearnTsne } from '../support/peers.ts';
import { OURS, type Report } from '../support/report.ts';

const SIZES = [2000, 10000];
const COLUMNS = 64;
const PERPLEXITY = 30; // the default of both, and 3 times that + 1 neighbours

/** t-SNE next to scikit-learn's, of the same points with the same options: divergence, trustworthiness, time. */
export async function benchTsne(report: Report, { filter }: SuiteOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  try {
    for (const N of SIZES) {
      const work = `t-SNE of ${N} x ${COLUMNS}, 1000 iterations`;
      if (!filter.test(work)) continue;
      const x = embeddings(N);
      const input = join(folder, 'points.f32');
      writeFileSync(input, x.data as Float32Array);
      await compare(report, work, x, runSklearnTsne(input, N, COLUMNS));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(report: Report, work: string, x: Tensor, peer: PeerRun | string): Promise<void> {
  const [N] = x.shape;
  report.print(`\n${work}`);
  const { layout, klDivergence, time } = finish(x);
  const threads = availableParallelism();
  const { relaxed, name } = backend();
  await useThreads(threads, { relaxed });
  const shared = finish(x);
  chooseBackend(relaxed ? 'relaxed' : name);
  if (shared.layout.data.some((v, i) => v !== layout.data[i]))
    throw new Error(`${work}: expected the same bits with ${threads} threads as with one`);
  const exact = divergenceOf(x);
  const print = (by: string, own: Tensor, kl: number): void =>
    report.print(
      `  ${by.padEnd(28)} divergence ${kl.toFixed(4)}, exactly ${exact(own).toFixed(4)}, trustworthiness ${trustworthiness(x, own).toFixed(4)}`,
    );
  print(OURS, layout, klDivergence);
  const own = report.timing(work, OURS, [time]);
  report.ratio(report.timing(work, `${OURS}, ${threads} threads`, [shared.time]), own);
  if (typeof peer === 'string') return report.print(`  ${peer}`);
  const theirs = new Tensor(Float64Array.from(peer.outputs), [N, 2]);
  print(peer.peer, theirs, peer.losses[0]);
  const [a, b] = [exact(layout), exact(theirs)];
  if (!(a <= 1.05 * b)) throw new Error(`${work}: expected a divergence of at most 1.05 times ${b}, got ${a}`);
  report.ratio(own, report.timing(work, peer.peer, peer.times));
}

/** The layout, and milliseconds. */
function finish(x: Tensor): TsneResult & { time: number } {
  const start = performance.now();
  const steps = tsne(x, { random: new Random(1) });
  let next = steps.next();
  while (!next.done) next = steps.next();
  return { ...next.value, time: performance.now() - start };
}

/** The divergence of a layout over all pairs: what both print of their own is approximate in Z. */
function divergenceOf(x: Tensor): (layout: Tensor) => number {
  const kl = new TsneGradient(jointAffinities(findNeighbors('bench', x, 3 * PERPLEXITY + 1), PERPLEXITY));
  return (layout) => {
    const y = Float64Array.from(layout.data);
    return kl.divergence(y, kl.evaluate(new Float64Array(y.length), y, 0));
  };
}

/**
 * Points of unit length in clusters, as embeddings of heartbeats are: some broad ones that most belong to, many small;
 * each with a few directions of its own along which it is drawn out, and a little noise in all.
 */
function embeddings(N: number): Tensor {
  const random = new Random('embeddings');
  const vector = (deviation: number): number[] => Array.from({ length: COLUMNS }, () => random.normal(0, deviation));
  const clusters = Array.from({ length: 16 }, (_, c) => ({
    share: 1 / (c + 1), // the first holds three tenths, the last two hundredths
    center: vector(1 / Math.sqrt(COLUMNS)),
    directions: Array.from({ length: 5 }, (_, d) => vector((c < 4 ? 0.06 : 0.02) / (d + 1))),
  }));
  const total = clusters.reduce((sum, { share }) => sum + share, 0);
  const data = new Float32Array(N * COLUMNS);
  for (let i = 0; i < N; i++) {
    let left = random.uniform(0, total);
    let c = 0;
    while (c < clusters.length - 1 && left >= clusters[c].share) left -= clusters[c++].share;
    const { center, directions } = clusters[c];
    const along = directions.map(() => random.normal());
    for (let d = 0; d < COLUMNS; d++)
      data[i * COLUMNS + d] =
        center[d] + directions.reduce((sum, v, k) => sum + along[k] * v[d], 0) + random.normal(0, 0.01);
  }
  return l2Normalize(new Tensor(data, [N, COLUMNS]));
}
