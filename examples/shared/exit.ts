import { CommanderError } from 'commander';
import { DynaecgError } from 'dynaecg';
import type { Program } from './program.ts';

/**
 * Runs a program on the command line to its end. What a user can mend, such as a wrong option or a broken file, is printed in
 * one line, and whatever else with its stack; the exit code then is 1. A reader or a terminal that is gone does not stop it;
 * output that could not be written for another reason, such as a full disk, is an exit code of 1 as well.
 */
export async function runProgram(program: Program): Promise<void> {
  const lost = listenForLoss();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode; // --help or --version
    else {
      console.error(error instanceof DynaecgError ? error.message : error);
      process.exitCode = 1;
    }
  }
  await new Promise((done) => process.stdout.write('', done)); // what was printed is out, or lost
  if (lost.why === null) return;
  console.error(`standard output: expected to be written, got ${lost.why}`);
  process.exitCode ||= 1;
}

const GONE = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']; // a reader such as head, or a terminal

function listenForLoss(): { why: string | null } {
  const lost: { why: string | null } = { why: null };
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (stream === process.stdout && !GONE.includes(code)) lost.why ??= message;
    });
  return lost;
}
