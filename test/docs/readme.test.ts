// What documents link to and quote is there, and the README is short.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/readme');
test("the small example, a network of one's own, learns", () => {
  const printed = execFileSync('node', ['--import', 'tsx', 'examples/waveforms.ts'], { encoding: 'utf8' });
  const [before, after] = [...printed.matchAll(/precision@1 (?:before|after) training ([\d.]+)/g)].map((m) =>
    Number(m[1]),
  );
  assert.ok(after > 0.95 && after > before + 0.1, printed);
});

test('the README has at most 100 lines', () => {
  assert.ok(readFileSync('README.md', 'utf8').trim().split('\n').length <= 100);
});

test('every file and folder that a document links to is there', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'examples/README.md',
    'bench/README.md',
    ...['docs', 'docs/parts'].flatMap((folder) =>
      readdirSync(folder).flatMap((file) => (file.endsWith('.md') ? [`${folder}/${file}`] : [])),
    ),
  ];
  for (const document of documents) {
    const folder = document.slice(0, document.lastIndexOf('/') + 1);
    const prose = readFileSync(document, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    for (const [, target] of prose.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (target.startsWith('http')) continue;
      assert.ok(existsSync(`${folder}${target}`), `${document} links to ${target}`);
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
