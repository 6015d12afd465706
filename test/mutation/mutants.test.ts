// The program that tests the tests, on sources of a few lines.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closing, masked, statementEnd } from './mask.ts';
import { mutantsOf, mutated } from './mutants.ts';
import { type Result, table } from './report.ts';

const test = suite('mutants');

const changes = (source: string): string[] =>
  mutantsOf('src/a.ts', source).map(({ line, change }) => `${line} ${change}`);

test('comments, texts, templates, patterns and the words of errors are not code', () => {
  const source = "a < 1; // b < 2\nthrow new E(c < 3);\nf('d < 4', `e < 5`, /f < 6/g, g / 7 / h);\n/* i < 8\n */";
  const code = masked(source);
  assert.is(code.length, source.length);
  assert.is(code.replace(/_+/g, '_'), 'a < 1; _\nthrow _;\nf(_, _, _, g / 7 / h);\n_\n_');
});

test('brackets and statements end where they do', () => {
  const code = 'f((a), [b; c]); g();';
  assert.is(closing(code, 1), 14);
  assert.is(statementEnd(code, 0), code.indexOf(' g'));
});

test('operators, numbers and conditions are changed, types are not', () => {
  assert.equal(changes('export const f = (a: 1 | 2): boolean => a < 1;\n'), ['1 < -> <=', '1 < -> >=', '1 1 -> 2']);
  assert.equal(changes('const g: Map<string, 5> = new Map<string, 6>();\n'), []);
  const source = 'function f(a, b) {\n  if (a && b) return 1;\n  g(a);\n  return [a].sort((p, q) => p - q);\n}\n';
  assert.equal(changes(source), [
    '2 if (a && b) return 1; -> ;',
    '2 (a && b) -> (!(a && b))',
    '2 && -> ||',
    '2 1 -> 2',
    '3 g(a); -> ;',
    '4 (p, q) -> (q, p)',
    '4 - -> +',
  ]);
});

test('a mutant is its source with one change', () => {
  const source = 'const a = "1";\nexport const b = f(a + "x", !c);\n';
  const all = mutantsOf('src/a.ts', source).map((mutant) => mutated(source, mutant));
  assert.equal(all, [source.replace('+', '-'), source.replace('!', '')]);
});

test('the table counts by folder; a timeout is a kill', () => {
  const result = (file: string, outcome: Result['outcome']): Result => ({
    ...{ file, line: 1, from: 0, to: 1, text: '', code: '', becomes: '', change: '', by: null },
    outcome,
  });
  const rows = table([
    result('src/a/x.ts', 'killed'),
    result('src/a/y.ts', 'timeout'),
    result('src/b/z.ts', 'survived'),
  ]);
  assert.equal(
    rows.split('\n').map((row) => row.split(/\s+/).join(' ')),
    ['folder mutants killed survived timeouts', 'src/a 2 2 0 1', 'src/b 1 0 1 0', 'all 3 2 1 1'],
  );
});

test.run();
