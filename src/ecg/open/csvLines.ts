import { DataError } from '../../core/errors.ts';
import { latin1 } from '../../formats/latin1.ts';
import { decodeUtf8 } from '../../formats/utf8.ts';

const [LF, CR] = [10, 13];
/** Bytes of a line. */
export const LONGEST_LINE = 2 ** 16;

/** A line of a text. */
export interface Line {
  /** From 1. */
  number: number;
  text: string;
}

/**
 * The lines of a text in UTF-8, or Latin-1 where it is not, without blank ones, one at a time; they end in LF, CR LF or CR.
 *
 * @throws DataError for a line of more than 64 KiB
 */
export function* linesOf(bytes: Uint8Array, file: string): Generator<Line> {
  let number = 1;
  for (let at = 0; at < bytes.length; number++) {
    let end = at;
    let ascii = true;
    for (; end < bytes.length && bytes[end] !== LF && bytes[end] !== CR; end++) if (bytes[end] > 127) ascii = false;
    if (end - at > LONGEST_LINE)
      throw new DataError(
        `openRecording: ${file} line ${number}: expected at most ${LONGEST_LINE} bytes, as a row is one sample, got ${end - at}`,
      );
    const line = bytes.subarray(at, end);
    const text = ascii ? latin1(line) : (decodeUtf8(line) ?? latin1(line));
    if (text.trim() !== '') yield { number, text };
    at = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
  }
}

/** The bytes of a text as UTF-8 or Latin-1, without a byte-order mark: UTF-16, which spreadsheets export, is converted. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (!little && !(bytes[0] === 0xfe && bytes[1] === 0xff)) return bytes;
  const out = new Uint8Array(Math.ceil(1.5 * bytes.length)); // three bytes of UTF-8 for two
  let n = 0;
  for (let at = 2; at + 1 < bytes.length; at += 2) {
    const code = little ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];
    if (code < 0x80) out[n++] = code;
    else {
      if (code < 0x800) out[n++] = 0xc0 | (code >> 6);
      else {
        out[n++] = 0xe0 | (code >> 12);
        out[n++] = 0x80 | ((code >> 6) & 0x3f);
      }
      out[n++] = 0x80 | (code & 0x3f);
    }
  }
  return out.subarray(0, n);
}
