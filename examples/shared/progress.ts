import { drive } from 'dynaecg';

const WIDTH = 24;
const REDRAW_SECONDS = 0.1; // on a terminal
const QUIET_SECONDS = 4; // between two lines of a log

/** Minutes and seconds. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** A bar with the time left on standard error: redrawn in place on a terminal, at most a line per tenth elsewhere. */
export class Progress {
  readonly #label: string;
  readonly #quiet: boolean;
  readonly #start = performance.now();
  #tenth = 0;
  #drawn = 0;

  readonly #from: number;

  /** @param from where the work begins that is done now, from 0 to 1 */
  constructor(label: string, quiet: boolean, from = 0) {
    this.#from = from;
    this.#label = label;
    this.#quiet = quiet;
  }

  /** @param done from 0 to 1 */
  update(done: number, note = ''): void {
    if (this.#quiet) return;
    const elapsed = (performance.now() - this.#start) / 1000;
    const own = done - this.#from;
    const left = own > 0 ? ` ${duration((elapsed / own) * (1 - done))} left` : '';
    const full = Math.round(done * WIDTH);
    const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
    const line = `${this.#label.padEnd(22)} ${bar} ${String(Math.round(done * 100)).padStart(3)} %${left}  ${note}`;
    if (process.stderr.isTTY) {
      if (done < 1 && elapsed - this.#drawn < REDRAW_SECONDS) return;
      this.#drawn = elapsed;
      process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 120) - 1)}`);
    } else if (Math.floor(done * 10) > this.#tenth && elapsed - this.#drawn > QUIET_SECONDS) {
      this.#tenth = Math.floor(done * 10);
      this.#drawn = elapsed;
      process.stderr.write(`${line}\n`);
    }
  }

  /** Leaves the line as a record of what was done and how long it took. */
  finish(note: string): void {
    if (this.#quiet) return;
    const took = duration((performance.now() - this.#start) / 1000);
    process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${this.#label.padEnd(22)} ${note} (${took})\n`);
  }
}

/** Goes through steps until their end, or until the signal is aborted; returns whether it came to the end. */
export async function untilStopped<Step>(
  steps: Iterable<Step>,
  signal: AbortSignal | undefined,
  onStep: (step: Step) => void,
): Promise<boolean> {
  try {
    await drive(steps, { signal, onStep });
    return true;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return false;
    throw error;
  }
}
