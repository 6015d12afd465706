import { formatValue } from '../core/check.ts';
import { CheckpointError } from '../core/errors.ts';

const DEPTH = 64; // levels: far more than configurations and states have, far fewer than a call stack takes

/**
 * What JSON in a file's metadata holds. Whatever is accepted can be written again and is the same then: no number is beyond
 * float64, and nothing is nested so deeply that engines differ.
 *
 * @param expected beginning of the error: the operation and what is read
 * @throws CheckpointError for anything else
 */
export function parseJson(expected: string, text: string | undefined): unknown {
  const broken = (got: string): CheckpointError => new CheckpointError(`${expected}, got ${got}`);
  if (text === undefined) throw broken('nothing');
  if (depthOf(text) > DEPTH) throw broken(`more than ${DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken(formatValue(text));
  }
  if (!allFinite(value)) throw broken('a number beyond float64');
  return value;
}

function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    else if (quoted) i += c === '\\' ? 1 : 0;
    else if (c === '[' || c === '{') deepest = Math.max(deepest, ++depth);
    else if (c === ']' || c === '}') depth--;
  }
  return deepest;
}

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return (Array.isArray(value) ? value : Object.values(value)).every(allFinite);
}
