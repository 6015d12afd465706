import { DataError } from '../../core/errors.ts';

/**
 * What is wrong with a file that can be read in part:
 * - `checksum`, `initialValue`: of a signal, not those in its header
 * - `shortFile`, `longFile`: fewer or more samples in a signal file than its header says, or than in the others
 * - `missingFile`: a signal file; its leads are left out
 * - `segment`: a segment that cannot be read, which is like one that was not recorded, or segments that are not as long together as
 *   the record's header says
 * - `annotationOutside`: before or after the signals; it is left out
 * - `emptyAnnotations`: an annotation file of no bytes
 * - `missingEnd`: an annotation file that ends without its end word, or within an annotation
 * - `malformed`: a field of an annotation where there is no annotation
 * - `definitions`: labels or ticks that an annotation file defines in a way that cannot be read
 * - `unknownDate`: a word in a header in the place of a time or a date that is neither
 * - `unreadable`: a record, or its annotations, of which nothing could be read
 * - `more`: problems beyond the first 1,000
 */
export type ReadProblemKind =
  | 'checksum'
  | 'initialValue'
  | 'shortFile'
  | 'longFile'
  | 'missingFile'
  | 'segment'
  | 'annotationOutside'
  | 'emptyAnnotations'
  | 'missingEnd'
  | 'malformed'
  | 'definitions'
  | 'unknownDate'
  | 'unreadable'
  | 'more';

/** Where in a record a problem is: as much as is known. */
export interface ReadPlace {
  /** Name of the file, or its path. */
  file?: string;
  /** Line of a header, from 1. */
  line?: number;
  /** Position in an annotation file, from 0. */
  byte?: number;
  /** Index of a signal in the header. */
  signal?: number;
  /** Index of an annotation in its file, without the definitions. */
  annotation?: number;
  /** Sample of the record. */
  sample?: number;
}

/** A problem of a file that was read in part. */
export interface ReadProblem extends ReadPlace {
  kind: ReadProblemKind;
  /** What was expected, and what the file has. */
  message: string;
}

/** Whether a reader returns what could be read. */
export interface ReadOptions {
  /** Returns what could be read, with `problems`, instead of throwing at the first of them.
   * @defaultValue false */
  partial?: boolean;
}

/** Options with which a reader returns what could be read. */
export interface PartialOptions extends ReadOptions {
  partial: true;
}

/** What a reader returns with `{ partial: true }`: what could be read, and what could not. */
export type Partially<T> = T & { problems: ReadProblem[] };

const MOST = 1000; // so that a file of nothing but problems does not take many times its size

/** The problems of one reading. Of a strict one the first is thrown. */
export class Problems {
  readonly partial: boolean;
  private readonly op: string;
  private readonly list: ReadProblem[] = [];
  private more = 0;

  constructor(op: string, partial = false) {
    this.op = op;
    this.partial = partial;
  }

  /** @throws DataError unless the reading is partial */
  report(kind: ReadProblemKind, message: string, place: ReadPlace = {}): void {
    if (!this.partial) throw new DataError(`${this.op}: ${message}`);
    this.add([{ kind, ...place, message }]);
  }

  /** Adds problems of a reader that this one called. */
  add(problems: readonly ReadProblem[]): void {
    for (const problem of problems)
      if (this.list.length < MOST) this.list.push(problem);
      else this.more++;
  }

  /** What was read, with the problems if the reading is partial. */
  of<T extends object>(value: T): T | Partially<T> {
    if (!this.partial) return value;
    const more = this.more > 0 ? [{ kind: 'more' as const, message: `${this.more} more problems` }] : [];
    return { ...value, problems: [...this.list, ...more] };
  }
}
