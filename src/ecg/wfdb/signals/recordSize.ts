import { DataError } from '../../../core/errors.ts';

// A header of a few bytes can claim any number of samples: where nothing was recorded, or where a slow lead is repeated.
const PER_BYTE = 32;
const ALWAYS = 2 ** 22;

/** Bytes of all files of a record. */
export function bytesOf(files: Readonly<Record<string, Uint8Array>>): number {
  return Object.values(files).reduce((sum, file) => sum + file.length, 0);
}

/**
 * Throws unless a record of so many samples, of all leads together, is one that files of so many bytes can have: 32 samples a byte,
 * or 4,194,304. MIMIC's records with their gaps have far fewer.
 */
export function checkRecordSize(where: string, samples: number, bytes: number): void {
  const most = Math.max(ALWAYS, PER_BYTE * bytes);
  if (!(samples <= most))
    throw new DataError(
      `${where}: expected at most ${most} samples of ${bytes} bytes, with those that were never recorded or are repeated, got ${samples}`,
    );
}
