/** Runs a reader over arbitrary inputs, and holds it to what docs/security.md promises of every reader. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynaecgError } from 'dynaecg';
import fc from 'fast-check';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { same } from './same.ts';

/** Cases per reader. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** Fewer cases where these seconds are over before. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? Number.POSITIVE_INFINITY);

/** The one reader to run, where it is not all. */
const ONLY = process.env['FUZZ_READER'];

/** No small file takes longer, however slow the machine is. */
const SLOWEST_MS = 10_000;

type Kind = 'valid' | 'near' | 'noise';

/** A reader, and the inputs to read. */
export interface Reader<I, T> {
  name: string;
  /** what a writer made: it must be read */
  valid: fc.Arbitrary<I>;
  /** valid inputs with a few edits */
  near: fc.Arbitrary<I>;
  noise: fc.Arbitrary<I>;
  read: (input: I) => T;
  /** classes of the errors with which it may refuse */
  refuses: readonly (typeof DynaecgError)[];
  /** writes what was read with our own writer, and reads that; left out where there is no writer */
  again?: (value: T) => T;
  /** what is compared of a value and of that read again; all of it by default */
  view?: (value: T) => unknown;
  /** shares of near inputs that are accepted: outside of these the edits are too harmless, or too wild */
  accepts?: readonly [low: number, high: number];
}

/** A new folder for the files of readers that take a path: in memory where the system has such a place, five times as fast. */
export function makeFuzzFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'dynaecg-fuzz-'));
}

/** Adds the test of a reader; prints a line with its counts. */
export function fuzz<I, T>(test: Test, reader: Reader<I, T>): void {
  const { name, valid, near, noise, accepts = [0.02, 0.98] } = reader;
  if (ONLY !== undefined && ONLY !== name) return;
  test(`${name}: ${RUNS} files`, () => {
    const counts = { valid: [0, 0], near: [0, 0], noise: [0, 0] };
    let slowest = 0;
    const kind = <K extends Kind>(k: K, arbitrary: fc.Arbitrary<I>) => arbitrary.map((input) => ({ kind: k, input }));
    const cases = fc.oneof(
      { weight: 2, arbitrary: kind('valid', valid) },
      { weight: 7, arbitrary: kind('near', near) },
      { weight: 1, arbitrary: kind('noise', noise) },
    );
    const prototypes = snapshot();
    const property = fc.property(cases, (one) => {
      const start = performance.now();
      const accepted = check(reader, one.input, one.kind === 'valid');
      const took = performance.now() - start;
      slowest = Math.max(slowest, took);
      assert.ok(took < SLOWEST_MS, `${name}: ${took} ms`);
      assert.not(hasAdditions(), 'a prototype was touched');
      counts[one.kind][accepted ? 0 : 1]++;
    });
    const limit = Number.isFinite(SECONDS) ? { interruptAfterTimeLimit: 1000 * SECONDS } : {};
    const details = fc.check(property, { seed: SEED, numRuns: RUNS, ...limit });
    if (details.failed) assert.unreachable(`${name}: ${explain(details)}`);
    assert.is(snapshot(), prototypes, 'a prototype was touched');
    const [yes, no] = [0, 1].map((i) => counts.valid[i] + counts.near[i] + counts.noise[i]);
    const share = counts.near[0] / (counts.near[0] + counts.near[1]);
    console.log(
      `fuzz ${name}: ${yes + no} cases, ${yes} accepted, ${no} refused ` +
        `(edited ones: ${(100 * share).toFixed(0)} % accepted), slowest ${slowest.toFixed(0)} ms`,
    );
    assert.ok(share >= accepts[0] && share <= accepts[1], `${name}: ${share} of the edited files accepted`);
  });
}

type Failure = Pick<fc.RunDetailsCommon<[unknown]>, 'seed' | 'counterexample' | 'counterexamplePath' | 'errorInstance'>;

/** The error, and the smallest input that was found for it. */
function explain({ seed, counterexample, counterexamplePath, errorInstance }: Failure): string {
  const shown = JSON.stringify(counterexample?.[0], (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
  const stack = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  return `${stack}\nseed ${seed}, path ${counterexamplePath}, of ${shown.slice(0, 1000)}`;
}

function check<I, T>(reader: Reader<I, T>, input: I, valid: boolean): boolean {
  const { read, refuses, again, view = (v) => v } = reader;
  let value: T;
  try {
    value = read(input);
  } catch (error) {
    if (valid || !refuses.some((type) => error instanceof type)) throw error;
    checkMessage((error as Error).message);
    return false;
  }
  if (again) {
    const differs = same(view(value), view(again(value)));
    assert.is(differs, '', `written and read again, it differs at ${differs}`);
  }
  return true;
}

/** What a terminal would obey, or hide: control and format characters, halves of surrogate pairs, other line ends. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A message can be printed, and is no file. */
function checkMessage(message: string): void {
  assert.not.match(message, UNSEEN, `shown raw: ${JSON.stringify(message)}`);
  assert.ok(message.length <= 5000, `a message of ${message.length} characters`);
}

const PROTOTYPES = [Object, Array, Function, String, Number, Map, Uint8Array, Float32Array].map((c) => c.prototype);

/** Whether one has what they have not by themselves, a property that can be enumerated: quick enough for each case. */
function hasAdditions(): boolean {
  for (const prototype of PROTOTYPES) for (const _ in prototype) return true;
  return false;
}

/** How many properties each has. */
function snapshot(): string {
  return PROTOTYPES.map((p) => Reflect.ownKeys(p).length).join();
}
