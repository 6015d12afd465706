import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from 'dynaecg';
import { makeFolder } from 'dynaecg/node';
import type { Comparison } from '../report/metrics.ts';
import { checkWritable } from '../shared/folder.ts';
import { currentFingerprint } from './fingerprint.ts';

/** Which run a line of the ledger is about. */
export interface RunId {
  /** the configuration's name and fingerprint */
  name: string;
  settings: string;
  seed: string;
  part: 'validation' | 'test';
  /** what the beats are of, where it is not all of MIT-BIH */
  source?: string;
}

/** Written before the test half is looked at. */
export interface Reading extends RunId {
  reading: string;
}

/** What a run came to; runs before comparisons were made have none. */
export interface Outcome extends RunId, Partial<Comparison> {
  protocol: 'intra' | 'inter';
  classes: readonly string[];
  /** a confusion matrix for each record; their sum is the whole */
  records: Record<string, number[][]>;
  /** the margin at the end of each iteration of triplet training */
  margins: number[];
  minutes: number;
}

type Line = Reading | Outcome;

function same(a: RunId, b: RunId): boolean {
  return a.settings === b.settings && a.seed === b.seed && a.source === b.source;
}

/** JSON lines that are only ever added to: every reading of the test half, and what every run came to. */
export class Ledger {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * What the file holds, with the fingerprints of today.
   *
   * @throws DataError for a file that cannot be read, and for a line that is no JSON
   */
  #lines(): Line[] {
    if (!existsSync(this.path)) return [];
    const texts = this.#attempt('read', () => readFileSync(this.path, 'utf8')).split('\n');
    return texts.flatMap((text, i) => {
      if (text === '') return [];
      try {
        const line = JSON.parse(text) as Line;
        return [{ ...line, settings: currentFingerprint(line.settings) }];
      } catch {
        throw new DataError(`ledger: expected JSON in line ${i + 1} of ${this.path}, got ${text.slice(0, 40)}`);
      }
    });
  }

  /** One for each run, the first where two processes made the same one. */
  get outcomes(): Outcome[] {
    const all = this.#lines().filter((line): line is Outcome => 'records' in line);
    return all.filter((o, i) => all.findIndex((other) => same(o, other) && o.part === other.part) === i);
  }

  get readings(): Reading[] {
    return this.#lines().filter((line): line is Reading => 'reading' in line);
  }

  /** What a run with these settings, seed and part came to; undefined where there was none. */
  outcome(id: RunId): Outcome | undefined {
    return this.outcomes.find((o) => same(o, id) && o.part === id.part);
  }

  /**
   * @throws DataError where the test half must not be looked at: it was, with these settings and this seed, or by a
   * configuration of this name with other settings
   */
  checkReading(id: RunId): void {
    const { name, settings, seed, source } = id;
    for (const r of this.readings) {
      if (same(r, id))
        throw new DataError(
          `experiment ${name}: expected to read the test half once, got it read with seed ${seed} at ${r.reading}`,
        );
      if (r.name === name && r.settings !== settings && r.source === source)
        throw new DataError(
          `experiment ${name}: expected the settings that were reported, ${r.settings}, got ${settings}; ` +
            'give other settings a name of their own',
        );
    }
  }

  /** Notes that the test half is about to be looked at, if it may be. */
  read(id: RunId): void {
    this.checkReading(id);
    this.#append({ reading: new Date().toISOString(), ...id });
  }

  /** @throws DataError where nothing could be added: asked for before hours are spent on it */
  checkWritable(): void {
    if (!existsSync(this.path)) checkWritable('--ledger', dirname(this.path));
    else this.#attempt('written', () => closeSync(openSync(this.path, 'a')));
  }

  add(outcome: Outcome): void {
    this.#append(outcome);
  }

  #append(line: Line): void {
    makeFolder(dirname(this.path));
    appendFileSync(this.path, `${JSON.stringify(line)}\n`); // one write, so that two runs' lines stay whole
  }

  #attempt<T>(what: 'read' | 'written', action: () => T): T {
    try {
      return action();
    } catch (error) {
      const [why] = (error as Error).message.split(', ');
      throw new DataError(`--ledger: expected a file that can be ${what}, got ${this.path}: ${why}`, { cause: error });
    }
  }
}
