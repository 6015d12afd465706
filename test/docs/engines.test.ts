// The code of docs/onnx.md and docs/pytorch.md runs as printed, and prints what it says; what needs onnxruntime-web or PyTorch, where
// they are installed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeModel } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pythonWith } from '../../bench/support/peers.ts';
import { readOnnx } from '../support/onnx.ts';

const test = suite('docs/engines');
const folder = mkdtempSync(join(tmpdir(), 'dynaecg-docs-'));
const blocks = (page: string, language: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, code]) => code,
  );
const [writing, serving] = blocks('docs/onnx.md', 'ts');
const [, preparing] = blocks('docs/pytorch.md', 'ts');

/** Runs an example from a place where its imports resolve, with its files in the test's folder; what it prints. */
function run(code: string, beside: string): string {
  const file = `${beside}/docs-example-${process.pid}.ts`;
  writeFileSync(file, code.replace(/(writeFileSync|readFileSync)\('([^']+)'/g, `$1('${folder}/$2'`));
  try {
    const options = ['--import', 'tsx', file];
    return execFileSync(process.execPath, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    rmSync(file);
  }
}

test('docs/onnx.md: a model is written, and run by onnxruntime', () => {
  run(writing, 'test');
  const { outputs } = readOnnx(readFileSync(join(folder, 'beats.onnx')));
  assert.equal(Object.keys(outputs), ['embeddings', 'logits', 'probabilities']);
  if (!existsSync('bench/peers/node_modules/onnxruntime-web'))
    return console.log('docs/engines: onnxruntime is skipped: npm ci --prefix bench/peers');
  assert.is(run(serving, 'bench/peers'), blocks('docs/onnx.md', 'text')[0]);
});

test('docs/pytorch.md: a model and beats are written, trained on in PyTorch, and read back', () => {
  run(preparing, 'test');
  const { networks } = decodeModel(readFileSync(join(folder, 'model')));
  assert.is(networks.length, 1);
  const python = pythonWith('torch');
  if (python === null) return console.log('docs/engines: PyTorch is skipped, as there is no python3-torch');
  const command = blocks('docs/pytorch.md', 'sh').find((block) => block.includes('train.py')) ?? '';
  const [program, script, ...rest] = command.trim().split(' ');
  assert.is(program, 'python3');
  const args = rest.join(' ').replace('--epochs 15', '--epochs 2').split(' ');
  const printed = execFileSync(python, [resolve(script), ...args], { cwd: folder, encoding: 'utf8' });
  assert.is(printed.trim().split('\n').length, 2);
  assert.equal(decodeModel(readFileSync(join(folder, 'trained'))).classes, ['N', 'S', 'V']);
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
