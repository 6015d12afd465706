// npm run queue: recordings annotated by any number of workers, from a queue in Redis. docs/queue.md says how it goes on to a cluster.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DataError } from 'dynaecg';
import { runProgram } from '../shared/exit.ts';
import { Program } from '../shared/program.ts';
import { secondsOption, wholeOption } from '../shared/values.ts';
import type { DemoOptions, DemoResult } from './demo.ts';
import type { Failure } from './watch.ts';

/** What needs BullMQ, which is a package of this folder. */
async function parts() {
  if (!existsSync(new URL('node_modules/bullmq', import.meta.url)))
    throw new DataError('queue: expected BullMQ, got none: npm ci --prefix examples/queue');
  const files = await Promise.all([import('./add.ts'), import('./work.ts'), import('./watch.ts'), import('./demo.ts')]);
  const [{ add }, { work }, { watch }, { demo }] = files;
  return { add, work, watch, demo };
}

const REDIS = ['--redis <URL>', 'of Redis, or the path of its socket'] as const;
const OUT = ['--out <DIR>', 'the results, a file each'] as const;
const lockOption = () =>
  secondsOption(
    '--lock <SECONDS>',
    'after which a recording of a silent worker goes to another; 60 by default',
  ).default(60);

/** Progress on standard error, in place. */
const progress = (left: number, failed: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${left} left, ${failed} failed   ${left === 0 ? '\n' : ''}`);
};

function printFailures(failures: readonly Failure[]): void {
  for (const { path, reason } of failures) console.log(`failed: ${path}: ${reason}`);
}

const program = new Program('queue').description(
  'Annotates recordings by any number of workers, from a queue in Redis.',
);
program
  .command('add')
  .description('Adds the recordings whose paths are on standard input, a line each, and have no result.')
  .requiredOption(...REDIS)
  .requiredOption(...OUT)
  .action(async ({ redis, out }: { redis: string; out: string }) =>
    console.log(`${await (await parts()).add(redis, createInterface({ input: process.stdin }), out)} added`),
  );
program
  .command('work')
  .description('Annotates recordings until it receives SIGTERM: run one for each core, on any number of machines.')
  .requiredOption(...REDIS)
  .requiredOption(...OUT)
  .addOption(lockOption())
  .action(async ({ redis, out, lock }: { redis: string; out: string; lock: number }) =>
    (await parts()).work(redis, out, lock),
  );
program
  .command('watch')
  .description('Waits until nothing is left, and prints what failed.')
  .requiredOption(...REDIS)
  .action(async ({ redis }: { redis: string }) => {
    const failures = await (await parts()).watch(redis, progress);
    printFailures(failures);
    if (failures.length > 0) process.exitCode = 1;
  });
program
  .command('demo')
  .description('All of it on this machine, with a Redis of its own, synthetic recordings and two broken ones.')
  .addOption(wholeOption('--recordings <N>', 'synthetic recordings', 1).default(60))
  .addOption(wholeOption('--seconds <S>', 'of each', 10).default(300))
  .addOption(wholeOption('--workers <N>', 'processes', 1).default(2))
  .addOption(secondsOption('--lock <SECONDS>', 'as of work; short, so that a killed worker is noticed soon').default(5))
  .option('--kill', 'kill -9 the first worker in the middle', false)
  .option('--json', 'print all that came of it as JSON', false)
  .action(async ({ json, ...options }: DemoOptions & { json: boolean }) => {
    const result = await (await parts()).demo(options, progress);
    if (json) console.log(JSON.stringify(result));
    else printResult(options, result);
  });

function printResult({ recordings, seconds, workers }: DemoOptions, result: DemoResult): void {
  const { elapsed, results, written, again, killed, failures } = result;
  const rate = recordings / elapsed;
  const hours = (rate * seconds) / 3600;
  console.log(`${recordings} recordings of ${seconds} s, workers: ${workers}, ${elapsed.toFixed(1)} s`);
  console.log(`${rate.toFixed(2)} recordings a second, ${hours.toFixed(2)} hours of signal a second`);
  if (killed !== null) console.log(`killed a worker that had ${killed}; started again: ${again.join(', ') || 'none'}`);
  const twice = Object.values(written).filter((n) => n > 1).length;
  console.log(`${Object.keys(results).length} results, ${twice} written twice, ${failures.length} failed`);
  printFailures(failures);
}

await runProgram(program);
