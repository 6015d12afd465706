import { CommanderError } from 'commander';
import { DynaecgError } from 'dynaecg';
import type { Program } from './program.ts';

/** The exit code of a program that Ctrl-C ended, as shells have it. */
export const INTERRUPTED = 130;

/**
 * Runs a program on the command line to its end. What a user can mend, such as a wrong option or a broken file, is printed in
 * one line, and whatever else with its stack; the exit code then is 1.
 */
export async function runProgram(program: Program): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, such as head, has seen enough
    throw error;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode; // --help or --version
    else {
      console.error(error instanceof DynaecgError ? error.message.replace(/\s*\n\s*/g, ' ') : error);
      process.exitCode = 1;
    }
  }
}
