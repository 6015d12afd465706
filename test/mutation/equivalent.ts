// Survivors that no test can notice, each with the reason. A mutant is known by its file, its line's text and its change, so
// that a reason goes with the line it is for.
import type { Mutant } from './mutants.ts';

interface Answer {
  file: string;
  /** the line, without spaces around it */
  code: string;
  /** as the list of survivors prints it */
  change: string;
  why: string;
}

const EQUIVALENT: readonly Answer[] = [
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = 0; i < count; i++) {',
    change: '< -> <=',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/formats/safetensorsHeader.ts',
    code: 'for (let i = 0; i < bytes.length; i++) {',
    change: '< -> <=',
    why: 'the undefined past the end is none of the bytes that are looked for',
  },
  {
    file: 'src/formats/utf8.ts',
    code: 'const bytes = new Uint8Array(3 * text.length); // of a pair, two units, four bytes',
    change: '3 -> 4',
    why: 'more memory than needed; what is not used is cut off',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'for (let i = 0, at = s; i < samples; i++, at += signals.length) mixed[at] = signal[i];',
    change: '< -> <=',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'if (i + 1 < count) out[i + 1] = ((bytes[b + 2] | ((bytes[b + 1] & 0xf0) << 4)) << 20) >> 20;',
    change: '+ -> -',
    why: 'what is written past the end of a typed array is dropped',
  },
  {
    file: 'src/train/saving.ts',
    code: "if (average) average.state = { steps: averaged ?? 0, weights: unprefixed('average', tensors) };",
    change: '0 -> 1',
    why: 'a state without a number of averaged steps has been refused above if there is an average',
  },
  {
    file: 'src/ecg/wfdb/signal.ts',
    code: 'if (format === 80) for (let i = 0; i < count; i++) bytes[i] = mixed[i] + 128;',
    change: '+ -> -',
    why: 'bytes are modulo 256',
  },
];

export function isEquivalent({ file, change }: Mutant, code: string): boolean {
  return EQUIVALENT.some((answer) => answer.file === file && answer.code === code && answer.change === change);
}
