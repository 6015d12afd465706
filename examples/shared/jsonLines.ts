import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { DataError } from 'dynaecg';
import { makeFolder } from 'dynaecg/node';
import type * as v from 'valibot';
import { checkWritable } from './folder.ts';
import { whileLocked } from './lock.ts';
import { parseJson, take } from './schema.ts';

const NEWLINE = 0x0a;

/** What a file of JSON lines ends with if the last line was never finished. */
function tornTail(text: string): string {
  const tail = text.slice(text.lastIndexOf('\n') + 1);
  try {
    if (tail !== '') JSON.parse(tail);
    return '';
  } catch {
    return tail;
  }
}

/** A file of JSON lines that is only ever added to, by one process at a time. */
export class JsonLines<S extends v.GenericSchema> {
  readonly path: string;
  readonly #name: string;
  readonly #schema: S;

  /** @param name what the file is, in errors; also the option that names it */
  constructor(path: string, name: string, schema: S) {
    this.path = path;
    this.#name = name;
    this.#schema = schema;
  }

  /**
   * The lines of the file; none if there is no file. A last line that was never finished is left out.
   *
   * @throws DataError for a file that cannot be read, and for a line that is no JSON or does not match the schema
   */
  read(): v.InferOutput<S>[] {
    if (!existsSync(this.path)) return [];
    const whole = this.#attempt('read', () => readFileSync(this.path, 'utf8'));
    const texts = whole.slice(0, whole.length - tornTail(whole).length).split('\n');
    return texts.flatMap((text, i) => {
      if (text === '') return [];
      const mismatch = (what: string, got: string): DataError =>
        new DataError(`${this.#name}: expected ${what} in line ${i + 1} of ${this.path}, got ${got}`);
      let json: unknown;
      try {
        json = parseJson(text);
      } catch {
        throw mismatch('JSON', text.slice(0, 40));
      }
      return [take(this.#schema, json, ({ path, expected, got }) => mismatch(`${path} ${expected}`.trim(), got))];
    });
  }

  /** Adds a line where a line ended; what a process that was killed while writing left of its own is set aside. */
  append(line: v.InferOutput<S>): void {
    const folder = dirname(this.path);
    makeFolder(folder);
    whileLocked(folder, `.${basename(this.path)}.lock`, () => {
      const before = existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0);
      const torn = tornTail(before.toString('utf8'));
      if (torn !== '') {
        appendFileSync(`${this.path}.torn`, `${torn}\n`);
        truncateSync(this.path, before.length - Buffer.byteLength(torn));
        console.error(`${this.#name}: the last line of ${this.path} was cut short; it is in ${this.path}.torn now`);
      }
      const begin = torn === '' && before.length > 0 && before.at(-1) !== NEWLINE ? '\n' : '';
      const file = openSync(this.path, 'a');
      try {
        writeSync(file, `${begin}${JSON.stringify(line)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
  }

  /** @throws DataError if nothing can be added: asked for before hours are spent on it */
  checkWritable(): void {
    if (!existsSync(this.path)) checkWritable(`--${this.#name}`, dirname(this.path));
    else this.#attempt('written', () => closeSync(openSync(this.path, 'a')));
  }

  #attempt<T>(what: 'read' | 'written', action: () => T): T {
    try {
      return action();
    } catch (error) {
      const [why] = (error as Error).message.split(', ');
      const message = `--${this.#name}: expected a file that can be ${what}, got ${this.path}: ${why}`;
      throw new DataError(message, { cause: error });
    }
  }
}
