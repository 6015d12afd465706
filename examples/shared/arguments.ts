import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ArgumentError } from 'dynaecg';
import packageJson from '../../package.json' with { type: 'json' };
import { didYouMean } from './values.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** An option that takes a value, one that takes several, and one that takes none. */
export const text = { type: 'string' } as const;
export const texts = { type: 'string', multiple: true, default: [] as string[] } as const;
export const flag = { type: 'boolean', default: false } as const;

/** What a program takes on its command line. */
export interface Command<O extends Options> {
  /** the script of package.json, with which errors begin */
  name: string;
  help: string;
  options: O;
  /** whether words without an option are taken, such as names */
  positionals?: boolean;
}

const COMMON = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const satisfies Options;

/**
 * Reads a command line; `-h`, `--help` and `--version`, which every program has, are answered at once, whatever else is
 * there.
 *
 * @returns null where they were asked for
 * @throws ArgumentError for an unknown option, one without its value or with one too many, one that is given twice, a word
 * where none is taken, and an option that npm kept to itself
 */
export function readArguments<const O extends Options>(
  { name, help, options, positionals = false }: Command<O>,
  args: readonly string[],
): Parsed<O> | null {
  const all: Options = { ...options, ...COMMON };
  const parsed = parseArgs({ args: [...args], options: all, allowPositionals: true, strict: false, tokens: true });
  const asked = (option: keyof typeof COMMON): boolean =>
    parsed.tokens.some((token) => token.kind === 'option' && token.name === option);
  if (asked('help') || asked('version')) {
    console.log(asked('help') ? help : `dynaecg ${packageJson.version}`);
    return null;
  }
  checkSwallowed(name, Object.keys(options));
  const before = new Map<string, string>();
  for (const token of parsed.tokens) {
    if (token.kind === 'positional' && !positionals)
      throw new ArgumentError(`${name}: expected options alone, which --help lists, got ${token.value}`);
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(all, token.name)) throw unknown(name, args[token.index], Object.keys(all));
    const { type, multiple } = all[token.name];
    const value = checkValue(token, type);
    if (value === undefined || multiple) continue;
    const other = before.get(token.name);
    if (other !== undefined) throw new ArgumentError(`--${token.name}: expected once, got ${other} and ${value}`);
    before.set(token.name, value);
  }
  return parsed as unknown as Parsed<O>;
}

const NPMS_OWN = ['json']; // an option of npm, too, which may stand in its settings

/** npm keeps options that stand before `--` to itself, and the program would run as if they were not there. */
function checkSwallowed(name: string, options: readonly string[]): void {
  const { env } = process;
  if (env['npm_lifecycle_event'] !== name) return;
  const swallowed = options.find(
    (option) => !NPMS_OWN.includes(option) && env[`npm_config_${option.replaceAll('-', '_')}`] !== undefined,
  );
  if (swallowed !== undefined)
    throw new ArgumentError(
      `--${swallowed}: expected after --, as in npm run ${name} -- --${swallowed}, got before it`,
    );
}

function unknown(name: string, given: string, options: readonly string[]): ArgumentError {
  const [option] = given.split('=');
  const near = didYouMean(
    option.replace(/^-*/, '--'),
    options.map((known) => `--${known}`),
  );
  return new ArgumentError(`${name}: expected one of the options that --help lists${near}, got ${option}`);
}

/** What an option was given where it takes a value. */
function checkValue(
  { rawName, value, inlineValue }: { rawName: string; value?: string; inlineValue?: boolean },
  type: 'string' | 'boolean',
): string | undefined {
  if (type === 'boolean') {
    if (value !== undefined) throw new ArgumentError(`${rawName}: expected no value, got ${value || 'an empty one'}`);
    return undefined;
  }
  if (!value) throw new ArgumentError(`${rawName}: expected a value, got ${value === '' ? 'an empty one' : 'none'}`);
  if (!inlineValue && value.length > 1 && value.startsWith('-'))
    throw new ArgumentError(
      `${rawName}: expected a value (one that begins with - is written ${rawName}=${value}), got ${value}`,
    );
  return value;
}
