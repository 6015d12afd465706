import { escapeText } from './escapeText.ts';

/** Warns on the engine's console, if it has one; ECMAScript itself does not define it. */
export function warnOnConsole(message: string): void {
  const { console } = globalThis as { console?: { warn?: (message: string) => void } };
  console?.warn?.(escapeText(message));
}
