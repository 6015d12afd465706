/** Warns on the engine's console, where it has one; ECMAScript itself does not. */
export function warnOnConsole(message: string): void {
  const { console } = globalThis as { console?: { warn?: (message: string) => void } };
  console?.warn?.(message);
}
