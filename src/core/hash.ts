const PRIMES = [0x01000193, 0x5bd1e995]; // FNV's, and another so that the two sums differ
const word = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/**
 * 16 hexadecimal digits for numbers, the same on every engine; no protection against forgery.
 *
 * Two sums of 32 bits, h = (h xor word) * prime, over the words of every value as float64 (FNV-1a, by words instead of bytes).
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export class Hash {
  private low = 0x811c9dc5;
  private high = 0x1b873593;

  numbers(values: ArrayLike<number>): this {
    return this.count(values.length).part(values);
  }

  /** What `numbers` begins with, for values that come in parts. */
  count(length: number): this {
    this.add(length);
    return this;
  }

  /** Some of the values that were counted. */
  part(values: ArrayLike<number>): this {
    for (let i = 0; i < values.length; i++) {
      word.setFloat64(0, values[i]);
      this.add(word.getUint32(0));
      this.add(word.getUint32(4));
    }
    return this;
  }

  private add(bits: number): void {
    this.low = Math.imul(this.low ^ bits, PRIMES[0]);
    this.high = Math.imul((this.high ^ bits) + (this.low >>> 15), PRIMES[1]);
  }

  get digits(): string {
    return [this.high, this.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
