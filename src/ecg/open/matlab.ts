import { DataError } from '../../core/errors.ts';
import { FREQUENCY, within } from '../wfdb/ranges.ts';
import { guessUnit } from './guessUnit.ts';
import { type Matrix, readMatrices } from './matrices.ts';
import type { Opened, OpenOptions } from './recording.ts';
import { inMillivolts } from './units.ts';

const VAL = 'val'; // of PhysioNet's files
const RATE = /^(?:fs|fsample|freq|frequency|rate|sampling_?(?:rate|frequency))$/i;
const MOST_LEADS = 256;
const LISTED = 8; // names in an error

/**
 * Reads a MATLAB 4 file with a matrix `val` of leads by samples, as PhysioNet's Challenges have them. If it is opened without its
 * `.hea`, the rate is an option, or a scalar named `fs` or the like.
 *
 * @throws DataError for a malformed or truncated matrix, for none, for no rate
 */
export function readMatlab(bytes: Uint8Array, file: string, { rate, unit, leads: names }: OpenOptions): Opened {
  const fail = (expected: string, got: string | number): never => {
    throw new DataError(`openRecording: ${file}: expected ${expected}, got ${got}`);
  };
  const matrices = readMatrices(bytes, file);
  const notes: string[] = [];
  const val = signalAmong(matrices);
  if (!val) {
    const listed = matrices.slice(0, LISTED).map(({ name }) => name);
    return fail('a matrix of leads by samples', listed.join(', ') || 'none');
  }
  if (val.name !== VAL) notes.push(`read the matrix ${val.name}, as there is no ${VAL}`);
  const scalar = matrices.find(({ name, rows, columns }) => rows * columns === 1 && RATE.test(name));
  const frequency = rate ?? scalar?.at(0);
  if (frequency === undefined) return fail("the option rate, or the record's .hea with the file", 'neither');
  if (!within(frequency, FREQUENCY)) fail(`a rate of ${FREQUENCY[0]} to ${FREQUENCY[1]} Hz`, frequency);
  if (rate === undefined) notes.push(`rate ${frequency} Hz, from ${scalar!.name}`);

  const across = val.rows <= val.columns;
  if (!across) notes.push(`the columns of ${val.name} are taken as leads`);
  const [count, length] = across ? [val.rows, val.columns] : [val.columns, val.rows];
  if (count > MOST_LEADS) fail(`at most ${MOST_LEADS} leads in ${val.name}`, `${val.rows} x ${val.columns}`);
  if (names && names.length !== count) fail(`names for the ${count} leads`, names.length);
  const leads = Array.from({ length: count }, (_, lead) => {
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i++) samples[i] = val.at(across ? i * count + lead : lead * length + i);
    return samples;
  });
  const scale = unit ?? guessUnit(leads, frequency, notes);
  const nameOf = (lead: number): string => names?.[lead] ?? (count === 1 ? 'ECG' : `ECG ${lead + 1}`);
  return {
    format: 'MATLAB 4',
    rate: frequency,
    leads: leads.map((samples, i) => inMillivolts(nameOf(i), scale, samples)),
    notes,
  };
}

/** The matrix `val`, otherwise the largest. */
function signalAmong(matrices: readonly Matrix[]): Matrix | undefined {
  const size = ({ rows, columns }: Matrix): number => rows * columns;
  const signals = matrices.filter((matrix) => size(matrix) > 1);
  const largest = signals.reduce((most, matrix) => Math.max(most, size(matrix)), 0);
  return signals.find(({ name }) => name === VAL) ?? signals.find((matrix) => size(matrix) === largest);
}
