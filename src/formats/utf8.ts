// TextEncoder and TextDecoder belong to the platform, not to the language.

const CHUNK = 4096; // code units joined at a time: far fewer than a call takes arguments

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether UTF-8 can hold a text: half of a surrogate pair it cannot. */
export const isUnicode = (text: string): boolean => !LONE_SURROGATE.test(text);

/** A text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length); // of a pair, two units, four bytes
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) bytes[n++] = code;
    else {
      if (code < 0x800) bytes[n++] = 0xc0 | (code >> 6);
      else {
        if (code < 0x10000) bytes[n++] = 0xe0 | (code >> 12);
        else {
          bytes[n++] = 0xf0 | (code >> 18);
          bytes[n++] = 0x80 | ((code >> 12) & 0x3f);
          i++; // the second half of the pair
        }
        bytes[n++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[n++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.slice(0, n);
}

/** The text of UTF-8; null for bytes that are none: cut short, longer than needed, a surrogate, beyond U+10FFFF. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const parts: string[] = [];
  const units = new Uint16Array(CHUNK);
  let n = 0;
  const flush = (): void => {
    parts.push(String.fromCharCode.apply(null, units.subarray(0, n) as unknown as number[]));
    n = 0;
  };
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++];
    let code = first;
    if (first >= 0x80) {
      const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
      if (first < 0xc2 || first > 0xf4 || i + more > bytes.length) return null;
      code = first & (0x3f >> more);
      for (let k = 0; k < more; k++, i++) {
        if ((bytes[i] & 0xc0) !== 0x80) return null;
        code = (code << 6) | (bytes[i] & 0x3f);
      }
      if (code < [0x80, 0x800, 0x10000][more - 1] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    }
    if (code < 0x10000) units[n++] = code;
    else {
      units[n++] = 0xd800 + ((code - 0x10000) >> 10);
      units[n++] = 0xdc00 + (code & 0x3ff);
    }
    if (n > CHUNK - 2) flush();
  }
  flush();
  return parts.join('');
}
