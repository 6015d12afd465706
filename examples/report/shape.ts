/** Takes a part of what JSON held, at a path such as `protocols.intra`, or throws a Misfit. */
export type Shape<T> = (value: unknown, path: string) => T;

/** Where JSON is of another shape, and what was expected there. */
export class Misfit extends Error {}

function misfit(path: string, expected: string, value: unknown): Misfit {
  const got = value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 40);
  return new Misfit(`${path || 'it'} should be ${expected} and is ${got}`);
}

/** A number; null, which is what JSON makes of NaN and infinity, is NaN. */
export const number: Shape<number> = (value, path) => {
  if (value === null) return Number.NaN;
  if (typeof value !== 'number') throw misfit(path, 'a number', value);
  return value;
};

/** A number from 0 to 1. */
export const share: Shape<number> = (value, path) => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw misfit(path, 'a number from 0 to 1', value);
};

/** The same, or NaN where it could not be computed. */
export const shareOrNaN: Shape<number> = (value, path) => (value === null ? Number.NaN : share(value, path));

export const whole: Shape<number> = (value, path) => {
  if (!Number.isInteger(value) || (value as number) < 0) throw misfit(path, 'a whole number', value);
  return value as number;
};

export const text: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw misfit(path, 'text', value);
  return value;
};

export const flag: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw misfit(path, 'true or false', value);
  return value;
};

export const oneOf =
  <const T extends string>(...names: readonly T[]): Shape<T> =>
  (value, path) => {
    if (!names.includes(value as T)) throw misfit(path, names.join(' or '), value);
    return value as T;
  };

export const list =
  <T>(item: Shape<T>, length?: number): Shape<T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw misfit(path, 'a list', value);
    if (length !== undefined && value.length !== length)
      throw new Misfit(`${path} should be a list of ${length} and has ${value.length}`);
    return value.map((v, i) => item(v, `${path}[${i}]`));
  };

/** An object with anything as keys. */
export const dictionary =
  <T>(item: Shape<T>): Shape<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(entriesOf(value, path).map(([key, v]) => [key, item(v, `${path}.${key}`)]));

/** An object with these fields; others are left out, and so are optional ones that are absent. */
export const object =
  <T extends object>(fields: { [K in keyof T]-?: Shape<T[K]> }): Shape<T> =>
  (value, path) => {
    const given = Object.fromEntries(entriesOf(value, path));
    const taken = Object.entries<Shape<unknown>>(fields).map(([key, shape]): [string, unknown] => [
      key,
      shape(given[key], path ? `${path}.${key}` : key),
    ]);
    return Object.fromEntries(taken.filter(([, value]) => value !== undefined)) as T;
  };

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

/** A field that files of earlier runs lack. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw misfit(path, 'an object', value);
  return Object.entries(value);
}
