import { latin1 } from '../../formats/latin1.ts';
import { decodeUtf8 } from '../../formats/utf8.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** The text of a header: UTF-8, or Latin-1 if its bytes are none, so that µV is µV either way. */
export function headerText(contents: string | Uint8Array): string {
  const text = typeof contents === 'string' ? contents : (decodeUtf8(contents) ?? latin1(contents));
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
