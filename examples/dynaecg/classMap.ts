import { readFileSync } from 'node:fs';
import { DataError } from 'dynaecg';
import { AAMI_LABELS, type ClassMap, classLookup, type EcgRecord, isBeat, mnemonicOf } from 'dynaecg/ecg';
import * as v from 'valibot';
import { NO_CLASS } from '../report/fields.ts';
import { dictionary, parseJson, take } from '../shared/schema.ts';

/** What a network is to learn: the labels of each class, in the order of its outputs. The first class is the usual one. */
export interface Task {
  classes: ClassMap;
  /** labels of beats of no class, by what they are called in a report */
  untaught: ClassMap;
}

const { F, Q, ...TAUGHT } = AAMI_LABELS;

/** AAMI's classes N, S and V. */
export const AAMI: Task = { classes: TAUGHT, untaught: { F, Q } };

const CODES = 50; // of annotations
const BEATS = Array.from({ length: CODES }, (_, code) => mnemonicOf(code)).filter(isBeat);

/** The task of these classes; AAMI's for null. */
export function taskOf(classes: ClassMap | null): Task {
  if (classes === null) return AAMI;
  const taught = Object.values(classes).flat();
  const others = BEATS.filter((label) => !taught.includes(label));
  return { classes, untaught: others.length > 0 ? { [NO_CLASS]: others } : {} };
}

/** Names that a report has for something else, or that an object in JSON cannot have. */
const RESERVED = [NO_CLASS, 'overall', 'accuracy', 'mean', 'beats', 'constructor', 'prototype'];
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.+/()-]{0,23}$/u;

const schema = dictionary(v.array(v.string()));

/**
 * Reads a class map: JSON with the labels of each class.
 *
 * @throws DataError for anything else, fewer than two classes, a name that no report could show, an unknown label, and one in two
 * classes
 */
export function readClassMap(file: string): ClassMap {
  const op = `--classes ${file}`;
  let given: unknown;
  try {
    given = parseJson(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DataError(`${op}: expected JSON, got ${(error as Error).message}`, { cause: error });
  }
  const classes = take(schema, given, ({ text }) => new DataError(`${op}: expected labels of each class, got ${text}`));
  const names = Object.keys(classes);
  if (names.length < 2) throw new DataError(`${op}: expected at least two classes, got ${names.join() || 'none'}`);
  const wrong = names.find((name) => !NAME.test(name) || RESERVED.includes(name));
  if (wrong !== undefined)
    throw new DataError(
      `${op}: expected names of at most 24 letters, digits and spaces, other than ${RESERVED.slice(0, 5).join(', ')}, got ${JSON.stringify(wrong)}`,
    );
  try {
    classLookup(classes);
  } catch (error) {
    throw new DataError((error as Error).message.replace(/^classLookup/, op), { cause: error });
  }
  return classes;
}

/** Annotated beats of each class, and of those that are not taught. */
export function countAnnotated(records: readonly EcgRecord[], { classes, untaught }: Task): Record<string, number> {
  const all = { ...classes, ...untaught };
  const counts = Object.fromEntries(Object.keys(all).map((name) => [name, 0]));
  const classOf = classLookup(all);
  for (const { annotations } of records)
    for (const { label } of annotations) {
      const name = classOf(label);
      if (name !== undefined) counts[name]++;
    }
  return counts;
}
