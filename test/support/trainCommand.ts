/** Runs of the example on the command line. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import { COMMANDS } from './bundledPrograms.ts';
import { type Ended, ended } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the example, and interrupts it as soon as `interrupt` says so. */
export async function cli(
  args: string[],
  interrupt?: () => boolean,
  command = 'train',
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Ended> {
  const child = spawn(process.execPath, [COMMANDS, command, ...args], { cwd: root });
  const timer = setInterval(() => {
    if (!interrupt?.()) return;
    clearInterval(timer);
    child.kill(signal);
  }, 20);
  try {
    return await ended(child);
  } finally {
    clearInterval(timer);
  }
}

/** A folder with recordings of a minute and a half under MIT-BIH's names. */
export function records(folder: string, ...names: string[]): string {
  for (const name of names) saveRecord(folder, syntheticRecord({ seed: 'example', name, duration: 90 }));
  return folder;
}

export const SHORT = ['--iterations', '2', '--steps', '2', '--per-class', '3'];
export const TINY = ['--config', 'synthetic', ...SHORT];
