import { constants } from 'node:os';

/** Signals that ask a program to stop; SIGHUP does not: a terminal that is gone is no reason to. */
const ASKING = ['SIGINT', 'SIGTERM'] as const;

/** What was asked of a program from outside. */
export interface Stop {
  /** aborted as soon as it is asked to stop */
  signal: AbortSignal;
  /** the exit code then, as shells have it: 130 for Ctrl-C, 143 for SIGTERM; 0 before */
  readonly exitCode: number;
}

/** Listens for what asks the program to stop. Whoever asks twice gets it at once. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let exitCode = 0;
  process.on('SIGHUP', () => {});
  for (const name of ASKING)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      exitCode = 128 + constants.signals[name];
      controller.abort();
    });
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
