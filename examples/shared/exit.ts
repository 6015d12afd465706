import { DynaecgError } from 'dynaecg';

/**
 * Runs a command line to its end: its number becomes the exit code. What a user can mend, such as a wrong option or a broken
 * file, is printed in one line, and whatever else with its stack.
 */
export async function exitWith(main: (args: string[]) => number | Promise<number>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, such as head, has seen enough
    throw error;
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof DynaecgError ? error.message.replace(/\s*\n\s*/g, ' ') : error);
    process.exitCode = 1;
  }
}
