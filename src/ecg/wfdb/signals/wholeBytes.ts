import { type Codec, signed } from './codec.ts';

/** Sizes of a format with so many bytes a sample. */
const each = (size: number): Pick<Codec, 'bytesFor' | 'samplesIn'> => ({
  bytesFor: (samples) => size * samples,
  samplesIn: (bytes) => Math.floor(bytes / size),
});

/** One byte: the difference to the signal's sample before, two's complement. */
export const FORMAT_8: Codec = {
  ...{ range: [-(2 ** 31), 2 ** 31 - 1], invalid: Number.NaN, wide: true, differences: true },
  ...each(1),
  decode: (bytes, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (bytes[i] << 24) >> 24;
  },
  encode: (samples, out) => out.set(samples),
};

/** Two bytes, two's complement, low byte first. */
export const FORMAT_16: Codec = {
  ...signed(16),
  ...each(2),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i++, b += 2) out[i] = ((bytes[b] | (bytes[b + 1] << 8)) << 16) >> 16;
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i++, b += 2) {
      out[b] = samples[i];
      out[b + 1] = samples[i] >> 8;
    }
  },
};

/** Three bytes, two's complement, lowest byte first. */
export const FORMAT_24: Codec = {
  ...signed(24),
  ...each(3),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i++, b += 3)
      out[i] = ((bytes[b] | (bytes[b + 1] << 8) | (bytes[b + 2] << 16)) << 8) >> 8;
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i++, b += 3) {
      out[b] = samples[i];
      out[b + 1] = samples[i] >> 8;
      out[b + 2] = samples[i] >> 16;
    }
  },
};

/** Four bytes, two's complement, lowest byte first. */
export const FORMAT_32: Codec = {
  ...signed(32),
  ...each(4),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i++, b += 4)
      out[i] = bytes[b] | (bytes[b + 1] << 8) | (bytes[b + 2] << 16) | (bytes[b + 3] << 24);
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i++, b += 4) {
      out[b] = samples[i];
      out[b + 1] = samples[i] >> 8;
      out[b + 2] = samples[i] >> 16;
      out[b + 3] = samples[i] >> 24;
    }
  },
};

/** Two bytes, two's complement, high byte first. */
export const FORMAT_61: Codec = {
  ...signed(16),
  ...each(2),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i++, b += 2) out[i] = ((bytes[b + 1] | (bytes[b] << 8)) << 16) >> 16;
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i++, b += 2) {
      out[b] = samples[i] >> 8;
      out[b + 1] = samples[i];
    }
  },
};

/** One byte, offset by 128. */
export const FORMAT_80: Codec = {
  ...signed(8),
  ...each(1),
  decode: (bytes, out) => {
    for (let i = 0; i < out.length; i++) out[i] = bytes[i] - 128;
  },
  encode: (samples, out) => {
    for (let i = 0; i < samples.length; i++) out[i] = samples[i] + 128;
  },
};

/** Two bytes, offset by 32768, low byte first. */
export const FORMAT_160: Codec = {
  ...signed(16),
  ...each(2),
  decode: (bytes, out) => {
    for (let i = 0, b = 0; i < out.length; i++, b += 2) out[i] = (bytes[b] | (bytes[b + 1] << 8)) - 32768;
  },
  encode: (samples, out) => {
    for (let i = 0, b = 0; i < samples.length; i++, b += 2) {
      out[b] = samples[i];
      out[b + 1] = (samples[i] + 32768) >> 8;
    }
  },
};
