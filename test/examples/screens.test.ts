/** The examples of one screen each: they run, keep to their length, and come to the figures that they name. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('examples');

const run = (name: string): string =>
  execFileSync('node', ['--import', 'tsx', `examples/${name}.ts`], { encoding: 'utf8' });
const lines = (name: string): number => readFileSync(`examples/${name}.ts`, 'utf8').trimEnd().split('\n').length;
const numbersAfter = (text: string, word: string): number[] =>
  [...text.matchAll(new RegExp(`${word} ([\\d.]+)`, 'g'))].map(([, number]) => Number(number));

test("pipeline.ts: the paper's method in 40 lines", () => {
  assert.ok(lines('pipeline') <= 40);
  const printed = run('pipeline');
  const margins = numbersAfter(printed, 'margin');
  assert.is(margins.length, 8);
  assert.ok(margins[0] === 0.2 && margins[7] > 0.3, `the margin moves: ${margins}`);
  const [, , f1] = printed
    .match(/overall.*/)![0]
    .match(/0\.\d+/g)!
    .map(Number);
  assert.ok(f1 > 0.85, `macro F1 ${f1}`);
});

test("own-loop.ts: a loop of one's own in 25 lines", () => {
  assert.ok(lines('own-loop') <= 25);
  const losses = numbersAfter(run('own-loop'), 'loss');
  assert.is(losses.length, 3);
  assert.ok(losses[2] < 0.1 && losses[2] < losses[0], `losses ${losses}`);
});

test('fine-tuning.ts: new kinds, another length, a new head', () => {
  const printed = run('fine-tuning');
  assert.match(printed, 'new: fc2.weight, fc2.bias\n');
  const [accuracy] = numbersAfter(printed, 'accuracy on the new kinds');
  assert.ok(accuracy > 90, `accuracy ${accuracy} %`);
});

test('views.ts: learning without labels, by a loss of two views', () => {
  const printed = run('views');
  const losses = numbersAfter(printed, 'validation');
  assert.ok(losses.length === 4 && losses[3] < losses[0], `losses ${losses}`);
  const [accuracy] = numbersAfter(printed, 'accuracy from five labels of each kind');
  assert.ok(accuracy > 90, `accuracy ${accuracy} %`);
});

test('each says in its first line how long it takes and what to expect, as does the table', () => {
  const rows = readFileSync('examples/README.md', 'utf8').matchAll(
    /^\| \[(.+)\.ts\]\(.+\) \| .+ \| (\d+ s) \| (.+) \|$/gm,
  );
  const listed = [...rows].map(([, name, time, figure]) => {
    const [first] = readFileSync(`examples/${name}.ts`, 'utf8').split('\n');
    assert.match(first, new RegExp(`^// .+\\. ${time}; `), name);
    for (const number of figure.match(/0\.\d+|[\d.]+(?= %)/g) ?? [])
      assert.ok(first.includes(number), `${name}: ${number}`);
    return name;
  });
  const files = readdirSync('examples').filter((file) => file.endsWith('.ts') && file !== 'commands.ts');
  assert.equal(listed.sort(), files.map((file) => file.slice(0, -'.ts'.length)).sort());
});

test.run();
