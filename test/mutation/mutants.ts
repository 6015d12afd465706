// The faults that are put into a source, one at a time.
import { transformSync } from 'esbuild';
import { closing, masked, statementEnd } from './mask.ts';

/** One change of a file. */
export interface Mutant {
  /** path below the root */
  file: string;
  /** 1 for the first */
  line: number;
  from: number;
  to: number;
  /** what replaces the characters `from` to `to` */
  text: string;
  /** its line in the source, without spaces around it */
  code: string;
  /** that line with the change: with `code` it names the mutant, whatever its number */
  becomes: string;
  /** `before -> after`, for readers */
  change: string;
}

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Replacements of operators and words. The formatter puts spaces around binary operators, but not around types' brackets. */
const WORDS: readonly [RegExp, readonly string[]][] = [
  [/(?<= )<(?= )/g, ['<=', '>=']],
  [/(?<= )<=(?= )/g, ['<', '>']],
  [/(?<= )>(?= )/g, ['>=', '<=']],
  [/(?<= )>=(?= )/g, ['>', '<']],
  [/(?<= )===(?= )/g, ['!==']],
  [/(?<= )!==(?= )/g, ['===']],
  [/(?<=\s)&&(?= )/g, ['||']],
  [/(?<=\s)\|\|(?= )/g, ['&&']],
  [/(?<=\s)\?\?(?= )/g, ['&&']],
  [/(?<=\s)\+(?= )/g, ['-']],
  [/(?<=\s)-(?= )/g, ['+']],
  [/(?<=\s)\*(?= )/g, ['/']],
  [/(?<=\s)\/(?= )/g, ['*']],
  [/(?<= )%(?= )/g, ['*']],
  [/(?<= )<<(?= )/g, ['>>']],
  [/(?<= )>>>?(?= )/g, ['<<']],
  [/(?<= )&(?= )/g, ['|']],
  [/(?<= )\|(?= )/g, ['&']],
  [/(?<= )\+=(?= )/g, ['-=', '=']],
  [/(?<= )-=(?= )/g, ['+=', '=']],
  [/\+\+/g, ['--']],
  [/--/g, ['++']],
  [/\btrue\b/g, ['false']],
  [/\bfalse\b/g, ['true']],
  [/(?<=[(\s.])!(?=[\w(])/g, ['']],
  [/(?<=\bMath\.)min\b/g, ['max']],
  [/(?<=\bMath\.)max\b/g, ['min']],
  [/(?<=\bMath\.)(floor|trunc)\b/g, ['ceil']],
  [/(?<=\bMath\.)ceil\b/g, ['floor']],
  [/(?<=\.)some(?=\()/g, ['every']],
  [/(?<=\.)every(?=\()/g, ['some']],
];

const NUMBER = /(?<![\w.#$])(0x[\da-f]+|\d+(\.\d+)?(e-?\d+)?)(?![\w.])/gi;

function words(code: string): Edit[] {
  const edits: Edit[] = [];
  for (const [pattern, texts] of WORDS)
    for (const { index, 0: found } of code.matchAll(pattern))
      for (const text of texts) edits.push({ from: index, to: index + found.length, text });
  for (const { index, 0: found } of code.matchAll(NUMBER))
    edits.push({ from: index, to: index + found.length, text: String(Number(found) + 1) });
  return edits;
}

/** Conditions negated; statements of a condition that only leaves (return, throw, continue, break) removed. */
function conditions(code: string): Edit[] {
  const edits: Edit[] = [];
  for (const { index, 0: found } of code.matchAll(/\b(if|while) \(/g)) {
    const open = index + found.length - 1;
    const end = closing(code, open);
    edits.push({ from: open, to: end, text: `(!${code.slice(open, end)})` });
    const leaves = found.startsWith('if') && /^\s+(return|throw|continue|break)\b/.test(code.slice(end, end + 200));
    const last = statementEnd(code, end);
    if (leaves && !/^\s*else\b/.test(code.slice(last))) edits.push({ from: index, to: last, text: ';' });
  }
  return edits;
}

/** Statements that are a call, an assignment or a step removed. */
function statements(code: string): Edit[] {
  const edits: Edit[] = [];
  for (const { index, 1: space } of code.matchAll(
    /^(\s*)(?!return\b|throw\b|if\b|for\b|while\b|const\b|let\b|super\b|yield\b|function\b)(await )?[\w.#?!]+(\[[^\]\n]*\])?(\(| [-+*/|]?= |\+\+;|--;)/gm,
  )) {
    const from = index + space.length;
    const to = statementEnd(code, from);
    if (code[to - 1] === ';' && /[;{})]\s*$/.test(code.slice(0, from).replace(/_+/g, ' ')))
      edits.push({ from, to, text: ';' });
  }
  return edits;
}

/** Comparators with their arguments swapped. */
function comparators(code: string): Edit[] {
  const pattern = /(?<=\.(?:sort|toSorted)\()\((\w+), (\w+)\)(?= =>)/g;
  return [...code.matchAll(pattern)].map(({ index, 0: found, 1: a, 2: b }) => ({
    from: index,
    to: index + found.length,
    text: `(${b}, ${a})`,
  }));
}

const compiled = (source: string): string =>
  transformSync(source, { loader: 'ts', target: 'es2022', minifyWhitespace: true, logLevel: 'silent' }).code;

/** All mutants of a file that compile and differ in what runs, not in types alone; one for each different program. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const code = masked(source);
  const seen = new Set([compiled(source)]);
  const mutants: Mutant[] = [];
  for (const edit of [...words(code), ...conditions(code), ...statements(code), ...comparators(code)]) {
    const mutant = { file, ...edit, text: unmasked(source, code, edit), line: 0, code: '', becomes: '', change: '' };
    const program = tryCompiled(mutated(source, mutant));
    if (program === null || seen.has(program)) continue;
    seen.add(program);
    mutant.line = source.slice(0, edit.from).split('\n').length;
    const start = source.lastIndexOf('\n', edit.from - 1) + 1;
    const end = source.indexOf('\n', edit.to);
    mutant.code = shown(source.slice(start, end));
    mutant.becomes = shown(source.slice(start, edit.from) + mutant.text + source.slice(edit.to, end));
    mutant.change = `${shown(source.slice(edit.from, edit.to))} -> ${shown(mutant.text) || 'nothing'}`;
    mutants.push(mutant);
  }
  return mutants.sort((a, b) => a.from - b.from || a.to - b.to);
}

const shown = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A negated condition is made of masked code: its text is the source's. */
function unmasked(source: string, code: string, { from, to, text }: Edit): string {
  return text.replace(code.slice(from, to), () => source.slice(from, to));
}

function tryCompiled(source: string): string | null {
  try {
    return compiled(source);
  } catch {
    return null;
  }
}

/** The source with the mutant's change. */
export function mutated(source: string, { from, to, text }: Mutant): string {
  return source.slice(0, from) + text + source.slice(to);
}
