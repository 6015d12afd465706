// Survivors that no test can notice, each with the reason. A mutant is known by its line before and after the change, so that a
// reason goes with the line it is for.
import type { Mutant } from './mutants.ts';

interface Answer extends Pick<Mutant, 'file' | 'code' | 'becomes'> {
  why: string;
}

const EQUIVALENT: readonly Answer[] = [
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = 0; i < count; i++) {',
    becomes: 'for (let i = 0; i <= count; i++) {',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = 0, at = s; i < samples; i++, at += signals.length) mixed[at] = signal[i];',
    becomes: 'for (let i = 0, at = s; i <= samples; i++, at += signals.length) mixed[at] = signal[i];',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'if (i + 1 < count) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;',
    becomes: 'if (i - 1 < count) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'if (format === 80) for (let i = 0; i < count; i++) bytes[i] = mixed[i] + 128;',
    becomes: 'if (format === 80) for (let i = 0; i < count; i++) bytes[i] = mixed[i] - 128;',
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
