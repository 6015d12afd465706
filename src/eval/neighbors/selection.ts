import type { DType, Vec } from '../../kernels/types.ts';

/** Number of neighbours up to which a heap is faster than sorting. */
const HEAP = 256;

/**
 * Picks the k smallest of a row of n distances, smallest first; ties go to the lower position. Reused for every row.
 */
export class Selection {
  /** (k) */
  readonly index: Int32Array;
  /** (k) */
  readonly distance: Float64Array;
  private readonly ownTake: (d: Vec, self: number) => void;

  /** @param n maximum number of distances in a row */
  constructor(k: number, n: number, dtype: DType) {
    this.index = new Int32Array(k);
    this.distance = new Float64Array(k);
    this.ownTake = k <= HEAP ? this.byHeap(k) : this.bySorting(k, n, dtype);
  }

  /**
   * @param d at least k distances, excluding the one at position `self`; -1 excludes none
   * @param positions the positions that the distances belong to, in ascending order; by default the position in d
   */
  take(d: Vec, self: number, positions?: Int32Array): void {
    this.ownTake(d, self);
    if (positions) for (let i = 0; i < this.index.length; i++) this.index[i] = positions[this.index[i]];
  }

  private byHeap(k: number): (d: Vec, self: number) => void {
    const heap = new NearestHeap(k);
    return (d, self) => {
      heap.clear();
      for (let j = 0; j < d.length; j++) if (d[j] < heap.farthest && j !== self) heap.replace(d[j], j);
      heap.drainInto(this.index, this.distance);
    };
  }

  /** Sorts the distances up to the k-th smallest; with ties there may be more than k. */
  private bySorting(k: number, n: number, dtype: DType): (d: Vec, self: number) => void {
    const values = new Float64Array(n);
    const positions = new Int32Array(n);
    const sort = new RadixSort(n, dtype);
    return (d, self) => {
      let count = 0;
      for (let j = 0; j < d.length; j++) if (j !== self) values[count++] = d[j];
      const limit = kthSmallest(values, count, k);
      count = 0;
      for (let j = 0; j < d.length; j++) {
        if (d[j] > limit || j === self) continue;
        positions[count] = j;
        values[count++] = d[j];
      }
      const order = sort.order(values, count);
      for (let i = 0; i < k; i++) {
        this.index[i] = positions[order[i]];
        this.distance[i] = values[order[i]];
      }
    };
  }
}

/** The k-th smallest of the first n values, 1 <= k <= n; reorders them (Hoare's quickselect, 1961). */
export function kthSmallest(values: Float64Array, n: number, k: number): number {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    // the median of three, in any order
    const [a, b, c] = [values[low], values[(low + high) >> 1], values[high]];
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (k - 1 <= j) high = j;
    else if (k - 1 >= i) low = i;
    else return values[k - 1];
  }
  return values[low];
}

/** The k smallest distances seen, farthest on top; among ties the higher position counts as farther. */
class NearestHeap {
  private readonly distance: Float64Array;
  private readonly index: Int32Array;
  private readonly k: number;

  constructor(k: number) {
    this.k = k;
    this.distance = new Float64Array(k);
    this.index = new Int32Array(k);
  }

  clear(): void {
    this.distance.fill(Number.POSITIVE_INFINITY);
    this.index.fill(0x7fffffff);
  }

  /** The largest distance among the k, Infinity while there are fewer. */
  get farthest(): number {
    return this.distance[0];
  }

  /** Replaces the farthest entry with a distance below it. Positions given in ascending order never displace a tie. */
  replace(d: number, j: number): void {
    this.sink(d, j, this.k);
  }

  /** Writes the entries, nearest first; the heap must be cleared afterwards. */
  drainInto(index: Int32Array, distance: Float64Array): void {
    for (let size = this.k - 1; size >= 0; size--) {
      index[size] = this.index[0];
      distance[size] = this.distance[0];
      this.sink(this.distance[size], this.index[size], size);
    }
  }

  /** Replaces the farthest of the first `size` entries. */
  private sink(d: number, j: number, size: number): void {
    const [distance, index] = [this.distance, this.index];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isFarther(distance[child + 1], index[child + 1], distance[child], index[child])) child++;
      if (!isFarther(distance[child], index[child], d, j)) break;
      distance[at] = distance[child];
      index[at] = index[child];
      at = child;
    }
    distance[at] = d;
    index[at] = j;
  }
}

function isFarther(d: number, j: number, thanD: number, thanJ: number): boolean {
  return d > thanD || (d === thanD && j > thanJ);
}

const DIGIT = 11; // bits of a number sorted per pass
const LITTLE = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ new Uint32Array([1]).buffer)[0]; // 1: low words come first

/** Sorts positions by number, ties by position: least significant digits first, treating the bits as whole numbers. */
class RadixSort {
  private readonly numbers: Vec;
  private readonly words: Uint32Array;
  private readonly counts = new Uint32Array(2 ** DIGIT);
  private from: Int32Array;
  private to: Int32Array;

  constructor(n: number, dtype: DType) {
    this.numbers = dtype === 'float64' ? new Float64Array(n) : new Float32Array(n);
    this.words = new Uint32Array(this.numbers.buffer);
    this.from = new Int32Array(n);
    this.to = new Int32Array(n);
  }

  /** Positions of the first n of d in ascending order; overwritten by the next call. */
  order(d: Float64Array, n: number): Int32Array {
    for (let i = 0; i < n; i++) this.numbers[i] = d[i] + 0; // -0 becomes 0
    const perNumber = this.numbers.BYTES_PER_ELEMENT / 4;
    const high = perNumber === 2 ? LITTLE : 0;
    for (let i = 0; i < n; i++) {
      // The bits of positive numbers are in order, those of negative ones reversed: after this all are in order.
      const negative = this.words[perNumber * i + high] >>> 31 === 1;
      if (perNumber === 2 && negative) this.words[2 * i + 1 - high] ^= -1;
      this.words[perNumber * i + high] ^= negative ? -1 : 0x80000000;
      this.from[i] = i;
    }
    if (perNumber === 2) this.byWord(n, 2, 1 - high);
    this.byWord(n, perNumber, high);
    return this.from;
  }

  private byWord(n: number, perNumber: number, word: number): void {
    const counts = this.counts;
    for (let shift = 0; shift < 32; shift += DIGIT) {
      const [words, from, to] = [this.words, this.from, this.to];
      counts.fill(0);
      for (let i = 0; i < n; i++) counts[(words[perNumber * i + word] >>> shift) & (2 ** DIGIT - 1)]++;
      let before = 0;
      for (let digit = 0; digit < counts.length; digit++) {
        const count = counts[digit];
        counts[digit] = before;
        before += count;
      }
      for (let i = 0; i < n; i++)
        to[counts[(words[perNumber * from[i] + word] >>> shift) & (2 ** DIGIT - 1)]++] = from[i];
      this.from = to;
      this.to = from;
    }
  }
}
