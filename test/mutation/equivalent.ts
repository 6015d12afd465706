// Survivors that no test can notice, each with the reason. A mutant is known by its line before and after the change, so that a
// reason goes with the line it is for.
import type { Mutant } from './mutants.ts';

interface Answer extends Pick<Mutant, 'file' | 'code' | 'becomes'> {
  why: string;
}

const EQUIVALENT: readonly Answer[] = [
  {
    file: 'src/ecg/open/guessUnit.ts',
    code: 'if (samples[i] < low) low = samples[i];',
    becomes: 'if (samples[i] <= low) low = samples[i];',
    why: 'a sample that equals the lowest so far is the same number',
  },
  {
    file: 'src/ecg/open/guessUnit.ts',
    code: 'if (samples[i] > high) high = samples[i];',
    becomes: 'if (samples[i] >= high) high = samples[i];',
    why: 'a sample that equals the highest so far is the same number',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = mixed.length - 1; i >= signals; i--) {',
    becomes: 'for (let i = mixed.length + 1; i >= signals; i--) {',
    why: 'past the end the difference is 0, and what is written there is dropped',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = 0, at = s; i < samples; i++, at += signals.length) mixed[at] = signal[i];',
    becomes: 'for (let i = 0, at = s; i <= samples; i++, at += signals.length) mixed[at] = signal[i];',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/packedBits.ts',
    code: 'if (i + 1 < out.length) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;',
    becomes: 'if (i - 1 < out.length) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/packedBits.ts',
    code: 'if (i + 1 < out.length) out[i + 1] = signed10((low >> 10) | (bytes[b + 2] << 6));',
    becomes: 'if (i - 1 < out.length) out[i + 1] = signed10((low >> 10) | (bytes[b + 2] << 6));',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/packedBits.ts',
    code: 'if (i + 1 === out.length) break;',
    becomes: 'if (i - 1 === out.length) break;',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/packedBits.ts',
    code: 'put(out, b, ((samples[i] << 1) & 0x7fe) | (third << 11));',
    becomes: 'put(out, b, ((samples[i] << 1) & 2047) | (third << 11));',
    why: 'the lowest bit is 0 after the shift',
  },
  {
    file: 'src/ecg/wfdb/signals/wholeBytes.ts',
    code: 'for (let i = 0, b = 0; i < samples.length; i++, b += 2) {',
    becomes: 'for (let i = 0, b = 0; i <= samples.length; i++, b += 2) {',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/wholeBytes.ts',
    code: 'for (let i = 0, b = 0; i < out.length; i++, b += 2) out[i] = ((bytes[b + 1] | (bytes[b] << 8)) << 16) >> 16;',
    becomes:
      'for (let i = 0, b = 0; i <= out.length; i++, b += 2) out[i] = ((bytes[b + 1] | (bytes[b] << 8)) << 16) >> 16;',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signals/wholeBytes.ts',
    code: 'for (let i = 0; i < samples.length; i++) out[i] = samples[i] + 128;',
    becomes: 'for (let i = 0; i < samples.length; i++) out[i] = samples[i] - 128;',
    why: 'bytes are modulo 256',
  },
  {
    file: 'src/formats/safetensorsHeader.ts',
    code: 'for (let i = 0; i < bytes.length; i++) {',
    becomes: 'for (let i = 0; i <= bytes.length; i++) {',
    why: 'the undefined past the end is none of the bytes that are looked for',
  },
  {
    file: 'src/formats/utf8.ts',
    code: 'const bytes = new Uint8Array(3 * text.length); // of a pair, two units, four bytes',
    becomes: 'const bytes = new Uint8Array(4 * text.length); // of a pair, two units, four bytes',
    why: 'more memory than needed; what is not used is cut off',
  },
  {
    file: 'src/metric/pairLoss.ts',
    code: 'return matrix.subarray(i * n, (i + 1) * n);',
    becomes: 'return matrix.subarray(i * n, (i + 2) * n);',
    why: 'a row that goes on into the next is read and written at positions below n alone',
  },
  {
    file: 'src/metric/supConLoss.ts',
    code: 'if (B === 0 || members(y[0]).others.length === 0) return 0;',
    becomes: 'if (B === 1 || members(y[0]).others.length === 0) return 0;',
    why: 'in a batch of none and of one there are no others, either',
  },
  {
    file: 'src/train/saving.ts',
    code: "if (average) average.state = { steps: averaged ?? 0, weights: unprefixed('average', tensors) };",
    becomes: "if (average) average.state = { steps: averaged ?? 1, weights: unprefixed('average', tensors) };",
    why: 'a state without a number of averaged steps has been refused above if there is an average',
  },
  {
    file: 'src/metric/supConLoss.ts',
    code: 'if (B === 0 || members(y[0]).others.length === 0) return 0;',
    becomes: 'if (B === 0 || members(y[1]).others.length === 0) return 0;',
    why: 'of two samples or more either has no others only if all are of one class; one sample alone has no positive',
  },
  {
    file: 'src/metric/marginScheduler.ts',
    code: 'this.#steps = step > 0 ? Math.ceil((margin - min) / step - 1e-9) : 0;',
    becomes: 'this.#steps = step > 0 ? Math.ceil((margin - min) / step - 1e-9) : 1;',
    why: 'any number of steps of 0 is 0',
  },
];

export function isEquivalent({ file, code, becomes }: Mutant): boolean {
  return EQUIVALENT.some((answer) => answer.file === file && answer.code === code && answer.becomes === becomes);
}
