// The README's example runs as printed, and prints what it says.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/readme');
const readme = readFileSync('README.md', 'utf8');
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, block]) => block);
const [printed] = blocks('text');

/** What an example prints, after these lines. */
function example(code = blocks('ts')[0], before = ''): string {
  const file = `test/readme.example-${process.pid}.ts`; // inside the project, where its imports resolve
  writeFileSync(file, before + code);
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
  assert.is(example(), printed);
});

test('on js it prints the like, with numbers of its own', () => {
  const shape = (text: string): string => text.replace(/\d+\.\d+/g, 'number');
  const onJs = example(undefined, "import { setBackend } from 'dynaecg';\nsetBackend('js');\n");
  assert.is(shape(onJs), shape(printed));
});

test('a loss of your own, data that are read as they go, a model saved and used', () => {
  assert.is(example(blocks('ts')[1]).trim(), "[ 'slow', 'middle', 'fast' ]");
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
    'examples/README.md',
    'bench/README.md',
    ...readdirSync('docs').flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : [])),
  ];
  for (const document of documents) {
    const folder = document.slice(0, document.lastIndexOf('/') + 1);
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
