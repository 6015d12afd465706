// What of a source is code that a mutant may change.

const TOKEN = new RegExp(
  [
    '//[^\\n]*', // comments
    '/\\*[\\s\\S]*?\\*/',
    "'(?:\\\\.|[^'\\\\\\n])*'", // texts
    '"(?:\\\\.|[^"\\\\\\n])*"',
    '`(?:\\\\.|\\$\\{(?:[^{}`]|\\{[^{}]*\\}|`[^`]*`)*\\}|[^`\\\\])*`', // templates, whose expressions mostly make messages
    '(?<=[(,=:[!&|?;{}\\n]\\s*|return )/(?![/*])(?:\\\\.|\\[(?:\\\\.|[^\\]\\\\\\n])*\\]|[^/\\\\\\n[])+/[a-z]*', // patterns
  ].join('|'),
  'g',
);

/** The source with everything in comments, texts, templates and patterns replaced by `_`; lines and positions stay. */
export function masked(source: string): string {
  return source.replace(TOKEN, blank).replace(/(?<=\bthrow )[^;]*/g, blank); // an error's words are not its condition
}

const blank = (text: string): string => text.replace(/[^\n]/g, '_');

/** Position after the bracket that closes the one at `from` in a masked source. */
export function closing(code: string, from: number): number {
  let depth = 0;
  for (let i = from; i < code.length; i++) {
    if ('([{'.includes(code[i])) depth++;
    else if (')]}'.includes(code[i]) && --depth === 0) return i + 1;
  }
  return code.length;
}

/** Position after the `;` that ends the statement at `from`, outside of brackets. */
export function statementEnd(code: string, from: number): number {
  for (let i = from; i < code.length; i++) {
    if ('([{'.includes(code[i])) i = closing(code, i) - 1;
    else if (code[i] === ';') return i + 1;
    else if (code[i] === '}') return i;
  }
  return code.length;
}
