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

/** Kernels on all cores, or on as many as DYNAECG_THREADS says; a line says so if `fast` cannot be had. */
export async function useAllCores(fast = false): Promise<void> {
  const text = process.env['DYNAECG_THREADS'];
  const threads = text ? wholeNumber('DYNAECG_THREADS', text, 1) : undefined;
  const { relaxed } = await useThreads(threads, { relaxed: fast });
  if (fast && !relaxed) console.error('--fast: this engine has no relaxed SIMD; goes on without');
}
