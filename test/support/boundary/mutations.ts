/** What a caller may get wrong: a valid call, and all that becomes of it when one of its arguments is spoilt. */
import { DynaecgError } from 'dynaecg';

/** A valid call of a public function or constructor, and what it bears beside. */
export interface Call {
  /** arguments of a valid call, made anew each time */
  args: () => unknown[];
  /** what is called with them; the export itself by default, with `new` if it is a class */
  call?: (...args: never[]) => unknown;
  /** places that may be left out, such as `1` or `1.momentum`, parted by spaces */
  optional?: string;
  /** objects that may hold more than is read, being data and no options */
  data?: string;
  /** places that are not read, nor anything inside */
  unread?: string;
  /** places that need no look inside, since what they hold is checked elsewhere */
  opaque?: string;
  /** names that an error may begin with, besides that of the export */
  names?: string;
  /** spoilt arguments that give a value all the same, `place = mutation | mutation`, each with the reason */
  allows?: Record<string, string>;
}

/** The largest number a caller is likely to try: far above every size, and still a whole number. */
const HUGE = 1e15;

const ANYTHING: Record<string, () => unknown> = {
  null: () => null,
  text: () => 'nonsense',
  digits: () => '5',
  true: () => true,
  '{}': () => ({}),
  '[]': () => [],
  '[5]': () => [5],
  function: () => () => 5,
};
const NUMBERS: Record<string, () => unknown> = {
  NaN: () => Number.NaN,
  '-1': () => -1,
  0: () => 0,
  0.5: () => 0.5,
  huge: () => HUGE,
  Infinity: () => Number.POSITIVE_INFINITY,
};
const OTHER_ARRAYS: Record<string, () => unknown> = {
  bigints: () => new BigInt64Array(4),
  empty: () => new Float32Array(0),
  object: () => ({ length: 3 }),
};

type Spoil = (args: unknown[]) => void;

/** A mutation of a call: what is done to which place. */
export interface Mutation {
  place: string;
  what: string;
  spoil: Spoil;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function words(list = ''): Set<string> {
  return new Set(list.split(' ').filter(Boolean));
}

/** Sets, or reads without `value`, what is at a path of keys. */
function at(
  args: unknown[],
  path: readonly string[],
  change: (holder: Record<string, unknown>, key: string) => void,
): void {
  let holder = args as unknown as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  change(holder, path[path.length - 1]);
}

/** All mutations of a call. */
export function mutations({ args, optional, data, opaque, unread }: Call): Mutation[] {
  const [optionals, datas, opaques, unreads] = [optional, data, opaque, unread].map(words);
  const found: Mutation[] = [];
  const walk = (value: unknown, path: readonly string[], element: boolean): void => {
    const place = path.join('.');
    if (unreads.has(place)) return;
    const add = (what: string, spoil: (holder: Record<string, unknown>, key: string) => void): void => {
      found.push({ place, what, spoil: (all) => at(all, path, spoil) });
    };
    const put = (kinds: Record<string, () => unknown>): void => {
      for (const [what, make] of Object.entries(kinds))
        add(what, (holder, key) => {
          holder[key] = make();
        });
    };
    if (!optionals.has(place) && !element)
      add('missing', (holder, key) => {
        holder[key] = undefined;
      });
    const { ['text']: text, digits, ['true']: yes, ['function']: f, ...rest } = ANYTHING;
    put(rest);
    if (typeof value !== 'string') put({ text, digits });
    else
      put({
        nonsense: text,
        '': () => '',
        case: () => (value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase()),
      });
    if (typeof value !== 'boolean') put({ true: yes });
    if (typeof value !== 'function') put({ function: f });
    if (typeof value === 'number') put(NUMBERS);
    else put({ 0.5: NUMBERS[0.5] });
    if (Array.isArray(value) || ArrayBuffer.isView(value)) put(OTHER_ARRAYS);
    if (opaques.has(place)) return;
    if (isPlain(value)) {
      for (const key of Object.keys(value)) {
        walk(value[key], [...path, key], false);
        if (!datas.has(place) && !unreads.has(`${place}.${key}`))
          found.push({
            place: `${place}.${key}`,
            what: 'misspelt',
            spoil: (all) =>
              at(all, path, (holder, k) => {
                const { [key]: own, ...others } = holder[k] as Record<string, unknown>;
                holder[k] = { ...others, [`${key}s`]: own };
              }),
          });
      }
      if (!datas.has(place))
        add('unknown', (holder, key) => {
          holder[key] = { ...(holder[key] as object), unknown: 1 };
        });
    } else if (Array.isArray(value) && value.length > 0) walk(value[0], [...path, '0'], true);
    else if (ArrayBuffer.isView(value) && (value as Float32Array).length > 0) {
      const whole = !(value instanceof Float32Array || value instanceof Float64Array);
      for (const [what, make] of Object.entries(NUMBERS)) {
        if (whole && what !== '-1' && what !== 'huge') continue; // an array of whole numbers holds no others
        found.push({
          place: `${place}.0`,
          what,
          spoil: (all) => at(all, [...path, '0'], (holder, key) => void Reflect.set(holder, key, make())),
        });
      }
    }
  };
  args().forEach((value, i) => {
    walk(value, [String(i)], false);
  });
  return found;
}

/** What is wrong with how a call bears its mutations, a line each; nothing, one may hope. */
export function faults(name: string, f: unknown, entry: Call): string[] {
  const allowed = new Map(
    Object.keys(entry.allows ?? {}).flatMap((key) => {
      const [place, whats] = key.split(' = ');
      return whats.split(' | ').map((what): [string, { used: boolean }] => [`${place} = ${what}`, { used: false }]);
    }),
  );
  const names = [name.split('#')[0], ...words(entry.names)];
  const run = (args: unknown[]): unknown => {
    if (entry.call) return (entry.call as (...all: unknown[]) => unknown)(...args);
    const isClass = /^class\b/.test(String(f));
    return isClass ? Reflect.construct(f as new () => unknown, args) : (f as (...all: unknown[]) => unknown)(...args);
  };
  const found: string[] = [];
  try {
    run(entry.args());
  } catch (error) {
    return [`${name}: the valid call throws ${error}`];
  }
  for (const { place, what, spoil } of mutations(entry)) {
    const args = entry.args();
    spoil(args);
    const where = `${place} = ${what}`;
    const began = Date.now();
    let fault = '';
    try {
      const result = run(args);
      const pass = allowed.get(where);
      if (pass) pass.used = true;
      else fault = `gives ${typeof result}`;
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof DynaecgError)) fault = `throws ${error}`;
      else if (!/^[\w.]+: .*expected .*, got:? ./s.test(message)) fault = `says: ${message}`;
      else if (!names.includes(message.split(':')[0])) fault = `names another: ${message}`;
    }
    if (Date.now() - began > 2000) fault += ` after ${Date.now() - began} ms`;
    if (fault) found.push(`${name}: ${where} ${fault.slice(0, 200)}`);
  }
  for (const [where, { used }] of allowed)
    if (!used) found.push(`${name}: ${where} is allowed, and refused or never tried`);
  return found;
}
