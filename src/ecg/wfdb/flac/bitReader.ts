import { DataError } from '../../../core/errors.ts';

/** Reads bits, the highest of each byte first. */
export class BitReader {
  readonly bytes: Uint8Array;
  /** Byte that holds the next bit. */
  at: number;
  /** Bits of it that are read. */
  private bit = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next 32 bits; 0 beyond the end. */
  private window(): number {
    const { bytes, at } = this;
    const word = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    return this.bit === 0 ? word : (word << this.bit) | (bytes[at + 4] >> (8 - this.bit));
  }

  private advance(bits: number): void {
    const end = this.bit + bits;
    this.at += end >> 3;
    this.bit = end & 7;
    if (this.at + (this.bit > 0 ? 1 : 0) > this.bytes.length)
      throw new DataError(`expected more of a frame at byte ${this.at}, got the end of ${this.bytes.length} bytes`);
  }

  /** A number of at most 32 bits. */
  unsigned(bits: number): number {
    if (bits === 0) return 0;
    const value = this.window() >>> (32 - bits);
    this.advance(bits);
    return value;
  }

  /** Two's complement of at most 32 bits. */
  signed(bits: number): number {
    if (bits === 0) return 0;
    const value = this.window() >> (32 - bits);
    this.advance(bits);
    return value;
  }

  /** How many zeros precede the next one, which is read, too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const lead = Math.clz32(this.window());
      if (lead < 32) {
        this.advance(lead + 1);
        return zeros + lead;
      }
      zeros += 32;
      this.advance(32);
    }
  }

  /** Goes on with the next whole byte. */
  align(): void {
    if (this.bit > 0) this.advance(8 - this.bit);
  }
}
