import { checkKind } from './check.ts';
import { escapeText } from './escapeText.ts';

/**
 * A text from a file as it can be shown on a terminal, which obeys escape sequences: control and format characters, halves of
 * surrogate pairs and line ends are written as `\u001b`, and only the two ends of a very long text are kept. Messages of errors are
 * such texts already.
 *
 * @example
 *     declare const record: EcgRecord;
 *     for (const { name } of record.leads) console.log(printable(name));
 */
export function printable(text: string): string {
  checkKind('printable', 'text', text, 'text');
  return escapeText(text);
}
