import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { DataError } from 'dynaecg';
import { makeFolder } from 'dynaecg/node';
import * as v from 'valibot';
import { counts, names, number } from '../report/fields.ts';
import { comparison } from '../report/metrics.ts';
import { checkWritable } from '../shared/folder.ts';
import { whileLocked } from '../shared/lock.ts';
import { dictionary, oneOf, parseJson, take } from '../shared/schema.ts';
import { currentFingerprint } from './fingerprint.ts';

const run = {
  /** the configuration's name and fingerprint */
  name: v.string(),
  settings: v.string(),
  seed: v.string(),
  part: oneOf('validation', 'test'),
  /** what the beats are of, where it is not all of MIT-BIH */
  source: v.optional(v.string()),
};
const reading = v.object({ ...run, reading: v.string() });
const outcome = v.object({
  ...run,
  ...v.partial(comparison).entries,
  protocol: oneOf('intra', 'inter'),
  classes: names,
  /** a confusion matrix for each record; their sum is the whole */
  records: dictionary(counts),
  /** the margin at the end of each iteration of triplet training */
  margins: v.array(number),
  minutes: number,
});

/** Which run a line of the ledger is about. */
export type RunId = Omit<Reading, 'reading'>;

/** Written before the test half is looked at. */
export type Reading = v.InferOutput<typeof reading>;

/** What a run came to; runs before comparisons were made have none. */
export type Outcome = v.InferOutput<typeof outcome>;

type Line = Reading | Outcome;
const line = v.lazy(
  (given): v.GenericSchema<unknown, Line> => (v.is(v.object({ reading: v.unknown() }), given) ? reading : outcome),
);

function same(a: RunId, b: RunId): boolean {
  return a.settings === b.settings && a.seed === b.seed && a.source === b.source;
}

const NEWLINE = 0x0a;

/** What a file of JSON lines ends with if the last line was never finished. */
function tornTail(text: string): string {
  const tail = text.slice(text.lastIndexOf('\n') + 1);
  try {
    if (tail !== '') JSON.parse(tail);
    return '';
  } catch {
    return tail;
  }
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
   * @throws DataError for a file that cannot be read, and for a line that is no JSON or not as runs write it
   */
  #lines(): Line[] {
    if (!existsSync(this.path)) return [];
    const whole = this.#attempt('read', () => readFileSync(this.path, 'utf8'));
    const texts = whole.slice(0, whole.length - tornTail(whole).length).split('\n');
    return texts.flatMap((text, i) => {
      if (text === '') return [];
      const mismatch = (what: string, got: string): DataError =>
        new DataError(`ledger: expected ${what} in line ${i + 1} of ${this.path}, got ${got}`);
      let json: unknown;
      try {
        json = parseJson(text);
      } catch {
        throw mismatch('JSON', text.slice(0, 40));
      }
      const own = take(line, json, ({ path, expected, got }) => mismatch(`${path} ${expected}`.trim(), got));
      return [{ ...own, settings: currentFingerprint(own.settings) }];
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

  /** Whether the test half was read with these settings and this seed. */
  wasRead(id: RunId): boolean {
    return this.readings.some((r) => same(r, id));
  }

  /** @throws DataError where nothing could be added: asked for before hours are spent on it */
  checkWritable(): void {
    if (!existsSync(this.path)) checkWritable('--ledger', dirname(this.path));
    else this.#attempt('written', () => closeSync(openSync(this.path, 'a')));
  }

  add(outcome: Outcome): void {
    this.#append(outcome);
  }

  /** Adds a line where a line ended; what a process that was killed while writing left of its own is set aside. */
  #append(line: Line): void {
    const folder = dirname(this.path);
    makeFolder(folder);
    whileLocked(folder, `.${basename(this.path)}.lock`, () => {
      const before = existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0);
      const torn = tornTail(before.toString('utf8'));
      if (torn !== '') {
        appendFileSync(`${this.path}.torn`, `${torn}\n`);
        truncateSync(this.path, before.length - Buffer.byteLength(torn));
        console.error(`ledger: the last line of ${this.path} was cut short; it is in ${this.path}.torn now`);
      }
      const begin = torn === '' && before.length > 0 && before.at(-1) !== NEWLINE ? '\n' : '';
      const file = openSync(this.path, 'a');
      try {
        writeSync(file, `${begin}${JSON.stringify(line)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
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
