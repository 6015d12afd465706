import { decodeBase64, encodeBase64 } from '../../core/base64.ts';

/** A trace as plain data. */
export interface TraceState {
  /** index of its first sample */
  start: number;
  /** the bytes of its samples, in base64 */
  samples: string;
}

const SLACK = 1024; // samples that are added before old ones are dropped

/** The newest samples of a signal, at their indices in the whole of it. */
export class Trace<A extends Float32Array | Float64Array = Float32Array> {
  /** sample i is `data[i - start]` */
  data: A;
  /** index of the oldest sample that is here */
  start = 0;
  /** index of the next one */
  end = 0;
  private readonly keep: number;

  /**
   * @param empty an array of the type of its samples
   * @param keep number of samples that stay at least
   */
  constructor(empty: A, keep: number) {
    this.keep = Math.ceil(keep);
    this.data = new (empty.constructor as new (n: number) => A)(this.keep + SLACK);
  }

  /** All of a signal that is there already. */
  static of<A extends Float32Array | Float64Array>(samples: A): Trace<A> {
    const trace = new Trace(samples.subarray(0, 0) as A, 0);
    trace.data = samples;
    trace.end = samples.length;
    return trace;
  }

  /** Makes space for `n` more samples, and moves the end there; the caller writes them. */
  grow(n: number): void {
    const used = this.end - this.start;
    if (used + n > this.data.length) {
      const kept = Math.min(used, this.keep);
      const from = used - kept;
      if (kept + n > this.data.length) {
        const larger = new (this.data.constructor as new (n: number) => A)(kept + n + SLACK);
        larger.set(this.data.subarray(from, used));
        this.data = larger;
      } else this.data.copyWithin(0, from, used);
      this.start += from;
    }
    this.end += n;
  }

  append(samples: ArrayLike<number>): void {
    this.grow(samples.length);
    this.data.set(samples, this.end - samples.length - this.start);
  }

  /** Appends a value up to an index. */
  fillTo(end: number, value: number): void {
    const n = end - this.end;
    if (n <= 0) return;
    this.grow(n);
    this.data.fill(value, end - n - this.start, end - this.start);
  }

  /** The sample at an index. */
  at(i: number): number {
    return this.data[i - this.start];
  }

  /** Forgets all samples; the next one has this index. */
  restart(at: number): void {
    this.start = at;
    this.end = at;
  }

  get bytes(): number {
    return this.data.byteLength;
  }

  save(): TraceState {
    const used = Math.min(this.end - this.start, this.keep);
    const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = this.data;
    const first = this.end - this.start - used;
    const samples = encodeBase64(new Uint8Array(buffer, byteOffset + first * size, used * size));
    return { start: this.end - used, samples };
  }

  load({ start, samples }: TraceState): void {
    const bytes = decodeBase64(samples);
    this.restart(start);
    const typed = new (this.data.constructor as new (b: ArrayBufferLike) => A)(bytes.buffer);
    this.append(typed);
  }
}
