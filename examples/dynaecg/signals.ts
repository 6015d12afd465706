import { openSync, readSync, writeSync } from 'node:fs';
import { DataError } from 'dynaecg';
import { withoutName } from '../shared/withoutName.ts';

/** Signals in a temporary file, so that each is read from where it was recorded once, and that may change or go afterwards. */
export class Signals {
  readonly #file = withoutName((path) => openSync(path, 'wx+'));
  #end = 0;

  /** Writes a signal, and returns what reads it again. */
  add(signal: Float32Array): () => Float32Array {
    const bytes = new Uint8Array(signal.buffer, signal.byteOffset, signal.byteLength);
    const [start, { length }] = [this.#end, signal];
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file, bytes, done, bytes.length - done, start + done);
    this.#end += bytes.length;
    return () => this.#read(start, length);
  }

  #read(start: number, length: number): Float32Array {
    const signal = new Float32Array(length);
    const bytes = new Uint8Array(signal.buffer);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new DataError(`--data: expected ${length} samples in the temporary file, got fewer`);
      done += read;
    }
    return signal;
  }
}
