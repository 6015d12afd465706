import { formatValue } from './check.ts';
import { ArgumentError } from './errors.ts';
import { near } from './near.ts';

/**
 * Throws unless `options` is an object that has all `required` options and otherwise only `optional` ones; suggests the
 * closest name for a misspelt option. An option that is undefined counts as missing.
 */
export function checkOptions(
  op: string,
  options: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const known = (): string[] => [...required, ...optional];
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ArgumentError(
      `${op}: expected an object of options (${known().join(', ')}), got ${formatValue(options)}`,
    );
  const given = options as Record<string, unknown>;
  const isUnknown = (key: string): boolean =>
    !required.includes(key) && !optional.includes(key) && given[key] !== undefined;
  const unknown = Object.keys(given).find(isUnknown);
  const complete = required.every((key) => given[key] !== undefined);
  if (unknown === undefined && complete) return;
  const what = formatValue(given);
  const plain = what.startsWith('{'); // the fields of a class say nothing to a caller
  if (unknown !== undefined && (plain || complete))
    throw new ArgumentError(
      `${op}: expected options among ${known().join(', ')}${near(unknown, known())}, got ${unknown}`,
    );
  const present = required.filter((key) => given[key] !== undefined);
  const got = present.length > 0 ? `only ${present.join(', ')}` : plain ? 'none' : what;
  throw new ArgumentError(
    `${op}: expected the option${required.length > 1 ? 's' : ''} ${required.join(', ')}, got ${got}`,
  );
}
