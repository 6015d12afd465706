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
