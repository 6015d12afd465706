import type { Command } from 'commander';
import { nameOf } from './started.ts';
import { didYouMean, listed } from './values.ts';

/** An error of commander's in this library's words: what was expected, and what came. */
export function explain(command: Command, message: string, code?: string): string {
  const name = nameOf(command);
  const { args, commands, options, registeredArguments } = command;
  switch (code) {
    case 'commander.missingMandatoryOptionValue': {
      const option = options.find(({ flags }) => message.includes(`'${flags}'`));
      return `${option?.long}: expected ${firstClause(option?.description)}, got none`;
    }
    case 'commander.missingArgument': {
      const argument = registeredArguments[args.length];
      return `${name}: expected ${firstClause(argument?.description)}, got ${args.join(' ') || 'none'}`;
    }
    case 'commander.excessArguments': {
      if (registeredArguments.length === 0)
        return `${name}: expected options alone, which --help lists, got ${args.join(' ')}`;
      const expected = registeredArguments.map(({ description }) => firstClause(description));
      return `${name}: expected ${expected.join(' and ')}, got ${args.join(' ')}`;
    }
    case 'commander.unknownCommand':
      return `${name}: ${oneOf(
        visible(commands).map((each) => each.name()),
        args[0],
      )}`;
    case 'commander.invalidArgument': {
      // error: option '--flag <VALUE>' argument 'given' is invalid. Allowed ..., or
      // error: command-argument value 'given' is invalid for argument 'name'. Allowed ...
      const [, flags] = /^error: option '(.*?)' /.exec(message) ?? [];
      const [, given = ''] = /(?:argument|value) '(.*)' is invalid/s.exec(message) ?? [];
      const option = options.find((each) => each.flags === flags);
      const taken = option ?? registeredArguments.find((each) => message.includes(`for argument '${each.name()}'`));
      return `${option?.long ?? name}: ${oneOf(taken?.argChoices ?? [], given)}`;
    }
    default:
      return `${name}: ${message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')}`;
  }
}

function oneOf(words: readonly string[], given: string): string {
  return `expected ${listed(words)}${didYouMean(given, words)}, got ${given}`;
}

function visible(commands: readonly Command[]): Command[] {
  const [parent] = commands.map((command) => command.parent);
  return parent
    ? parent
        .createHelp()
        .visibleCommands(parent)
        .filter((each) => commands.includes(each))
    : [];
}

/** Of a description what comes before a semicolon. */
function firstClause(description = ''): string {
  return description.split(';')[0];
}
