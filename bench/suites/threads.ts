import { availableParallelism, loadavg } from 'node:os';
import { backend } from 'dynaecg';
import { useThreads } from 'dynaecg/node';
import { chooseBackend, type SuiteOptions } from '../support/options.ts';
import { type PeerRun, runPeer } from '../support/peers.ts';
import type { Report } from '../support/report.ts';
import type { Timing } from '../support/timing.ts';
import { BATCH, inference, time, training } from '../support/workloads.ts';

const STEP = 'training step';
const TURNS = 4; // of each number of threads, so that what else the machine does befalls all
const EMBEDDED = 256;

/** What a training step, next to PyTorch's, and embedding take with each number of threads, once all have given the same bits. */
export async function benchThreads(report: Report, { filter }: SuiteOptions): Promise<void> {
  const before = backend();
  const most = Math.max(2, availableParallelism());
  const numbers = Array.from({ length: most }, (_, i) => i + 1);
  const [trained, { embed }] = [training(), inference(EMBEDDED)];
  const works = [
    { work: STEP, run: () => trained.step(), bits: () => threeSteps(training()), repeats: 10 },
    { work: `embed ${EMBEDDED} beats`, run: embed, bits: () => [...embed().data], repeats: 6 },
  ].filter(({ work }) => filter.test(work));
  const expected: number[][] = [];
  const times = works.map(() => numbers.map((): number[] => []));
  const torch = numbers.map((): (PeerRun | string)[] => []);
  const processor = works.map(() => numbers.map(() => 0));
  report.print(`\nload of the machine ${loadavg()[0].toFixed(1)}, of ${availableParallelism()} cores`);
  try {
    for (let turn = 0; turn < TURNS; turn++)
      for (const [t, n] of numbers.entries()) {
        await useThreads(n, { relaxed: before.relaxed });
        for (const [w, { work, run, bits, repeats }] of works.entries()) {
          if (turn === 0) {
            const found = bits();
            expected[w] ??= found;
            if (found.some((v, i) => !Object.is(v, expected[w][i])))
              throw new Error(`${work}: expected the same bits with ${n} threads as with one`);
          }
          time(run, 0, 300);
          const { user, system } = process.cpuUsage();
          times[w][t].push(...time(run, repeats, 0));
          const spent = process.cpuUsage();
          processor[w][t] += (spent.user + spent.system - user - system) / 1000 / repeats / TURNS;
        }
        if (works.some(({ work }) => work === STEP)) {
          await useThreads(1); // others would look for work meanwhile
          torch[t].push(runPeer('torch', BATCH, n));
        }
      }
  } finally {
    chooseBackend(before.relaxed ? 'relaxed' : before.name);
  }
  for (const [w, { work }] of works.entries()) {
    report.print(`\n${work}`);
    const timings = numbers.map((n, t) => report.timing(work, threads(n), times[w][t]));
    for (const [t, n] of numbers.entries()) {
      report.print(`    ${threads(n)}: processor time ${processor[w][t].toFixed(1)} ms`);
      if (t > 0) report.ratio(timings[t], timings[0]);
    }
    if (work === STEP) compareWithTorch(report, timings, torch);
  }
  report.print(`\nload of the machine ${loadavg()[0].toFixed(1)}`);
}

/** Each of ours over PyTorch with the number of threads that serves it best. */
function compareWithTorch(report: Report, ours: readonly Timing[], torch: readonly (PeerRun | string)[][]): void {
  const theirs = torch.flatMap((runs) => {
    const ran = runs.filter((run) => typeof run !== 'string');
    if (ran.length === 0) return [];
    const times = ran.flatMap((run) => run.times);
    return report.timing(STEP, ran[0].peer, times);
  });
  if (theirs.length === 0) report.print(`  ${torch[0][0]}`);
  else {
    const best = theirs.reduce((a, b) => (b.minimum < a.minimum ? b : a));
    for (const timing of ours) report.ratio(timing, best);
  }
}

const threads = (n: number): string => `${n} ${n === 1 ? 'thread' : 'threads'}`;
const threeSteps = ({ step }: { step: () => number }): number[] => [step(), step(), step()];
