const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes from base64; `atob` is not part of the language. */
export function decodeBase64(text: string): Uint8Array {
  const end = text.indexOf('=');
  const length = end < 0 ? text.length : end;
  const bytes = new Uint8Array((length * 6) >> 3);
  for (let i = 0, bits = 0; i < length; i++) {
    bits = (bits << 6) | DIGITS.indexOf(text[i]);
    const ready = (i * 6) % 8; // of the bits before this digit, those not yet used
    if (ready >= 2) bytes[(i * 6) >> 3] = bits >> (ready - 2);
  }
  return bytes;
}

/** Base64 of bytes, padded with `=`. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63]).join('');
    const missing = Math.max(0, i + 3 - bytes.length);
    parts.push(missing === 0 ? digits : `${digits.slice(0, 4 - missing)}${'='.repeat(missing)}`);
  }
  return parts.join('');
}
