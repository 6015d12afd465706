/** An element of index.html, which must be there and of that kind. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`element: expected a ${kind.name} with the id ${id}, got ${found?.tagName ?? 'none'}`);
}

/** A new element with text or others in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** Sets text, unless it is there already: a screen reader may speak at each change. */
export function say(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}

/** Calls `draw` before the next picture of the screen, however often it is asked for until then. */
export function eachFrame(draw: (now: number) => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame((now) => {
      asked = false;
      draw(now);
    });
  };
}

/** Hands a file to the user. */
export function save(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type: 'application/octet-stream' }));
  const link = make('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Text that is announced to those who do not see the page. */
export const announce = (text: string): void => say(element('status', HTMLElement), text);

/** A share as percent, in a figure that changes while one looks at it: to one digit. */
export const percentage = (x: number): string => `${(100 * x).toFixed(1)}\u00a0%`;
