const CHUNK = 4096; // far fewer than a call takes arguments

/** The text of bytes that are a character each. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(latin1(bytes.subarray(at, at + CHUNK)));
  return parts.join('');
}
