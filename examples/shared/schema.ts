import * as v from 'valibot';

const DEPTH = 64; // levels: far more than any file here has, far fewer than a call stack takes

/**
 * What JSON holds, if it can be written again as it is: no number beyond float64, no nesting that a message could not show.
 *
 * @throws SyntaxError for anything else
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const check = (part: unknown, depth: number): void => {
    if (part === Number.POSITIVE_INFINITY || part === Number.NEGATIVE_INFINITY)
      throw new SyntaxError('a number beyond float64');
    if (typeof part !== 'object' || part === null) return;
    if (depth === DEPTH) throw new SyntaxError(`more than ${DEPTH} levels`);
    for (const inside of Object.values(part)) check(inside, depth + 1);
  };
  check(value, 0);
  return value;
}

/** Where a value first differs from its schema. */
export interface Mismatch {
  /** `protocols.intra.confusion[0][1]`, or nothing for the whole value */
  path: string;
  expected: string;
  got: string;
  /** all three in a sentence */
  text: string;
}

/**
 * Takes a value as its schema has it. The message of a schema, where it has one of its own, is what it expects: "a class
 * from 0 to 2".
 *
 * @throws what `fail` makes of the first mismatch
 */
export function take<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  fail: (mismatch: Mismatch) => Error,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true, message: expectation });
  if (result.success) return result.output;
  const found = mismatch(result.issues[0]);
  throw fail({ ...found, text: `${found.path || 'it'} should be ${found.expected} and is ${found.got}` });
}

const NOUNS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
};

function expectation({ type, requirement }: v.BaseIssue<unknown>): string {
  return type === 'length' ? `a list of ${requirement}` : (NOUNS[type] ?? 'an object');
}

function mismatch({ path, message, input, type, expected }: v.BaseIssue<unknown>): Omit<Mismatch, 'text'> {
  const all: readonly v.IssuePathItem[] = path ?? [];
  const parent = dotted(all.slice(0, -1));
  const [last] = all.slice(-1);
  const ofKey = last?.origin === 'key'; // a field that is missing, or one that a strict schema does not know
  // valibot takes a list for an object without fields
  if (ofKey && Array.isArray(last.input)) return { path: parent, expected: 'an object', got: shown(last.input) };
  if (expected === 'never') return { path: parent, expected: message, got: ofKey ? `${last.key}` : shown(last.input) };
  if (ofKey) return { path: dotted(all), expected: 'there', got: 'not' };
  const got = type === 'length' ? `a list of ${(input as unknown[]).length}` : shown(input);
  return { path: dotted(all), expected: message, got };
}

function dotted(path: readonly v.IssuePathItem[]): string {
  return path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

const SHOWN = 60; // characters of a value that is not what it should be

function shown(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > SHOWN ? `${json.slice(0, SHOWN)}…` : json;
}

/** A whole number. */
export const whole = (min = 0) =>
  v.message(v.pipe(v.number(), v.safeInteger(), v.minValue(min)), `a whole number >= ${min}`);

/** A number from `min` up. */
export const atLeast = (min: number) => v.message(v.pipe(v.number(), v.minValue(min)), `a number >= ${min}`);

/** A number, the limits included. */
export const between = (min: number, max: number) =>
  v.message(v.pipe(v.number(), v.minValue(min), v.maxValue(max)), `a number from ${min} to ${max}`);

export const oneOf = <const T extends string | number>(...names: readonly T[]) =>
  v.picklist(names, `one of ${names.join(', ')}`);

/** An object with anything as keys; unlike `v.record`, no list. */
export const dictionary = <S extends v.GenericSchema>(item: S) => {
  const isObject = (x: unknown): boolean => typeof x === 'object' && x !== null && !Array.isArray(x);
  return v.pipe(v.custom<Record<string, v.InferInput<S>>>(isObject, 'an object'), v.record(v.string(), item));
};
