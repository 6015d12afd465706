/**
 * The one place where arguments are checked, with one wording for each kind of fault: the operation first, then what was
 * expected, the offending value last. Checks stand where a caller's values come in, outside of loops over samples.
 */
import { ArgumentError, DataError, ShapeError } from './errors.ts';

/** The largest count, size or position: what the 32-bit indices of kernels hold. */
export const LARGEST_COUNT = 2 ** 31 - 1;

/** How a value looks in an error: numbers and short lists as they are, whatever else by what it is. */
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

/** Throws unless `value` is a number, of which NaN and infinity are some. */
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

/** Throws unless a convolution can have this padding: 'same' only with outputs 1 apart, as in PyTorch. */
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

/** Numbers and words without quotation marks, as in a sentence; what a value is, where it is neither. */
function plain(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : formatValue(value);
}

// ---- kinds of values

/** What a value may be expected to be, recognised by what it can do, so that a caller's own classes pass too. */
const KINDS = {
  flag: ['true or false', (v) => typeof v === 'boolean'],
  text: ['a string', (v) => typeof v === 'string'],
  number: ['a finite number', Number.isFinite],
  function: ['a function', (v) => typeof v === 'function'],
  object: ['an object', (v) => typeof v === 'object' && v !== null && !Array.isArray(v)],
  array: ['an array', Array.isArray],
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
} as const satisfies Record<string, readonly [expected: string, fits: (value: unknown) => boolean]>;

/** One of the kinds of values that `checkKind` knows. */
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

/** Throws unless `value` is of the kind. */
export function checkKind(op: string, name: string, value: unknown, kind: Kind): void {
  const [expected, fits] = KINDS[kind];
  if (!fits(value)) throw new ArgumentError(`${op}: expected ${name} to be ${expected}, got ${fault(value, kind)}`);
}

/** What is wrong with a value: of a list of numbers, the first that is none. */
function fault(value: unknown, kind: Kind): string {
  if (kind !== 'numbers' || !Array.isArray(value)) return formatValue(value);
  const at = value.findIndex((v) => typeof v !== 'number');
  return `${formatValue(value[at])} at position ${at}`;
}

/** Throws unless `value` is an object whose fields are of the kinds given. */
export function checkFields(op: string, name: string, value: unknown, fields: Readonly<Record<string, Kind>>): void {
  checkKind(op, name, value, 'object');
  for (const field of Object.keys(fields))
    checkKind(op, `${name}.${field}`, (value as Record<string, unknown>)[field], fields[field]);
}

/** Throws unless `value` is an array of numbers, all of them finite. */
export function checkFiniteNumbers(op: string, name: string, value: unknown): void {
  checkKind(op, name, value, 'numbers');
  const numbers = value as ArrayLike<number>;
  for (let i = 0; i < numbers.length; i++)
    if (!Number.isFinite(numbers[i]))
      throw new DataError(`${op}: expected finite numbers in ${name}, got ${numbers[i]} at position ${i}`);
}

/** Throws unless `value` is an array of `n` whole numbers, such as classes or groups; of any number of them without `n`. */
export function checkLabels(op: string, name: string, value: unknown, n?: number): void {
  checkKind(op, name, value, 'numbers');
  const labels = value as ArrayLike<number>;
  if (n !== undefined && labels.length !== n)
    throw new ShapeError(`${op}: expected ${n} ${name}, got ${labels.length}`);
  for (let i = 0; i < labels.length; i++)
    if (!Number.isSafeInteger(labels[i]))
      throw new ArgumentError(`${op}: expected whole ${name}, got ${labels[i]} at position ${i}`);
}

/** Throws unless `value` is an array of `n` numbers from 0 to 2^53 - 1, whose sums do not overflow. */
export function checkWeights(op: string, name: string, value: unknown, n: number): void {
  checkKind(op, name, value, 'numbers');
  const weights = value as ArrayLike<number>;
  if (weights.length !== n) throw new ShapeError(`${op}: expected ${n} ${name}, got ${weights.length}`);
  for (let i = 0; i < n; i++)
    if (!(weights[i] >= 0 && weights[i] <= Number.MAX_SAFE_INTEGER))
      throw new ArgumentError(
        `${op}: expected ${name} from 0 to ${Number.MAX_SAFE_INTEGER}, got ${weights[i]} at position ${i}`,
      );
}

/**
 * The samples of a signal as float32 numbers: themselves, or a copy of other numbers.
 *
 * @throws ArgumentError for what is no flat array of numbers
 */
export function asSignal(op: string, name: string, value: ArrayLike<number>): Float32Array {
  if (value instanceof Float32Array) return value;
  checkKind(op, name, value, 'numbers');
  return Float32Array.from(value);
}

/**
 * The bytes of a file: a Uint8Array as it is, an ArrayBuffer as a view of it.
 *
 * @throws ArgumentError for anything else
 */
export function asBytes(op: string, name: string, value: Uint8Array | ArrayBuffer): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  checkKind(op, name, value, 'bytes');
  return value;
}

/**
 * Indices as kernels take them: an Int32Array as it is, a copy of another array.
 *
 * @throws ShapeError for an index that is no whole number of 32 bits
 */
export function asIndices(op: string, name: string, index: ArrayLike<number>): Int32Array {
  if (index instanceof Int32Array) return index;
  const narrow = Int32Array.from(index);
  for (let i = 0; i < narrow.length; i++)
    if (narrow[i] !== index[i])
      throw new ShapeError(`${op}: expected whole indices in ${name}, got ${index[i]} at position ${i}`);
  return narrow;
}

/**
 * Checked labels as the 32-bit numbers that kernels compare.
 *
 * @throws ArgumentError for one that 32 bits do not hold: it would be taken for another
 */
export function asInt32Labels(op: string, labels: ArrayLike<number>): Int32Array {
  const narrow = Int32Array.from(labels);
  for (let i = 0; i < narrow.length; i++)
    if (narrow[i] !== labels[i])
      throw new ArgumentError(`${op}: expected labels that 32 bits hold, got ${labels[i]} at position ${i}`);
  return narrow;
}

/**
 * The lengths of B sequences that share T time steps, as 32-bit numbers.
 *
 * @throws ShapeError unless there are B, ArgumentError for one that is no whole number from 1 to T
 */
export function asLengths(op: string, lengths: unknown, B: number, T: number): Int32Array {
  checkKind(op, 'lengths', lengths, 'numbers');
  const steps = Int32Array.from(lengths as ArrayLike<number>);
  if (steps.length !== B) throw new ShapeError(`${op}: expected ${B} lengths, got ${steps.length}`);
  for (let b = 0; b < B; b++)
    if (steps[b] !== (lengths as ArrayLike<number>)[b] || steps[b] < 1 || steps[b] > T)
      throw new ArgumentError(
        `${op}: expected whole lengths from 1 to ${T}, got ${(lengths as ArrayLike<number>)[b]} at position ${b}`,
      );
  return steps;
}

// ---- options

/**
 * Throws unless `options` is an object that has all `required` options and none but these and the `optional` ones; names
 * the option that a misspelt one is near to. An option that is undefined is missing.
 */
export function checkOptions(
  op: string,
  options: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const known = (): string[] => [...required, ...optional];
  if (!KINDS.object[1](options))
    throw new ArgumentError(
      `${op}: expected an object of options (${known().join(', ')}), got ${formatValue(options)}`,
    );
  const given = options as Record<string, unknown>;
  for (const key of Object.keys(given))
    if (!required.includes(key) && !optional.includes(key) && given[key] !== undefined)
      throw new ArgumentError(`${op}: expected options among ${known().join(', ')}${near(key, known())}, got ${key}`);
  if (required.every((key) => given[key] !== undefined)) return;
  const present = required.filter((key) => given[key] !== undefined);
  const what = formatValue(given);
  const got = present.length > 0 ? `only ${present.join(', ')}` : what.startsWith('{') ? 'none' : what;
  throw new ArgumentError(
    `${op}: expected the option${required.length > 1 ? 's' : ''} ${required.join(', ')}, got ${got}`,
  );
}

/** ` (did you mean kernel?)`, where a name is meant that differs by a letter or two, or in its case. */
function near(value: unknown, known: readonly (string | number)[]): string {
  if (typeof value !== 'string' || value.length > 40) return '';
  let best = '';
  let least = 1 + Math.min(2, value.length / 3);
  for (const name of known) {
    if (typeof name !== 'string') continue;
    const distance = editDistance(value.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best && ` (did you mean ${best}?)`;
}

/** How many letters must be put in, taken out or changed to make b of a (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
