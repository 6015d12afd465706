/**
 * Where two values differ, as a path; '' where they do not. NaN equals NaN and 0 equals -0; an object's prototype is
 * compared too, so that one that a file has replaced shows.
 */
export function same(a: unknown, b: unknown, path = 'it'): string {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return '';
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `the prototype of ${path}`;
  if (ArrayBuffer.isView(a)) return sameNumbers(a as Uint8Array, b as Uint8Array) ? '' : path;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return `the keys of ${path}`;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return `${path}.${key}`;
    const differs = same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
    if (differs) return differs;
  }
  return '';
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}
