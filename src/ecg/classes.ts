import { checkCount, checkKind } from '../core/check.ts';

/** AAMI's five classes of beats: normal, supraventricular ectopic, ventricular ectopic, fusion, paced or unknown. */
export type AamiClass = 'N' | 'S' | 'V' | 'F' | 'Q';

/** All AAMI classes, in the order of ANSI/AAMI EC57. */
export const AAMI_CLASSES = ['N', 'S', 'V', 'F', 'Q'] as const satisfies readonly AamiClass[];

/** The three-class task: normal, supraventricular ectopic, ventricular ectopic. */
export const CLASSES = ['N', 'S', 'V'] as const satisfies readonly AamiClass[];

/** Mnemonics of annotation codes 0 to 49 (strings from annot.c, codes from ecgcodes.h, WFDB library 10.6). */
const MNEMONICS =
  '  N L R a V F J A S E j / Q ~ [15] | [17] s T * D " = p B ^ t + u ? ! [ ] e n @ x f ( ) r [42] [43] [44] [45] [46] [47] [48] [49]'
    .slice(1)
    .split(' ');

/**
 * The mnemonic of an annotation code: 1 is `N`, 5 is `V`, 28 is `+`; a code without one is itself in brackets, `[42]`.
 *
 * @see annot.c and ecgcodes.h of the WFDB library.
 */
export function mnemonicOf(code: number): string {
  checkCount('mnemonicOf', 'code', code, 0);
  return MNEMONICS[code] || `[${code}]`;
}

/** The annotation code of a mnemonic, or undefined; the inverse of `mnemonicOf`. */
export function codeOf(mnemonic: string): number | undefined {
  checkKind('codeOf', 'mnemonic', mnemonic, 'text');
  const code = MNEMONICS.indexOf(mnemonic, 1);
  if (code > 0) return code;
  const inBrackets = /^\[(\d+)\]$/.exec(mnemonic);
  return inBrackets ? Number(inBrackets[1]) : undefined;
}

/** Annotations that mark beats: PhysioNet's list of beat annotations, physionet.org/about/annotations. */
const BEATS = new Set('N L R B A a J S V r F e j n E / f Q ?'.split(' '));

/** Whether a label marks a beat, rather than a rhythm, a wave, noise or a comment. */
export function isBeat(label: string): boolean {
  checkKind('isBeat', 'label', label, 'text');
  return BEATS.has(label);
}

const AAMI_OF: ReadonlyMap<string, AamiClass> = new Map(
  (
    [
      ['N', 'N L R e j'],
      ['S', 'A a J S'],
      ['V', 'V E'],
      ['F', 'F'],
      ['Q', '/ f Q'],
    ] as const
  ).flatMap(([aami, labels]) => labels.split(' ').map((label) => [label, aami] as const)),
);

/**
 * The AAMI class of a label: N = N L R e j, S = A a J S, V = V E, F = F, Q = / f Q; undefined for anything else
 * (rhythms, noise, and the beats `B r n ?`, which do not occur in MIT-BIH and are not in the mapping).
 *
 * @see ANSI/AAMI EC57:1998 as de Chazal, O'Dwyer and Reilly apply it, IEEE TBME 51(7), 2004, table I.
 */
export function aamiClass(label: string): AamiClass | undefined {
  checkKind('aamiClass', 'label', label, 'text');
  return AAMI_OF.get(label);
}
