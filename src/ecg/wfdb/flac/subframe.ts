import { DataError } from '../../../core/errors.ts';
import type { BitReader } from './bitReader.ts';

const fail = (expected: string, got: unknown, reader: BitReader): never => {
  throw new DataError(`expected ${expected} at byte ${reader.at}, got ${got}`);
};

// Prediction from the samples before: of a polynomial of degree order - 1 (RFC 9639, table 19).
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** One channel of a frame, of so many bits a sample. */
export function readSubframe(reader: BitReader, out: Int32Array, bitsPerSample: number): void {
  if (reader.unsigned(1) !== 0) fail('a subframe', 'a bit of 1', reader);
  const type = reader.unsigned(6);
  const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const bits = bitsPerSample - wasted;
  if (bits < 1) fail(`fewer than ${bitsPerSample} wasted bits`, wasted, reader);
  if (type === 0) out.fill(reader.signed(bits));
  else if (type === 1) for (let i = 0; i < out.length; i++) out[i] = reader.signed(bits);
  else if (type >= 8 && type <= 12) readPredicted(reader, out, bits, FIXED[type - 8], 0);
  else if (type >= 32) readLinear(reader, out, bits, type - 31);
  else fail('a kind of subframe', type, reader);
  if (wasted > 0) for (let i = 0; i < out.length; i++) out[i] <<= wasted;
}

function readLinear(reader: BitReader, out: Int32Array, bits: number, order: number): void {
  warmUp(reader, out, bits, order);
  const precision = reader.unsigned(4) + 1;
  if (precision === 16) fail('a precision of coefficients', 'none', reader);
  const shift = reader.signed(5);
  if (shift < 0) fail('a shift of 0 or more', shift, reader);
  const coefficients = Array.from({ length: order }, () => reader.signed(precision));
  readResidual(reader, out, order);
  predict(out, coefficients, shift);
}

function readPredicted(
  reader: BitReader,
  out: Int32Array,
  bits: number,
  coefficients: readonly number[],
  shift: number,
): void {
  warmUp(reader, out, bits, coefficients.length);
  readResidual(reader, out, coefficients.length);
  predict(out, coefficients, shift);
}

/** The first samples, which nothing predicts. */
function warmUp(reader: BitReader, out: Int32Array, bits: number, order: number): void {
  if (order > out.length) fail(`a block of at least ${order} samples`, out.length, reader);
  for (let i = 0; i < order; i++) out[i] = reader.signed(bits);
}

/** What is added to predictions, in Rice codes by partition. */
function readResidual(reader: BitReader, out: Int32Array, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) fail('a coding of residuals', method, reader);
  const width = 4 + method;
  const uncoded = 2 ** width - 1;
  const partitionOrder = reader.unsigned(4);
  const size = out.length / 2 ** partitionOrder;
  if (!Number.isInteger(size) || size < order) fail(`partitions of at least ${order} samples`, size, reader);
  for (let i = order, end = size; end <= out.length; end += size) {
    const parameter = reader.unsigned(width);
    if (parameter === uncoded) {
      const raw = reader.unsigned(5);
      for (; i < end; i++) out[i] = reader.signed(raw);
    } else
      for (; i < end; i++) {
        const folded = reader.unary() * 2 ** parameter + reader.unsigned(parameter);
        out[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
  }
}

/** Residuals to samples, in place. Sums of 32 products of 25 and 15 bits are exact. */
function predict(out: Int32Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const unit = 2 ** shift;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += coefficients[k] * out[i - 1 - k];
    out[i] += Math.floor(sum / unit);
  }
}
