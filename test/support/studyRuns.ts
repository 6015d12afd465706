/** Runs of the tool of experiments. */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { syntheticRecord } from 'dynaecg/ecg';
import { saveRecord } from 'dynaecg/node';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../examples/dynaecg/configuration.ts';
import { fingerprint } from '../../examples/study/fingerprint.ts';
import type { Outcome, Reading } from '../../examples/study/ledger.ts';
import { programArgs } from './bundledPrograms.ts';
import { TINY } from './configurations.ts';
import { type Ended, ended } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the tool, and kills it as soon as `until` likes what it has told. */
export async function cli(
  args: string[],
  until?: (stderr: string) => boolean,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<Ended> {
  const child = spawn(process.execPath, [...programArgs('examples/study/main.ts'), ...args], { cwd: root });
  return ended(child, (stderr) => {
    if (until?.(stderr)) child.kill(signal);
  });
}

export const SOURCE = 'MIT-BIH, 2 of its records';

export const oneLine = ({ code, stdout, stderr }: Ended, message: RegExp): void => {
  assert.equal([code, stdout], [1, ''], stderr);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.match(stderr.trimEnd(), message);
};

export const runFolder = (config: string, seed: string): string =>
  `${fingerprint(readConfiguration(config))}-${seed}-validation-MIT-BIH-2-of-its-records`;

/** A place to work in, of which `at` gives the paths: recordings of a minute under MIT-BIH's names, settings, ledgers and runs. */
export function studyRuns(at: (...path: string[]) => string) {
  const data = at('mitdb');
  for (const name of ['100', '232'])
    saveRecord(
      data,
      syntheticRecord({ seed: 'experiment', name, duration: 60, supraventricular: 0.2, ventricular: 0.2 }),
    );

  function settings(name: string, given: object = {}): string {
    writeFileSync(at(`${name}.json`), JSON.stringify({ ...TINY, ...given }));
    return at(`${name}.json`);
  }

  /** Options of a place to work in: its ledger, and where interrupted runs are kept. */
  const place = (name: string): string[] => ['--data', data, '--out', at(name), '--ledger', at(name, 'ledger.jsonl')];

  const ledgerOf = (name: string): string[] => ['--ledger', at(name, 'ledger.jsonl')];

  const lines = (name: string): (Outcome | Reading)[] =>
    existsSync(at(name, 'ledger.jsonl'))
      ? readFileSync(at(name, 'ledger.jsonl'), 'utf8')
          .trimEnd()
          .split('\n')
          .map((text) => JSON.parse(text))
      : [];

  const outcomes = (name: string): Outcome[] => lines(name).filter((line): line is Outcome => 'records' in line);

  const checkpoints = (...folder: string[]): string[] =>
    readdirSync(at(...folder))
      .filter((file) => file.startsWith('checkpoint-'))
      .sort()
      .map((file) => at(...folder, file));

  return { data, settings, place, ledgerOf, lines, outcomes, checkpoints };
}
