import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { useThreads } from 'dynaecg/node';
import { wholeNumber } from './values.ts';

/** For commands that compute for long. */
export function fastOption(): Option {
  return new Option(
    '--fast',
    'fused multiply-adds (relaxed SIMD) where engine and processor have them: faster, and the last digits of results depend on ' +
      'the processor',
  );
}

/** How many threads a command has: one for each core, or as many as DYNAECG_THREADS says. */
export function threadsOfCommand(): number {
  const text = process.env['DYNAECG_THREADS'];
  return text ? wholeNumber('DYNAECG_THREADS', text, 1) : availableParallelism();
}

/** Kernels on so many threads, on all that the command has by default; a line says so if `fast` cannot be had. */
export async function useCores(fast = false, threads = threadsOfCommand()): Promise<void> {
  const { relaxed } = await useThreads(threads, { relaxed: fast });
  if (fast && !relaxed) console.error('--fast: this engine has no relaxed SIMD; goes on without');
}
