import { checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, DataError } from '../core/errors.ts';

/**
 * Maps class names to numbers: each name to its position k in `classes`.
 *
 * @example
 *     const encoder = LabelEncoder.fit(['walk', 'run', 'walk']); // classes: run, walk
 *     encoder.encode(['walk']); // Int32Array [1]
 *     encoder.decode([1, 0]); // ['walk', 'run']
 */
export class LabelEncoder {
  /** the names in the order of their numbers */
  readonly classes: readonly string[];
  private readonly numbers: ReadonlyMap<string, number>;

  /**
   * @param classes the names in the order of their numbers
   * @throws ArgumentError if there is no name, for a name that is not a string, or for a duplicate
   */
  constructor(classes: readonly string[]) {
    checkKind('LabelEncoder', 'classes', classes, 'array');
    if (classes.length === 0) throw new ArgumentError('LabelEncoder: expected at least one class, got none');
    const numbers = new Map<string, number>();
    for (const [k, name] of classes.entries()) {
      checkKind('LabelEncoder', `classes[${k}]`, name, 'text');
      if (numbers.has(name))
        throw new ArgumentError(`LabelEncoder: expected every class once, got ${formatValue(name)} twice`);
      numbers.set(name, k);
    }
    this.classes = [...classes];
    this.numbers = numbers;
  }

  /** An encoder of the names that occur, in ascending order of their UTF-16 code units. */
  static fit(labels: readonly string[]): LabelEncoder {
    checkKind('LabelEncoder.fit', 'labels', labels, 'array');
    return new LabelEncoder([...new Set(labels)].sort());
  }

  /**
   * The number of each name.
   *
   * @throws DataError for a name that is not in `classes`
   */
  encode(labels: readonly string[]): Int32Array {
    checkKind('encode', 'labels', labels, 'array');
    return Int32Array.from(labels, (name, i) => {
      const k = this.numbers.get(name);
      if (k === undefined)
        throw new DataError(
          `encode: expected labels among ${formatClasses(this.classes)}, got ${formatValue(name)} at position ${i}`,
        );
      return k;
    });
  }

  /**
   * The name of each number.
   *
   * @throws DataError for a number that is not a position in `classes`
   */
  decode(numbers: ArrayLike<number>): string[] {
    checkKind('decode', 'numbers', numbers, 'numbers');
    return decodeLabels(this.classes, numbers);
  }
}

/** The class of each number. */
export function decodeLabels(classes: readonly string[], numbers: ArrayLike<number>): string[] {
  return Array.from(numbers, (k, i) => {
    const name = classes[k];
    if (name === undefined)
      throw new DataError(`decode: expected labels from 0 to ${classes.length - 1}, got ${k} at position ${i}`);
    return name;
  });
}

/** Class names for an error: all, or the first few of many. */
export function formatClasses(classes: readonly string[]): string {
  const few = classes.slice(0, 8).join(', ');
  return classes.length > 8 ? `${few} and ${classes.length - 8} more` : few;
}
