// Which tests are responsible for a file of src.
import { readdirSync, readFileSync } from 'node:fs';

/** What is mutated unless `--files` says otherwise. */
export const MUTATED = /^src\/(metric|formats|train|ecg\/(wfdb|open))\/|^src\/autograd\/tape\.ts$/;

/** Besides the tests of the same folder, and the spoilt arguments of every export: tests that use a folder from above. */
const ALSO: readonly [RegExp, RegExp][] = [
  [/^src\//, /^test\/core\/boundary/],
  [/^src\/autograd\//, /^test\/backend\/(arena|memory)/],
  [/^src\/ecg\/wfdb\/signals\//, /^test\/ecg\/wfdb\/(partial|readRecord)\.test/],
  [/^src\/formats\//, /^test\/(models\/embedder|train\/.*[sS]tate)/],
];

/** Paths below a folder, sorted. */
export function filesBelow(folder: string, pattern: RegExp): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`);
  return paths.filter((path) => pattern.test(path)).sort();
}

/** The test files of a source file. */
export function testsOf(file: string): string[] {
  const mirror = file.replace(/^src\//, 'test/').replace(/[^/]+$/, '');
  const also = ALSO.filter(([source]) => source.test(file)).map(([, tests]) => tests);
  return filesBelow('test', /\.test\.ts$/).filter(
    (test) => test.startsWith(mirror) || also.some((pattern) => pattern.test(test)),
  );
}

/** Whether a test names something that the source file exports: those run first. */
export function names(test: string, source: string): boolean {
  const text = readFileSync(test, 'utf8');
  const exported = source.matchAll(/^export (?:abstract )?(?:class|const|function\*?) (\w+)/gm);
  return [...exported].some(([, name]) => new RegExp(`\\b${name}\\b`).test(text));
}
