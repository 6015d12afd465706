import { checkCount, checkKind, formatValue } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';

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

/** Labels of beats by the class that they are in, such as `{ normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] }`. */
export type ClassMap = Readonly<Record<string, readonly string[]>>;

/**
 * The labels of AAMI's classes: N = N L R e j, S = A a J S, V = V E, F = F, Q = / f Q.
 *
 * @see ANSI/AAMI EC57:1998 as de Chazal, O'Dwyer and Reilly apply it, IEEE TBME 51(7), 2004, table I.
 */
export const AAMI_LABELS: Readonly<Record<AamiClass, readonly string[]>> = {
  N: ['N', 'L', 'R', 'e', 'j'],
  S: ['A', 'a', 'J', 'S'],
  V: ['V', 'E'],
  F: ['F'],
  Q: ['/', 'f', 'Q'],
};

const AAMI_OF = /* @__PURE__ */ invert(AAMI_LABELS);

function invert<C extends string>(labels: Readonly<Record<C, readonly string[]>>): Map<string, C> {
  const classes = Object.keys(labels) as C[];
  return new Map(classes.flatMap((name) => labels[name].map((label) => [label, name] as const)));
}

/**
 * The AAMI class of a label, see `AAMI_LABELS`; undefined for anything else (rhythms, noise, and the beats `B r n ?`, which do
 * not occur in MIT-BIH and are not in the mapping).
 */
export function aamiClass(label: string): AamiClass | undefined {
  checkKind('aamiClass', 'label', label, 'text');
  return AAMI_OF.get(label);
}

/**
 * Returns a function from a label to its class, which returns undefined for labels in no class.
 *
 * @throws ArgumentError for a class without labels, and for a label that marks no beat or is in two classes
 * @example
 *     const classOf = classLookup({ normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] });
 *     classOf('L'); // 'normal'
 */
export function classLookup(classes: ClassMap): (label: string) => string | undefined {
  return classLookupFor('classLookup', classes);
}

/** `classLookup` for `op`. */
export function classLookupFor(op: string, classes: ClassMap): (label: string) => string | undefined {
  checkKind(op, 'classes', classes, 'object');
  const names = Object.keys(classes);
  if (names.length === 0) throw new ArgumentError(`${op}: expected at least one class, got none`);
  const found = new Map<string, string>();
  for (const name of names) {
    const labels = classes[name];
    checkKind(op, `class ${name}`, labels, 'array');
    if (labels.length === 0) throw new ArgumentError(`${op}: class ${name}: expected at least one label, got none`);
    for (const label of labels) {
      if (!BEATS.has(label))
        throw new ArgumentError(
          `${op}: class ${name}: expected labels of beats (${[...BEATS].join(' ')}), got ${formatValue(label)}`,
        );
      const other = found.get(label);
      if (other !== undefined)
        throw new ArgumentError(`${op}: expected each label in one class, got ${label} in ${other} and ${name}`);
      found.set(label, name);
    }
  }
  return (label) => found.get(label);
}
