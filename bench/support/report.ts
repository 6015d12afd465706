import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { backend, DataError, kernels } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';

/** Milliseconds of one piece of work as one library does it; with `flops`, the floating-point operations of it. */
export interface Timing {
  work: string;
  by: string;
  minimum: number;
  median: number;
  flops?: number;
}

/** How long ours takes of a peer's time, minimum against minimum, in the same run on the same machine. */
export interface Ratio {
  work: string;
  peer: string;
  value: number;
}

/** A whole run: what `--json` writes and `--compare` reads. */
export interface Run {
  engine: string;
  cpu: string;
  cores: number;
  backend: string;
  native: readonly string[];
  timings: Timing[];
  ratios: Ratio[];
  /** milliseconds of a training step by kernel */
  shares: Record<string, number>;
}

export const OURS = 'dynaecg';

/**
 * A run that `save` wrote.
 *
 * @throws DataError where there is none
 */
export function readRun(path: string): Run {
  const got = (what: string, cause?: unknown): DataError =>
    new DataError(`--compare: expected a run of the bench in ${path}, got ${what}`, { cause });
  let run: Run;
  try {
    run = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw got((error as Error).message, error);
  }
  if (!Array.isArray(run?.timings)) throw got('other JSON');
  return run;
}

/** Prints each result as it comes and keeps it for the file. */
export class Report {
  readonly run: Run;

  constructor() {
    const { name, relaxed, native } = backend();
    this.run = {
      engine: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
      cpu: cpus()[0].model,
      cores: cpus().length,
      backend: relaxed ? `${name}, relaxed SIMD` : name,
      native,
      timings: [],
      ratios: [],
      shares: {},
    };
    const plain = Object.keys(kernels('float32')).filter((k) => !native.some((n) => n === k));
    this.print(`${this.run.engine}, ${this.run.cpu}, ${this.run.cores} cores`);
    this.print(`float32 kernels: ${this.run.backend}; native: ${native.join(' ') || 'none'}`);
    this.print(`in JavaScript: ${plain.join(' ') || 'none'}`);
  }

  print(line = ''): void {
    console.log(line);
  }

  /** Keeps and prints the times of one piece of work. */
  timing(work: string, by: string, times: readonly number[], flops?: number): Timing {
    const timing = { work, by, minimum: minimum(times), median: median(times), ...(flops ? { flops } : {}) };
    this.run.timings.push(timing);
    const rate = flops ? `, ${gflops(timing).toFixed(1).padStart(5)} GFLOP/s` : '';
    this.print(`  ${by.padEnd(28)} minimum ${ms(timing.minimum)}, median ${ms(timing.median)}${rate}`);
    return timing;
  }

  /** Ours over the peer's. */
  ratio(ours: Timing, peer: Timing): void {
    const value = ours.minimum / peer.minimum;
    this.run.ratios.push({ work: ours.work, peer: peer.by, value });
    const times = value < 1 ? `, ${(1 / value).toFixed(1)} times as fast` : '';
    this.print(`    ${ours.by} / ${peer.by}: ${value.toPrecision(3)}${times}`);
  }

  /** Each timing and ratio beside the one of the same name in a saved run. */
  compare(then: Run): void {
    this.print(`\nnow / then: ${then.engine}, ${then.cpu}, ${then.backend}`);
    for (const now of this.run.timings) {
      const before = then.timings.find(({ work, by }) => work === now.work && by === now.by);
      if (!before) continue;
      const [least, middle] = [now.minimum / before.minimum, now.median / before.median];
      this.print(`  ${`${now.work}: ${now.by}`.padEnd(64)} minimum ${least.toFixed(2)}, median ${middle.toFixed(2)}`);
    }
  }

  save(path: string): void {
    writeFileAtomic(path, `${JSON.stringify(this.run, null, 1)}\n`);
  }
}

export const gflops = ({ flops = 0, minimum }: Timing): number => flops / minimum / 1e6;

function ms(value: number): string {
  return `${value.toFixed(value < 0.1 ? 4 : value < 10 ? 2 : 1).padStart(8)} ms`;
}

const minimum = (times: readonly number[]): number => Math.min(...times);

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
