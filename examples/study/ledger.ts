import { DataError } from 'dynaecg';
import { CLASSES } from 'dynaecg/ecg';
import * as v from 'valibot';
import { fieldsOf, names, number } from '../report/fields.ts';
import { schemasOf } from '../report/metrics.ts';
import { JsonLines } from '../shared/jsonLines.ts';
import { dictionary, oneOf } from '../shared/schema.ts';
import { currentFingerprint } from './fingerprint.ts';
import { PART_NAMES, type Part } from './parts.ts';
import { precisions } from './precision.ts';

const { counts } = fieldsOf(CLASSES.length);
const { comparison } = schemasOf(CLASSES.length);

const run = {
  /** the configuration's name and fingerprint */
  name: v.string(),
  settings: v.string(),
  seed: v.string(),
  part: oneOf(...PART_NAMES),
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
  /** runs before it was asked for have none */
  averagePrecision: v.optional(precisions),
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
  return a.settings === b.settings && a.seed === b.seed && a.source === b.source && a.part === b.part;
}

/** A part as messages have it. */
const called = (part: Part): string => (part === 'test' ? 'the test half' : `part ${part}`);

/** JSON lines that are only ever added to: every reading of a part that is read once, and what every run came to. */
export class Ledger {
  readonly path: string;
  readonly #file: JsonLines<typeof line>;

  constructor(path: string) {
    this.path = path;
    this.#file = new JsonLines(path, 'ledger', line);
  }

  /** What the file holds, with the fingerprints of today. */
  #lines(): Line[] {
    return this.#file.read().map((own) => ({ ...own, settings: currentFingerprint(own.settings) }));
  }

  /** One for each run, the first where two processes made the same one. */
  get outcomes(): Outcome[] {
    const all = this.#lines().filter((line): line is Outcome => 'records' in line);
    return all.filter((o, i) => all.findIndex((other) => same(o, other)) === i);
  }

  get readings(): Reading[] {
    return this.#lines().filter((line): line is Reading => 'reading' in line);
  }

  /** What a run with these settings, seed and part came to; undefined where there was none. */
  outcome(id: RunId): Outcome | undefined {
    return this.outcomes.find((o) => same(o, id));
  }

  /**
   * @throws DataError where the part must not be looked at: it was, with these settings and this seed, or by a
   * configuration of this name with other settings
   */
  checkReading(id: RunId): void {
    const { name, settings, seed, source, part } = id;
    for (const r of this.readings) {
      if (same(r, id))
        throw new DataError(
          `experiment ${name}: expected to read ${called(part)} once, got it read with seed ${seed} at ${r.reading}`,
        );
      if (r.name === name && r.settings !== settings && r.source === source && r.part === part)
        throw new DataError(
          `experiment ${name}: expected the settings that were reported, ${r.settings}, got ${settings}; ` +
            'give other settings a name of their own',
        );
    }
  }

  /** Notes that a part is about to be looked at, if it may be. */
  read(id: RunId): void {
    this.checkReading(id);
    this.#file.append({ reading: new Date().toISOString(), ...id });
  }

  /** Whether the part was read with these settings and this seed. */
  wasRead(id: RunId): boolean {
    return this.readings.some((r) => same(r, id));
  }

  /** @throws DataError where nothing could be added: asked for before hours are spent on it */
  checkWritable(): void {
    this.#file.checkWritable();
  }

  add(outcome: Outcome): void {
    this.#file.append(outcome);
  }
}
