import { Command, type ErrorOptions, Help, type Option, type ParseOptionsResult } from 'commander';
import { ArgumentError } from 'dynaecg';
import packageJson from '../../package.json' with { type: 'json' };
import { explain } from './explain.ts';
import { lineOf, nameOf, quoted, scriptOf } from './started.ts';
import { didYouMean } from './values.ts';

const EXIT =
  '\nExit codes: 0 done, 1 failed (a line on standard error says why), 130 stopped by Ctrl-C, 143 by SIGTERM.';

/**
 * A command whose `-h`, `--help` and `--version` are answered whatever else is there, and whose errors are ArgumentErrors of
 * one line. Beyond commander's own checks it refuses an option given twice, one with an empty value, one whose value looks
 * like another option, and one that npm kept to itself.
 */
export class Program extends Command {
  #given: readonly string[] = [];

  constructor(name?: string) {
    super(name);
    this.version(`dynaecg ${packageJson.version}`, '--version', 'the version of dynaecg')
      .helpOption('-h, --help', 'this text')
      .enablePositionalOptions()
      .exitOverride()
      .configureHelp({ commandUsage: (command) => lineOf(command, [command.usage()]), visibleOptions })
      .addHelpText('afterAll', ({ command }) => (command === this ? EXIT : ''));
  }

  override createCommand(name?: string): Program {
    return new Program(name);
  }

  /** How the command was started, as a shell takes it. */
  get line(): string {
    return lineOf(this, this.#given.map(quoted));
  }

  override parseOptions(args: string[]): ParseOptionsResult {
    this.#given = args;
    const given = [...optionsIn(this, args)];
    const asked = (long: string): boolean => given.some(({ flag }) => flag === long);
    const nothing = this.commands.length > 0 && args.length === 0;
    if (asked('-h') || asked('--help') || nothing) this.help();
    if (asked('--version')) super.parseOptions(['--version']);
    checkSwallowed(this);
    const before = new Map<Option, string>();
    for (const one of given) {
      const { option } = one;
      const value = option && checkValue(option, one);
      if (!option || value === undefined || option.variadic) continue;
      const other = before.get(option);
      if (other !== undefined) throw new ArgumentError(`${one.flag}: expected once, got ${other} and ${value}`);
      before.set(option, value);
    }
    const parsed = super.parseOptions(args);
    // These two come first: what is missing may be there under a wrong name.
    const { operands, unknown } = parsed;
    if ((this.commands.length === 0 || operands.length === 0) && unknown.length > 0)
      throw unknownOption(this, unknown[0]);
    this.args = operands;
    if (this.commands.length + this.registeredArguments.length === 0 && operands.length > 0)
      this.error('', { code: 'commander.excessArguments' });
    return parsed;
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    throw new ArgumentError(explain(this, message, code));
  }
}

/** In help, `--version` comes last. */
function visibleOptions(command: Command): Option[] {
  const all = new Help().visibleOptions(command);
  const last = (option: Option): number => Number(option.long === '--version');
  return all.sort((a, b) => last(a) - last(b));
}

/** An option as it was given, `--flag value` or `--flag=value`. */
interface Given {
  flag: string;
  /** unless it is unknown, or help */
  option?: Option;
  value?: string;
  inline: boolean;
}

/** The options of a command line, up to the name of a subcommand. */
function* optionsIn(command: Command, args: readonly string[]): Generator<Given, void> {
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const [, flag, inline] = /^(--[^=]+)=(.*)$/s.exec(args[i]) ?? [null, args[i]];
    const option = command.options.find(({ long, short }) => long === flag || short === flag);
    if (!flag.startsWith('-') && command.commands.length > 0) return;
    const value = inline ?? (option?.required ? args[++i] : undefined);
    if (flag.startsWith('-')) yield { flag, option, value, inline: inline !== undefined };
  }
}

/** What an option was given where it takes a value. */
function checkValue({ required }: Option, { flag, value, inline }: Given): string | undefined {
  if (!required) {
    if (inline) throw new ArgumentError(`${flag}: expected no value, got ${value || 'an empty one'}`);
    return undefined;
  }
  if (!value) throw new ArgumentError(`${flag}: expected a value, got ${value === '' ? 'an empty one' : 'none'}`);
  if (!inline && value.length > 1 && value.startsWith('-'))
    throw new ArgumentError(
      `${flag}: expected a value (one that begins with - is written ${flag}=${value}), got ${value}`,
    );
  return value;
}

function unknownOption(command: Command, given: string): ArgumentError {
  const [flag] = given.split('=');
  const known = command.createHelp().visibleOptions(command);
  const near = didYouMean(
    flag.replace(/^-+/, ''),
    known.map((option) => option.name()),
    '--',
  );
  return new ArgumentError(`${nameOf(command)}: expected one of the options that --help lists${near}, got ${flag}`);
}

const NPMS_OWN = ['json', 'version']; // options of npm, too, which may be in its settings

/** npm keeps options that stand before `--` to itself, and the program would run as if they were not there. */
function checkSwallowed(command: Command): void {
  const { env } = process;
  const script = scriptOf(command);
  if (env['npm_lifecycle_event'] !== script) return;
  const swallowed = command.options
    .map((option) => option.name())
    .find((name) => !NPMS_OWN.includes(name) && env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
  if (swallowed !== undefined)
    throw new ArgumentError(
      `--${swallowed}: expected after --, as in npm run ${script} -- --${swallowed}, got before it`,
    );
}
