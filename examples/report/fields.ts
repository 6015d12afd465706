import * as v from 'valibot';
import { between, dictionary, whole } from '../shared/schema.ts';

// What single fields of metrics.json hold.

/** What beats are called whose label is in no class. */
export const NO_CLASS = 'no class';

/** JSON has null for NaN and infinity. */
const orNaN = (schema: v.GenericSchema<number>) =>
  v.pipe(
    v.nullable(schema),
    v.transform((x) => x ?? Number.NaN),
  );
export const number = orNaN(v.number());
export const share = between(0, 1);
export const shareOrNaN = orNaN(share);
export const names: v.GenericSchema<readonly string[]> = v.array(v.string());

/** Fields of `n` classes. */
export function fieldsOf(n: number) {
  const byClass = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.length(n));
  const classIndex = v.message(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(n - 1)),
    `a class from 0 to ${n - 1}`,
  );
  return { byClass, counts: byClass(byClass(whole())), classIndex };
}

/** Takes an entry that earlier runs wrote under other names: the first of these that it has. */
export function formerly(before: Readonly<Record<string, readonly string[]>>) {
  return v.pipe(
    dictionary(v.unknown()),
    v.transform((entry) => {
      for (const [name, former] of Object.entries(before)) {
        const found = former.find((key) => key in entry);
        if (!(name in entry) && found !== undefined) entry[name] = entry[found];
        for (const key of former) delete entry[key];
      }
      return entry;
    }),
  );
}
