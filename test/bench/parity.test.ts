// Every layer next to onnxruntime and PyTorch, and the files next to the checker of ONNX's own package, where these are installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as dynaecg from 'dynaecg';
import { encodeOnnx } from 'dynaecg/onnx';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../../bench/parity/cases.ts';
import { compareWithPeers } from '../../bench/parity/compare.ts';
import { pythonWith, runOrtParity, runTorchParity } from '../../bench/support/peers.ts';

const test = suite('bench/parity');
const LIMIT = 1e-5;
const all = cases();

test('every layer and model of the package is among the cases', () => {
  const layers = Object.entries<unknown>({ ...dynaecg }).filter(
    ([name, value]) =>
      typeof value === 'function' && (value.prototype as unknown) instanceof dynaecg.Layer && name !== 'SavedModel',
  );
  const met = new Set<unknown>(all.flatMap(({ layer }) => layer.modules().map((module) => module.constructor)));
  assert.ok(layers.length > 20);
  for (const [name, value] of layers) assert.ok(met.has(value), name);
});

const PEERS = { onnxruntime: [runOrtParity, [1, 1000]], PyTorch: [runTorchParity, [50]] } as const;

for (const [name, [peer, counts]] of Object.entries(PEERS))
  test(`ours and ${name} agree on ${counts.join(', then ')} samples of each layer`, () => {
    for (const count of counts) {
      const [column] = compareWithPeers(all, count, [peer]);
      if (typeof column === 'string') return console.log(`bench/parity: skipped, ${column}`);
      for (const [i, difference] of column.differences.entries())
        assert.ok(typeof difference === 'number' && difference <= LIMIT, `${all[i].name}: ${difference}`);
    }
  });

const CHECK = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
print(len(sys.argv) - 1)`;

test("ONNX's own checker accepts each file, with its types and shapes", () => {
  const python = pythonWith('onnx');
  if (python === null) return console.log('bench/parity: the checker is skipped, as there is no python3-onnx');
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-onnx-'));
  try {
    const files = all.map(({ layer, shape }, i) => {
      const path = join(folder, `${i}.onnx`);
      writeFileSync(path, encodeOnnx(layer, { shape }));
      return path;
    });
    assert.is(execFileSync(python, ['-c', CHECK, ...files], { encoding: 'utf8' }).trim(), String(files.length));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
