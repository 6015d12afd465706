import { DataError } from '../../core/errors.ts';

/** The most samples of a recording with gaps for each sample that was recorded: what filling them may take in memory. */
export const LARGEST_SPREAD = 64;

/** Throws for gaps so long that filling them takes an unreasonable amount of memory. */
export function checkSpread(file: string, length: number, recorded: number, hint = ''): void {
  if (!(length <= LARGEST_SPREAD * recorded))
    throw new DataError(
      `openRecording: ${file}: expected gaps that leave at most ${LARGEST_SPREAD} times the ${recorded} samples recorded${hint}, got ${length}`,
    );
}
