import { formatValue } from '../core/check.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';
import type { NamedArray } from './readSafetensors.ts';
import type { Entry } from './safetensors.ts';

const MOST = 127; // of an int8 on either side of 0
const SUFFIX = '.scale';

/**
 * The entries of a tensor in int8: whole numbers q, and a scale s for each output channel, the first axis, with s q about the
 * weight: s = max |w| / 127 of the channel. Vectors, which are few numbers that much depends on, stay as they are.
 *
 * @throws ArgumentError if a weight is not finite
 */
export function quantized(op: string, entry: Entry): Entry[] {
  const { name, shape, data } = entry;
  if (shape.length < 2) return [entry];
  const [channels] = shape;
  const n = sizeOf(shape.slice(1));
  const whole = new Int8Array(data.length);
  const scales = data.BYTES_PER_ELEMENT === 8 ? new Float64Array(channels) : new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    let most = 0;
    for (let i = c * n; i < (c + 1) * n; i++) {
      if (!Number.isFinite(data[i]))
        throw new ArgumentError(`${op}: expected finite weights in ${name}, got ${data[i]}`);
      most = Math.max(most, Math.abs(data[i]));
    }
    scales[c] = most / MOST;
    if (!(scales[c] > 0)) scales[c] = 1; // nothing but zeros, or less than a float32 holds
    for (let i = c * n; i < (c + 1) * n; i++)
      whole[i] = Math.max(-MOST, Math.min(MOST, Math.round(data[i] / scales[c])));
  }
  return [
    { name, shape, data: whole },
    { name: `${name}${SUFFIX}`, shape: [channels], data: scales },
  ];
}

/**
 * The arrays of a file with int8 weights, in which those with a scale are weights again, in the scale's float type.
 *
 * @throws CheckpointError naming what is wrong with a scale, or with the whole numbers that it belongs to
 */
export function dequantized(op: string, arrays: readonly NamedArray[]): NamedArray[] {
  const weights = new Map(arrays.map((array): [string, NamedArray] => [array.name, array]));
  for (const { name: key, data: scales, shape } of arrays) {
    if (!key.endsWith(SUFFIX)) continue;
    const name = key.slice(0, -SUFFIX.length);
    const whole = weights.get(name);
    if (!whole || whole.shape.length < 2)
      throw new CheckpointError(
        `${op}: expected a matrix ${formatValue(name)} for its scale, got ${whole ? formatShape(whole.shape) : 'none'}`,
      );
    const [channels] = whole.shape;
    if (shape.length !== 1 || shape[0] !== channels)
      throw new CheckpointError(`${op}: expected ${formatValue(key)} [${channels}], got ${formatShape(shape)}`);
    const data = scales.BYTES_PER_ELEMENT === 8 ? new Float64Array(whole.data.length) : whole.data;
    multiply(op, data, whole, scales, key);
    weights.set(name, { ...whole, data });
    weights.delete(key);
  }
  return [...weights.values()];
}

/** data = the whole numbers of each channel times its scale, checked. */
function multiply(op: string, data: Vec, { name, data: whole, shape }: NamedArray, scales: Vec, key: string): void {
  const n = sizeOf(shape.slice(1));
  for (let c = 0; c < scales.length; c++) {
    const s = scales[c];
    if (!(s > 0 && s < Number.POSITIVE_INFINITY))
      throw new CheckpointError(`${op}: expected finite scales > 0 in ${formatValue(key)}, got ${s}`);
    for (let i = c * n; i < (c + 1) * n; i++) {
      const q = whole[i];
      if (!(Number.isInteger(q) && Math.abs(q) <= MOST))
        throw new CheckpointError(
          `${op}: expected whole numbers from -${MOST} to ${MOST} in ${formatValue(name)}, got ${q}`,
        );
      data[i] = s * q;
    }
  }
}
