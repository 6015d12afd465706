import Benchmark from 'benchmark';
import type { Clock } from './options.ts';

/** Benchmark.js on a clock. */
export function benchmarkOn(clock: Clock): typeof Benchmark {
  if (clock === 'wall') return Benchmark;
  return Benchmark.runInContext({ process: { hrtime: cpuTime } }) as typeof Benchmark;
}

/** As `process.hrtime`, of the time for which this process, with all of its threads, has had a processor. */
function cpuTime(since: Time = [0, 0]): Time {
  return elapsed(process.cpuUsage(), since);
}

type Time = readonly [seconds: number, nanoseconds: number];

/** The microseconds of a process, `since` subtracted. */
export function elapsed({ user, system }: NodeJS.CpuUsage, since: Time): Time {
  const seconds = Math.floor((user + system) / 1e6) - since[0];
  const nanoseconds = 1000 * ((user + system) % 1e6) - since[1];
  return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
}
