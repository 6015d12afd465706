/** What later editions of the language than ES2020 have as `Object.hasOwn` and `list.at(-1)`. */

const owns = Object.prototype.hasOwnProperty;

/** Whether an object itself has a property. */
export function hasOwn(object: object, key: PropertyKey): boolean {
  return owns.call(object, key);
}

/** The last of a list, or undefined if it is empty. */
export function last<T>(list: readonly T[]): T | undefined {
  return list[list.length - 1];
}
