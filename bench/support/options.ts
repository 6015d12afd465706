import { setBackend } from 'dynaecg';
import { relaxedModule } from 'dynaecg/relaxed';

export const BACKENDS = ['js', 'wasm', 'relaxed'] as const;
/** A backend, or `relaxed`: wasm with fused multiply-adds. */
export type BackendChoice = (typeof BACKENDS)[number];

export function chooseBackend(choice: BackendChoice): void {
  if (choice === 'relaxed') setBackend('wasm', { module: relaxedModule() });
  else setBackend(choice);
}

export const CLOCKS = ['wall', 'cpu'] as const;
/** What runs are timed by: the time of day, or the processor's time, which does not pass while others have the processor. */
export type Clock = (typeof CLOCKS)[number];

/** What the command line leaves to a suite. */
export interface SuiteOptions {
  /** which work is done, by its name */
  filter: RegExp;
  /** the one that was asked for, if any */
  backend: BackendChoice | null;
  /** how long each workload of micro is timed on each backend, in seconds */
  time: number;
  /** what micro times by */
  clock: Clock;
}
