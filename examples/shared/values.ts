import { Command, Option } from 'commander';
import { ArgumentError } from 'dynaecg';

const LARGEST = 2 ** 31 - 1; // as of the library's own counts

/** A whole number from the command line. */
export function wholeNumber(option: string, text: string, min: number): number {
  const n = text.trim() === '' ? Number.NaN : Number(text);
  if (!(Number.isInteger(n) && n >= min))
    throw new ArgumentError(`${option}: expected a whole number >= ${min}, got ${text}`);
  if (n > LARGEST) throw new ArgumentError(`${option}: expected a whole number from ${min} to ${LARGEST}, got ${text}`);
  return n;
}

/** A time from the command line, in seconds. */
export function seconds(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new ArgumentError(`${option}: expected seconds >= 0, got ${text}`);
  return value;
}

/** An option that takes a whole number. */
export function wholeOption(flags: string, description: string, min: number): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => wholeNumber(`--${option.name()}`, text, min));
}

/** An option that takes a time in seconds. */
export function secondsOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => seconds(`--${option.name()}`, text));
}

/** An option that takes a sampling rate in Hz. */
export function rateOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new ArgumentError(`--${option.name()}: expected a rate above 0 Hz, got ${text}`);
    return value;
  });
}

/** An option that must be given; its description, up to a semicolon, is what an error says is expected. */
export function mandatoryOption(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory();
}

/** `a, b or c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** ` (did you mean triplet?)`, where some of the words are like it: what commander suggests, were they its commands. */
export function didYouMean(text: string, words: readonly string[], before = ''): string {
  if (words.includes(text)) return ` (did you mean ${before}${text}?)`; // of which only the dashes are wrong
  const known = new Command()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const word of new Set(words)) known.addCommand(new Command(word));
  try {
    known.parse(['--', text], { from: 'user' });
  } catch (error) {
    const [, near] = /\(Did you mean (?:one of )?(.*)\?\)$/s.exec((error as Error).message) ?? [];
    if (near) return ` (did you mean ${listed(near.split(', ').map((word) => before + word))}?)`;
  }
  return '';
}
