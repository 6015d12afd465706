import { type Codec, signed } from './codec.ts';

/** Two samples of 12 bits in three bytes a, b, c: `a | (b & 15) << 8` and `c | (b >> 4) << 8`. */
export const FORMAT_212: Codec = {
  ...signed(12),
  bytesFor: (samples) => Math.ceil(1.5 * samples),
  samplesIn: (bytes) => Math.floor(bytes / 1.5),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i += 2, b += 3) {
      out[i] = ((bytes[b] | (bytes[b + 1] << 8)) << 20) >> 20;
      if (i + 1 < out.length) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;
    }
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i += 2, b += 3) {
      out[b] = samples[i];
      out[b + 1] = (samples[i] >> 8) & 0x0f;
      if (i + 1 === samples.length) break;
      out[b + 1] |= (samples[i + 1] >> 4) & 0xf0;
      out[b + 2] = samples[i + 1];
    }
  },
};

const signed10 = (bits: number): number => (bits << 22) >> 22;
/** Bytes of the last one or two samples of three: two and four, as the WFDB library writes them. */
const pairs = (samples: number): number => 4 * Math.floor(samples / 3) + 2 * (samples % 3);

/**
 * Three samples of 10 bits in two words of 16, low bytes first: bits 1 to 10 of each word are the first two, and bits 11
 * to 15 of the first and the second word are the lower and upper half of the third. Bit 0 of each word is not used.
 */
export const FORMAT_310: Codec = {
  ...signed(10),
  bytesFor: pairs,
  samplesIn: (bytes) => 3 * Math.floor(bytes / 4) + ((bytes % 4) >> 1),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i += 3, b += 4) {
      const first = bytes[b] | (bytes[b + 1] << 8);
      out[i] = signed10(first >> 1);
      if (i + 1 === out.length) break;
      const second = bytes[b + 2] | (bytes[b + 3] << 8);
      out[i + 1] = signed10(second >> 1);
      if (i + 2 < out.length) out[i + 2] = signed10((first >> 11) | ((second >> 11) << 5));
    }
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i += 3, b += 4) {
      const third = samples[i + 2]; // undefined, which is 0 in bits, past the end
      put(out, b, ((samples[i] << 1) & 0x7fe) | (third << 11));
      if (i + 1 < samples.length) put(out, b + 2, ((samples[i + 1] << 1) & 0x7fe) | ((third << 6) & 0xf800));
    }
  },
};

/** Three samples of 10 bits in a word of 32, lowest byte first: bits 0 to 9, 10 to 19 and 20 to 29. */
export const FORMAT_311: Codec = {
  ...signed(10),
  bytesFor: (samples) => Math.floor(samples / 3) * 4 + [0, 2, 3][samples % 3],
  writtenFor: pairs,
  samplesIn: (bytes) => 3 * Math.floor(bytes / 4) + Math.max(0, (bytes % 4) - 1),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i += 3, b += 4) {
      const low = bytes[b] | (bytes[b + 1] << 8);
      out[i] = signed10(low);
      if (i + 1 < out.length) out[i + 1] = signed10((low >> 10) | (bytes[b + 2] << 6));
      if (i + 2 < out.length) out[i + 2] = signed10((bytes[b + 2] >> 4) | (bytes[b + 3] << 4));
    }
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i += 3, b += 4) {
      const word = (samples[i] & 0x3ff) | ((samples[i + 1] & 0x3ff) << 10) | ((samples[i + 2] & 0x3ff) << 20);
      put(out, b, word);
      if (i + 1 < samples.length) put(out, b + 2, word >> 16);
    }
  },
};

/** Writes the low 16 bits of a word, low byte first. */
function put(out: Uint8Array, at: number, word: number): void {
  out[at] = word;
  out[at + 1] = word >> 8;
}
