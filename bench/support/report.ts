import { cpus } from 'node:os';
import { backend } from 'dynaecg';
import { kernels } from 'dynaecg/kernels';
import { writeFileAtomic } from 'dynaecg/node';
import type { Run } from './baseline.ts';
import { formatChanges } from './compare.ts';
import type { Clock } from './options.ts';
import { formatTiming, type Timing, timingOf } from './timing.ts';

export const OURS = 'dynaecg';

/** Prints each result as it comes and keeps it for the file. */
export class Report {
  readonly run: Run;
  /** SVG that `save` writes next to the run */
  picture: string | null = null;

  constructor(clock: Clock) {
    const { name, relaxed, native } = backend();
    this.run = {
      engine: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
      cpu: cpus()[0].model,
      cores: cpus().length,
      clock,
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

  /** Keeps and prints the times of one piece of work, in milliseconds. */
  timing(work: string, by: string, times: readonly number[], flops?: number): Timing {
    return this.show(this.keep(work, by, times, flops), by.padEnd(28));
  }

  /** Keeps them alone. */
  keep(work: string, by: string, times: readonly number[], flops?: number): Timing {
    const seconds = times.map((t) => t / 1000);
    const timing = timingOf(work, by, seconds, flops);
    this.run.timings.push(timing);
    return timing;
  }

  /** Keeps a timing and prints it behind a label. */
  add(timing: Timing, label: string): Timing {
    this.run.timings.push(timing);
    return this.show(timing, label);
  }

  private show(timing: Timing, label: string): Timing {
    this.print(`  ${label} ${formatTiming(timing)}`);
    return timing;
  }

  /** Ours over the peer's. */
  ratio(ours: Timing, peer: Timing): void {
    const value = ours.minimum / peer.minimum;
    this.run.ratios.push({ work: ours.work, peer: peer.by, value });
    const times = value < 1 ? `, ${(1 / value).toFixed(1)} times as fast` : '';
    const medians = (ours.median / peer.median).toPrecision(3);
    this.print(`    ${ours.by} / ${peer.by}: ${value.toPrecision(3)}${times}; ${medians} by the medians`);
  }

  /** Each time next to the one of the same name in a saved run. */
  compare(then: Run): void {
    this.print();
    for (const line of formatChanges(this.run, then)) this.print(line);
  }

  save(path: string): void {
    writeFileAtomic(path, `${JSON.stringify(this.run, null, 1)}\n`);
    if (this.picture !== null) writeFileAtomic(path.replace(/(\.json)?$/, '.svg'), this.picture);
  }
}
