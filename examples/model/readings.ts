import { DataError } from 'dynaecg';
import { COMPARED_CLASSES } from 'dynaecg/ecg';
import * as v from 'valibot';
import { JsonLines } from '../shared/jsonLines.ts';
import { oneOf, whole } from '../shared/schema.ts';
import { JUDGED_SETS, type SetName } from './sets.ts';

const of = {
  /** the model's configuration, the records that it was trained on, its seed */
  model: v.string(),
  set: oneOf(...(Object.keys(JUDGED_SETS) as SetName[])),
};
const started = v.object({ ...of, reading: v.string() });
const SIZE = COMPARED_CLASSES.length;
const row = v.pipe(v.array(whole(0)), v.length(SIZE));
const counts = v.pipe(v.array(row), v.length(SIZE));
const matrices = v.object({
  /** with beats that are unlike the training beats as Q */
  labels: counts,
  /** with every beat in its most probable class */
  nearest: counts,
});
const finished = v.object({
  ...of,
  /** beats where the file's own annotations are, and where `detectQrs` finds them */
  marks: matrices,
  detected: matrices,
});

/** What a model made of a set: matrices as `compareBeats` counts them. */
export type Judged = v.InferOutput<typeof finished>;

const nsv = v.pipe(v.array(v.pipe(v.array(whole(0)), v.length(3))), v.length(3));
const adapted = v.object({
  ...of,
  ways: v.array(
    v.object({
      name: v.string(),
      /** by record: beats that were labelled, and the matrix of N, S and V afterwards */
      records: v.record(v.string(), v.object({ labelled: whole(0), matrix: nsv })),
    }),
  ),
});

/** What a model made of a set after it was adapted to each record, in several ways. */
export type Adapted = v.InferOutput<typeof adapted>;

const line = v.lazy((given): v.GenericSchema<unknown, Started | Judged | Adapted> => {
  if (v.is(v.object({ reading: v.unknown() }), given)) return started;
  return v.is(v.object({ ways: v.unknown() }), given) ? adapted : finished;
});
type Started = v.InferOutput<typeof started>;

/** What sets were read for which model, and what came of it. */
export class JudgedReadings {
  readonly #file: JsonLines<typeof line>;

  constructor(path: string) {
    this.#file = new JsonLines(path, 'readings', line);
  }

  get results(): Judged[] {
    return this.#file.read().filter((one): one is Judged => 'marks' in one);
  }

  get adapted(): Adapted[] {
    return this.#file.read().filter((one): one is Adapted => 'ways' in one);
  }

  /**
   * Notes that a set is about to be read; again if a reading before was interrupted, as nobody has seen what came of it.
   *
   * @throws DataError if the model has been judged by this test set
   */
  begin(model: string, set: SetName): void {
    const judged = this.results.some((one) => one.model === model && one.set === set);
    if (judged && JUDGED_SETS[set].test)
      throw new DataError(
        `${model}: expected to read ${set} once, got it read before; its figures are in the readings`,
      );
    this.#file.append({ model, set, reading: new Date().toISOString() });
  }

  /**
   * The same, but also after an interrupted reading there is no second: the first ones were printed and not kept.
   *
   * @throws DataError if the model has been begun to be judged by this test set
   */
  beginOnce(model: string, set: SetName): void {
    if (JUDGED_SETS[set].test && this.#file.read().some((one) => one.model === model && one.set === set))
      throw new DataError(`${model}: expected to read ${set} once, got it read before`);
    this.begin(model, set);
  }

  end(judged: Judged | Adapted): void {
    this.#file.append(judged);
  }
}
