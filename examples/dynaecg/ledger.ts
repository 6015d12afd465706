import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from 'dynaecg';

/** Which run a line of the ledger is about. */
export interface RunId {
  /** the configuration's name and fingerprint */
  name: string;
  settings: string;
  seed: string;
  part: 'validation' | 'test';
}

/** Written before the test half is looked at. */
export interface Reading extends RunId {
  reading: string;
}

/** What a run came to. */
export interface Outcome extends RunId {
  protocol: 'intra' | 'inter';
  classes: readonly string[];
  /** a confusion matrix for each record; their sum is the whole */
  records: Record<string, number[][]>;
  /** the margin after each iteration of triplet training */
  margins: number[];
  minutes: number;
}

type Line = Reading | Outcome;

/** JSON lines that are only ever added to: every reading of the test half, and what every run came to. */
export class Ledger {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws DataError for a line that is no JSON */
  #lines(): Line[] {
    if (!existsSync(this.path)) return [];
    const texts = readFileSync(this.path, 'utf8').split('\n');
    return texts.flatMap((text, i) => {
      if (text === '') return [];
      try {
        return [JSON.parse(text) as Line];
      } catch {
        throw new DataError(`ledger: expected JSON in line ${i + 1} of ${this.path}, got ${text.slice(0, 40)}`);
      }
    });
  }

  get outcomes(): Outcome[] {
    return this.#lines().filter((line): line is Outcome => 'records' in line);
  }

  get readings(): Reading[] {
    return this.#lines().filter((line): line is Reading => 'reading' in line);
  }

  /** What a run with these settings, seed and part came to; undefined where there was none. */
  outcome({ settings, seed, part }: RunId): Outcome | undefined {
    return this.outcomes.find((o) => o.settings === settings && o.seed === seed && o.part === part);
  }

  /**
   * @throws DataError where the test half must not be looked at: it was, with these settings and this seed, or by a
   * configuration of this name with other settings
   */
  checkReading({ name, settings, seed }: RunId): void {
    for (const r of this.readings) {
      if (r.settings === settings && r.seed === seed)
        throw new DataError(
          `experiment ${name}: expected to read the test half once, got it read with seed ${seed} at ${r.reading}`,
        );
      if (r.name === name && r.settings !== settings)
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

  add(outcome: Outcome): void {
    this.#append(outcome);
  }

  #append(line: Line): void {
    mkdirSync(dirname(this.path), { recursive: true });
    appendFileSync(this.path, `${JSON.stringify(line)}\n`); // one write, so that two runs' lines stay whole
  }
}
