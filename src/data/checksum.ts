import type { Tensor } from '../autograd/tensor.ts';
import { checkParts, type DatasetLike } from './datasetParts.ts';

/**
 * A number for the contents of a data set, to notice that a training would be resumed with other data: 16 hexadecimal digits,
 * the same on every engine. It is no protection against forgery.
 *
 * Two sums of 32 bits, h = (h xor word) * prime, over the words of every value as float64, the shapes, the labels, the context and
 * the groups (FNV-1a, by words instead of bytes).
 *
 * @throws DataError, ShapeError as `Dataset`
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function dataChecksum(data: DatasetLike): string {
  const { x, labels, context, groups, classes } = checkParts('dataChecksum', 'data', data, undefined);
  const hash = new Hash();
  hash.tensor(x);
  hash.numbers(labels);
  if (context) hash.tensor(context);
  if (groups) hash.numbers(groups);
  for (const name of classes ?? []) hash.numbers(Array.from(name, (character) => character.codePointAt(0)!));
  return hash.digits;
}

const PRIMES = [0x01000193, 0x5bd1e995]; // FNV's, and another so that the two sums differ
const word = new DataView(new ArrayBuffer(8));

class Hash {
  #low = 0x811c9dc5;
  #high = 0x1b873593;

  tensor({ data, shape }: Tensor): void {
    this.numbers(shape);
    this.numbers(data);
  }

  numbers(values: ArrayLike<number>): void {
    this.#add(values.length);
    for (let i = 0; i < values.length; i++) {
      word.setFloat64(0, values[i]);
      this.#add(word.getUint32(0));
      this.#add(word.getUint32(4));
    }
  }

  #add(bits: number): void {
    this.#low = Math.imul(this.#low ^ bits, PRIMES[0]);
    this.#high = Math.imul((this.#high ^ bits) + (this.#low >>> 15), PRIMES[1]);
  }

  get digits(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
