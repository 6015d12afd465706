/**
 * Argument checks, with one wording for each kind of fault: the operation first, then what was expected, the offending
 * value last. They run at the public boundary, outside loops over samples. Checks of arrays are in `checkArrays.ts`,
 * checks of options in `checkOptions.ts`.
 */
import { ArgumentError } from './errors.ts';
import { near } from './near.ts';

/** The largest count, size or position: kernels use 32-bit indices. */
export const LARGEST_COUNT = 2 ** 31 - 1;

/** Formats a value for an error: numbers and short lists in full, anything else by its type. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const short = value.length <= 8 && value.every((v) => v === null || typeof v !== 'object');
    return short ? `[${value.map(formatValue)}]` : `an array of ${value.length}`;
  }
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  const what = typeof name === 'string' && name !== '' ? name : 'Object';
  if (ArrayBuffer.isView(value)) return `${article(what)} of ${(value as { length?: number }).length ?? 'bytes'}`;
  return what === 'Object' ? `{${Object.keys(value).slice(0, 8)}}` : article(what);
}

function article(noun: string): string {
  return `${/^[AEIOU]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** Whether this is a count, of steps for example, to which another one can be added. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < LARGEST_COUNT;
}

/** Throws unless `value` is a whole number from `min` to `max`. */
export function checkCount(op: string, name: string, value: unknown, min: number, max = LARGEST_COUNT): void {
  const whole = Number.isInteger(value) && (value as number) >= min;
  if (!whole) throw new ArgumentError(`${op}: expected ${name} to be a whole number >= ${min}, got ${plain(value)}`);
  if ((value as number) > max)
    throw new ArgumentError(`${op}: expected ${name} to be a whole number from ${min} to ${max}, got ${value}`);
}

/** Throws unless `value` is a number and `min <= value <= max`, and finite without a `max`; NaN never passes. */
export function checkRange(op: string, name: string, value: unknown, min: number, max = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  const finite = value === Number.POSITIVE_INFINITY ? 'a finite ' : '';
  const range = max < Number.MAX_VALUE ? `${name} from ${min} to ${max}` : `${finite}${name} >= ${min}`;
  throw new ArgumentError(`${op}: expected ${range}, got ${plain(value)}`);
}

/** Throws unless `value` is a number; NaN and infinity are allowed. */
export function checkNumber(op: string, name: string, value: unknown): void {
  if (typeof value !== 'number')
    throw new ArgumentError(`${op}: expected ${name} to be a number, got ${formatValue(value)}`);
}

/** Throws unless `value` is a finite number of at least `min`. */
export function checkFinite(op: string, name: string, value: unknown, min = Number.NEGATIVE_INFINITY): void {
  if (!(Number.isFinite(value) && (value as number) >= min))
    throw new ArgumentError(
      `${op}: expected a finite ${name}${min > Number.NEGATIVE_INFINITY ? ` >= ${min}` : ''}, got ${plain(value)}`,
    );
}

/** Throws unless `value` is one of a few names or numbers. */
export function checkOneOf(op: string, name: string, value: unknown, values: readonly (string | number)[]): void {
  if (!(values as readonly unknown[]).includes(value))
    throw new ArgumentError(
      `${op}: expected ${name} ${listed(values)}${near(value, values)}, got ${formatValue(value)}`,
    );
}

/** Throws unless a convolution can have this padding; as in PyTorch, 'same' requires stride 1. */
export function checkPadding(op: string, padding: unknown, stride: number): void {
  if (typeof padding === 'string') checkOneOf(op, 'padding', padding, ['same', 'valid']);
  else checkCount(op, 'padding', padding, 0);
  if (padding === 'same' && stride !== 1)
    throw new ArgumentError(`${op}: expected stride 1 with padding 'same', got ${stride}`);
}

/** `'a', 'b' or 'c'` */
function listed(values: readonly (string | number)[]): string {
  const all = values.map((v) => (typeof v === 'string' ? `'${v}'` : String(v)));
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all[all.length - 1]}`;
}

/** Numbers and words without quotation marks, as in a sentence; anything else by its type. */
function plain(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : formatValue(value);
}

/** Kinds of values, recognised by what they can do (duck typing), so that a caller's own classes pass too. */
const KINDS = {
  flag: ['true or false', (v) => typeof v === 'boolean'],
  text: ['a string', (v) => typeof v === 'string'],
  number: ['a finite number', (v) => Number.isFinite(v)], // functions, not references: bundlers keep a table that reads properties
  function: ['a function', (v) => typeof v === 'function'],
  object: ['an object', (v) => typeof v === 'object' && v !== null && !Array.isArray(v)],
  array: ['an array', (v) => Array.isArray(v)],
  numbers: ['an array of numbers', isNumbers],
  iterable: [
    'an iterable',
    (v) => typeof v === 'object' && v !== null && typeof (v as Iterable<unknown>)[Symbol.iterator] === 'function',
  ],
  bytes: ['a Uint8Array', (v) => v instanceof Uint8Array],
  seed: ['a number or a string', (v) => typeof v === 'string' || Number.isFinite(v)],
  random: ['a Random', /* @__PURE__ */ can('uniform', 'integer', 'normal', 'fork', 'shuffle', 'permutation')],
  module: ['a Module', /* @__PURE__ */ can('modules', 'namedTensors', 'parameters', 'stateDict', 'loadStateDict')],
  layer: [
    'a Layer',
    /* @__PURE__ */ can('forward', 'modules', 'namedTensors', 'parameters', 'stateDict', 'loadStateDict'),
  ],
  optimizer: ['an Optimizer', /* @__PURE__ */ can('step', 'zeroGrad')],
  sampler: ['a Sampler', /* @__PURE__ */ can('next')],
  schedule: ['a function or a ReduceOnPlateau', (v) => typeof v === 'function' || isPlateau(v)],
  marginScheduler: ['a MarginScheduler', /* @__PURE__ */ can('update')],
  beatStream: ['a BeatStream', /* @__PURE__ */ can('push', 'flush')],
  noveltyDetector: ['a NoveltyDetector', /* @__PURE__ */ can('distance')],
} as const satisfies Record<string, readonly [expected: string, fits: (value: unknown) => boolean]>;

/** A kind of value that `checkKind` knows. */
export type Kind = keyof typeof KINDS;

function isPlateau(v: unknown): boolean {
  const { schedule, step } = (v ?? {}) as Record<string, unknown>;
  return typeof schedule === 'function' && typeof step === 'function';
}

function can(...methods: string[]): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

function isNumbers(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((v) => typeof v === 'number');
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && typeof (value as Int32Array)[0] !== 'bigint';
}

/** Throws unless `value` is of this kind. */
export function checkKind(op: string, name: string, value: unknown, kind: Kind): void {
  const [expected, fits] = KINDS[kind];
  if (!fits(value)) throw wrongKind(op, name, expected, fault(value, kind));
}

/** The error of `checkKind`, for what the smallest bundles check without its table of kinds. */
export function wrongKind(op: string, name: string, expected: string, got: string): ArgumentError {
  return new ArgumentError(`${op}: expected ${name} to be ${expected}, got ${got}`);
}

/** The part of a value that is wrong: in a list of numbers, the first entry that is not a number. */
function fault(value: unknown, kind: Kind): string {
  if (kind !== 'numbers' || !Array.isArray(value)) return formatValue(value);
  const at = value.findIndex((v) => typeof v !== 'number');
  return `${formatValue(value[at])} at position ${at}`;
}

/** Throws unless `value` is an object whose fields are of the given kinds. */
export function checkFields(op: string, name: string, value: unknown, fields: Readonly<Record<string, Kind>>): void {
  checkKind(op, name, value, 'object');
  for (const field of Object.keys(fields))
    checkKind(op, `${name}.${field}`, (value as Record<string, unknown>)[field], fields[field]);
}
