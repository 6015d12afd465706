/** docs/errors.md, from the docstrings of src and the tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCSTRINGS, type Docstring, exportsOf } from './docstrings.ts';

const ENTRIES = {
  dynaecg: 'src/index.ts',
  'dynaecg/ecg': 'src/ecg/index.ts',
  'dynaecg/model': 'src/trained/index.ts',
  'dynaecg/node': 'src/node/index.ts',
  'dynaecg/inference': 'src/inference/index.ts',
  'dynaecg/onnx': 'src/formats/onnx/index.ts',
  'dynaecg/browser': 'src/browser/index.ts',
  'dynaecg/ndarray': 'src/interop/ndarray.ts',
  'dynaecg/kernels': 'src/internals.ts',
  'dynaecg/relaxed': 'src/backend/relaxed.ts',
};

const HEAD = `# Errors

What each public function and class rejects, and with which error. Made from the docstrings of \`src\` and the names of tests
by \`npm run docs:errors\`; a test fails if it is out of date.

Every argument of every function is also checked for its kind: a wrong type, a missing or unknown option, a number out of range is
an \`ArgumentError\`, a shape that does not fit a \`ShapeError\`, before anything is changed or written.
[test/core/boundary.test.ts](../test/core/boundary.test.ts) calls each of them with every argument spoilt in turn. All errors are
subclasses of \`DynaecgError\`; an error of another class is a fault of the library.

| class | for |
|---|---|
| \`ArgumentError\` | an argument or option of the wrong kind or out of range |
| \`ShapeError\` | sizes, ranks, axes, dtypes or numbers of labels that do not fit the operation |
| \`DataError\` | files and data that cannot be used |
| \`CheckpointError\` | models, states and checkpoints that do not fit |
| \`TrainingError\` | training that has diverged |
| \`BackendError\` | kernels or memory used wrongly |
`;

/** The table of errors as Markdown. */
export function errorTable(): string {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !/^(fuzz|mutation|examples|docs|engines|bench)/.test(file))
    .map((file) => ({ file, text: readFileSync(join('test', file), 'utf8') }));
  const sections = Object.entries(ENTRIES).map(([entry, index]) => {
    const rows = [...exportsOf(index)]
      .filter(([name, named]) => name === named && !name.endsWith('Error') && name !== 'Module' && name !== 'Layer')
      .map(([name]) =>
        row(
          name,
          tests,
          APART.find((folder) => index.startsWith(folder)),
        ),
      )
      .sort();
    return `## \`${entry}\`\n\n| | rejects | tests |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

/** Entries with names that others have, too. */
const APART = ['src/node/', 'src/inference/'];

function row(name: string, tests: readonly { file: string; text: string }[], apart?: string): string {
  const own = DOCSTRINGS.filter(
    ({ name: named, file }) => named === name && APART.find((folder) => file.startsWith(folder)) === apart,
  );
  const thrown = [...new Set(own.flatMap(withMembers).flatMap(({ lines }) => throwsOf(lines)))];
  const [mirror] = own.map(({ file }) => file.replace(/^src\//, '').replace(/\.ts$/, '.test.ts'));
  const mentioned = tests.filter(({ text }) => new RegExp(`\\b${name}\\b`).test(text)).map(({ file }) => file);
  const files = mirror && existsSync(join('test', mirror)) ? [mirror] : mentioned.slice(0, 1);
  const links = files.map((file) => `[${file.replace('.test.ts', '')}](../test/${file})`);
  return `| \`${name}\` | ${thrown.join('; ') || 'arguments of the wrong kind'} | ${links.join(', ')} |`;
}

/** A docstring, and those of a class's members, which come before the next export. */
function withMembers(docstring: Docstring): Docstring[] {
  const at = DOCSTRINGS.indexOf(docstring);
  const next = DOCSTRINGS.findIndex(({ name, file }, i) => i > at && (name !== '' || file !== docstring.file));
  return docstring.kind === 'class' ? DOCSTRINGS.slice(at, next < 0 ? undefined : next) : [docstring];
}

/** The texts of the @throws tags: each ends at the next tag or empty line. */
function throwsOf(lines: readonly string[]): string[] {
  const texts: string[] = [];
  let inside = false;
  for (const line of lines) {
    const tag = /^\s*@(\w+)\s*(.*)$/.exec(line);
    if (tag || line.trim() === '') inside = tag?.[1] === 'throws';
    if (tag && inside) texts.push(tag[2]);
    else if (inside) texts[texts.length - 1] += ` ${line.trim()}`;
  }
  return texts.map((text) =>
    text
      .trim()
      .replaceAll('|', '\\|')
      .replace(/\b\w+Error\b/g, '`$&`'),
  );
}
