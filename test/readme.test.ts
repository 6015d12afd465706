// The README's example runs as printed, and prints what it says.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('readme');
const readme = readFileSync('README.md', 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)?.[1] ?? '';

/** What the example prints after these lines. */
function example(before = ''): string {
  const file = 'test/readme.example.ts'; // inside the project, where its imports resolve
  writeFileSync(file, before + block('ts'));
  try {
    return execFileSync('node', ['--import', 'tsx', file], {
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '0' },
    });
  } finally {
    rmSync(file);
  }
}

test('the example prints what stands below it', () => {
  assert.is(example(), block('text'));
});

test('on js it prints the like, with numbers of its own', () => {
  const shape = (text: string): string => text.replace(/\d+\.\d+/g, 'number');
  const printed = example("import { setBackend } from 'dynaecg';\nsetBackend('js');\n");
  assert.is(shape(printed), shape(block('text')));
});

test("the small example, a network of one's own, learns", () => {
  const printed = execFileSync('node', ['--import', 'tsx', 'examples/waveforms.ts'], { encoding: 'utf8' });
  const [before, after] = [...printed.matchAll(/precision@1 (?:before|after) training ([\d.]+)/g)].map((m) =>
    Number(m[1]),
  );
  assert.ok(after > 0.95 && after > before + 0.1, printed);
});

test('every file and folder that a document links to is there', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...['architecture', 'paper', 'pytorch', 'results'].map((n) => `docs/${n}.md`),
  ];
  for (const document of documents) {
    const folder = document.startsWith('docs/') ? 'docs/' : '';
    for (const [, target] of readFileSync(document, 'utf8').matchAll(/\]\(([^)#]+)\)/g)) {
      if (target.startsWith('http')) continue;
      assert.not.throws(() => readFileSync(`${folder}${target}`), `${document} links to ${target}`);
    }
  }
});

test('every line of code that docs/paper.md quotes stands in the file it names', () => {
  const rows = readFileSync('docs/paper.md', 'utf8').matchAll(/\[`([^`]+)`\]\(\.\.\/([^)]+)\)(?: |<br>)`([^`]+)`/g);
  let count = 0;
  for (const [, name, path, code] of rows) {
    assert.is(name, path);
    assert.ok(readFileSync(path, 'utf8').includes(code), `${path} has no line with: ${code}`);
    count++;
  }
  assert.ok(count > 20, `${count} quotations`);
});

test.run();
