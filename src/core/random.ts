import alea from 'seedrandom/lib/alea.js';
import { checkCount, checkKind, formatValue } from './check.ts';
import { ArgumentError } from './errors.ts';
import { log } from './math.ts';

/** The position of a `Random` in its sequence: plain data that JSON can hold. */
export interface RandomState {
  alea: { c: number; s0: number; s1: number; s2: number };
  spare: number | null;
}

const MULTIPLIER = 2091639; // of Alea
const BASE = 2 ** 32; // words of its state are multiples of 1 / BASE

/** Whether this is a state that Alea comes to: not one of the two, all digits lowest or highest, that only repeat themselves. */
function isAlea({ c, s0, s1, s2 }: RandomState['alea']): boolean {
  const words = [s0, s1, s2].map((s) => (typeof s === 'number' ? s * BASE : Number.NaN));
  const isDigit = (n: number, base: number): boolean => Number.isInteger(n) && n >= 0 && n < base;
  const repeats = (word: number, carry: number): boolean => c === carry && words.every((w) => w === word);
  const valid = isDigit(c, MULTIPLIER) && words.every((w) => isDigit(w, BASE));
  return valid && !repeats(0, 0) && !repeats(BASE - 1, MULTIPLIER - 1);
}

/**
 * Seeded random numbers: the same seed gives the same bits on every engine.
 *
 * Baagøe's Alea from seedrandom, which uses only exact float64 arithmetic; logarithms are our own.
 *
 * @example
 *     const random = new Random(0);
 *     const noise = Float32Array.from({ length: 5 }, () => random.normal(0, 0.1));
 *     const order = random.fork('order').permutation(5);
 */
export class Random {
  private next: ReturnType<typeof alea>;
  private spare: number | null = null;

  /** @param seed any number or string; generators with the same seed give the same sequence */
  constructor(seed: number | string) {
    checkKind('Random', 'seed', seed, 'seed');
    this.next = alea(String(seed), { state: true });
  }

  /** A generator that resumes exactly where the saved one was. */
  static restore(state: RandomState): Random {
    const random = new Random('');
    random.state = state;
    return random;
  }

  /** The state of the generator; setting it to a saved state resumes from there. */
  get state(): RandomState {
    return { alea: this.next.state(), spare: this.spare };
  }

  /** @throws ArgumentError for anything other than a state of a Random */
  set state(state: RandomState) {
    const { alea: inner, spare = null } = state ?? {};
    if (!inner || !isAlea(inner) || !(spare === null || Number.isFinite(spare)))
      throw new ArgumentError(`Random: expected a state saved by Random, got ${JSON.stringify(state)}`);
    this.next = alea('', { state: inner });
    this.spare = spare;
  }

  /** An independent generator, named after its purpose, so that extra draws in one place do not affect another. */
  fork(label: string): Random {
    checkKind('Random', 'label', label, 'text');
    return new Random(`${label}:${this.next.int32()}:${this.next.int32()}`);
  }

  /** Uniform in [low, high), 53 bits. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.next.double();
  }

  /**
   * Uniform whole number in [0, n).
   *
   * @throws ArgumentError unless n is a whole number of at least 1
   */
  integer(n: number): number {
    if (!(Number.isSafeInteger(n) && n >= 1))
      throw new ArgumentError(`integer: expected n to be a whole number >= 1, got ${formatValue(n)}`);
    return Math.floor(this.next.double() * n);
  }

  /** Normal, by Marsaglia's polar method (SIAM Review 6(3), 1964). */
  normal(mean = 0, deviation = 1): number {
    if (this.spare !== null) {
      const z = this.spare;
      this.spare = null;
      return mean + deviation * z;
    }
    for (;;) {
      const u = 2 * this.next.double() - 1;
      const v = 2 * this.next.double() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * log(s)) / s);
      this.spare = v * scale;
      return mean + deviation * u * scale;
    }
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<A extends { length: number; [i: number]: number }>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const t = items[i];
      items[i] = items[j];
      items[j] = t;
    }
    return items;
  }

  /** The whole numbers 0..n-1 in random order. */
  permutation(n: number): Int32Array {
    checkCount('permutation', 'n', n, 0);
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}
