import type Benchmark from 'benchmark';
import { backend, scope } from 'dynaecg';
import { benchmarkOn } from '../support/clock.ts';
import { type BackendChoice, chooseBackend, type SuiteOptions } from '../support/options.ts';
import type { Report } from '../support/report.ts';
import { timingOf } from '../support/timing.ts';
import { time as runFor } from '../support/workloads.ts';
import { CONVOLUTION } from './micro/convolution.ts';
import { DISTANCES } from './micro/distances.ts';
import { ELEMENTWISE } from './micro/elementwise.ts';
import { GEMM } from './micro/gemm.ts';
import { LSTM } from './micro/lstm.ts';
import { MINERS } from './micro/miners.ts';
import { verify } from './micro/verify.ts';
import type { Elements, Workload } from './micro/workload.ts';

const SUBJECTS: Record<string, readonly Workload[]> = {
  gemm: GEMM,
  convolution: CONVOLUTION,
  lstm: LSTM,
  distances: DISTANCES,
  miners: MINERS,
  elementwise: ELEMENTWISE,
};
const BOTH: readonly BackendChoice[] = ['js', 'wasm'];
const LABEL = 58; // columns of a workload's name
const WARM_UP = 0.3; // seconds at most

/** Single ops on each backend: verified against plain loops or the other backend, then timed by Benchmark.js. */
export function benchMicro(report: Report, options: SuiteOptions): void {
  const { filter, backend: only } = options;
  const before = backend();
  try {
    for (const [subject, all] of Object.entries(SUBJECTS)) {
      const workloads = all
        .map((workload) => ({ ...workload, name: `${subject}: ${workload.name}` }))
        .filter(({ name }) => filter.test(name));
      if (workloads.length === 0) continue;
      verifyAll(workloads, new Set([...BOTH, ...(only ? [only] : [])]));
      for (const choice of only ? [only] : BOTH) timeAll(report, subject, workloads, choice, options);
    }
  } finally {
    chooseBackend(before.relaxed ? 'relaxed' : before.name);
  }
}

function verifyAll(workloads: readonly Workload[], choices: Iterable<BackendChoice>): void {
  let first: (readonly Elements[])[] | null = null;
  for (const choice of choices) {
    chooseBackend(choice);
    const given = scope(() =>
      workloads.map(({ name, make }) => {
        const { run, expected } = make();
        const outputs = run();
        if (expected) verify(`${name}, ${choice}`, outputs, expected());
        return outputs;
      }),
    );
    for (const [i, outputs] of (first ?? []).entries()) verify(`${workloads[i].name}, ${choice}`, given[i], outputs);
    first ??= given;
  }
}

function timeAll(
  report: Report,
  subject: string,
  workloads: readonly Workload[],
  choice: BackendChoice,
  { time, clock }: SuiteOptions,
): void {
  chooseBackend(choice);
  report.print(`\n${subject}, ${choice}, each for ${time} s${clock === 'cpu' ? ', processor time' : ''}`);
  const prepare = (): (() => void)[] => workloads.map(({ make }) => releasing(make().run));
  // Compiles what will be timed, and grows the memory of scopes, which happens as the outermost of them closes.
  scope(() => {
    for (const once of prepare()) runFor(once, 1, 1000 * Math.min(time, WARM_UP));
  });
  scope(() => {
    const suite = new (benchmarkOn(clock).Suite)(subject);
    for (const [i, once] of prepare().entries()) suite.add(workloads[i].name, once, { maxTime: time });
    suite.on('cycle', ({ target }: Benchmark.Event) => {
      const { name, error, stats } = target as Benchmark.Target & Benchmark;
      if (error) throw error;
      const { flops } = workloads.find((workload) => workload.name === name) as Workload;
      const timing = timingOf(name as string, choice, stats.sample, flops);
      report.add({ ...timing, margin: stats.rme }, (name as string).padEnd(LABEL));
    });
    suite.run({ async: false });
  });
}

/** The same work in a scope of its own, which releases the results: no run leaves anything to the next. */
function releasing(run: () => unknown): () => void {
  return () => {
    scope(() => {
      run();
    });
  };
}
