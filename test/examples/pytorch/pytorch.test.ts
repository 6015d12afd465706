// A model of ours trained on in PyTorch, in one process and in two, and read back; weights in half precision. Where PyTorch is
// not installed, one line says so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeModel,
  decodeSafetensors,
  Embedder,
  encodeModel,
  encodeSafetensors,
  MlpClassifier,
  Random,
  type SavedModel,
  type Tensor,
  tensor,
} from 'dynaecg';
import { extractBeats, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pythonWith } from '../../../bench/support/peers.ts';

const test = suite('examples/pytorch');
const python = pythonWith('torch');
const folder = mkdtempSync(join(tmpdir(), 'dynaecg-pytorch-'));
const path = (name: string): string => join(folder, name);

/** Runs Python in the example's folder, and returns what it prints. */
function run(...args: string[]): string {
  const env = { ...process.env, PYTHONPATH: 'examples/pytorch', PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync(python as string, args, { encoding: 'utf8', env });
}

const classes = ['N', 'S', 'V'];

/** Beats of synthetic patients, with a column of context, and an untrained ensemble of two for them. */
function prepare(): { model: SavedModel; x: Tensor; labels: Int32Array; context: Tensor } {
  const { records } = syntheticRecords({ seed: 3, patients: 4, duration: 60 });
  const { x, labels, length } = extractBeats(records, { length: 128 });
  const random = new Random('pytorch');
  const sizes = { length, channels: [6, 8], hidden: 8, features: 16, embedding: 8, contextFeatures: 1 } as const;
  const networks = ['dot', 'additive'].map((attention) => ({
    embedder: new Embedder({ ...sizes, attention: attention as 'dot', channelAttention: true, dropout: 0.1, random }),
    classifier: new MlpClassifier({ inFeatures: 8, hidden: 8, classes: 3, random }),
  }));
  const context = tensor(Array.from(labels, () => [random.normal()]));
  const model = decodeModel(encodeModel({ networks, classes, about: { made: 'for PyTorch' } }));
  return { model, x: tensor(x, [labels.length, 1, length]), labels, context };
}

if (python === null) console.log('examples/pytorch: skipped, as there is no python3-torch');
else {
  const { model, x, labels, context } = prepare();
  const accuracy = (of: SavedModel): number => {
    const { labels: predicted } = of.classify(x, { context });
    return predicted.filter((label, i) => label === labels[i]).length / labels.length;
  };
  writeFileSync(path('model'), encodeModel(model));
  writeFileSync(path('beats'), encodeSafetensors({ x, labels: tensor(labels), context }));

  for (const processes of ['1', '2'])
    test(`trained on in PyTorch by ${processes} and read back: better, the same figures, nothing lost`, () => {
      const printed = run(
        ...['examples/pytorch/train.py', path('model'), path('beats'), path('out')],
        ...['--epochs', '30', '--batch', '32', '--rate', '0.01', '--processes', processes],
      );
      const lines = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.is(lines.length, 30);
      assert.ok(lines[29].loss < lines[0].loss / 1.5, printed);
      const back = decodeModel(readFileSync(path('out')));
      assert.equal([back.classes, back.about], [classes, model.about]);
      assert.equal(
        back.networks.map(({ embedder }) => embedder.config),
        model.networks.map(({ embedder }) => embedder.config),
      );
      const [before, after] = [accuracy(model), accuracy(back)];
      assert.ok(after > before + 0.1 && after > 0.83, `${before} ${after}`);
      assert.ok(Math.abs(after - lines[29].accuracy) < 1.5 / labels.length, `${after} ${lines[29].accuracy}`);
    });

  test('weights that PyTorch wrote in half precision are read as float32, to their last bit', () => {
    run(
      '-c',
      `import sys, torch
from dynaecg import *
model, metadata = load_model(sys.argv[1])
for name, kind in (("half", torch.float16), ("brain", torch.bfloat16)):
    state = {key: value.to(kind) if value.is_floating_point() else value for key, value in model.state_dict().items()}
    write_safetensors(sys.argv[2] + name, state, metadata)
    write_safetensors(sys.argv[2] + name + "32", {key: value.float() for key, value in state.items()})`,
      path('model'),
      `${folder}/`,
    );
    const z = model.embed(x, { context }).data;
    for (const [name, precision] of Object.entries({ half: 2 ** -8, brain: 2 ** -4 })) {
      const read = decodeModel(readFileSync(path(name)));
      const { tensors } = decodeSafetensors(readFileSync(path(`${name}32`)));
      for (const [key, value] of read.namedTensors()) assert.equal([...value.data], [...tensors[key].data], key);
      const worst = Math.max(...Array.from(read.embed(x, { context }).data, (v, i) => Math.abs(v - z[i])));
      assert.ok(worst > 0 && worst < precision, `${name}: ${worst}`);
    }
  });

  test('a state dictionary of other names is renamed', () => {
    const printed = run(
      '-c',
      `from dynaecg import *
twin = nn.Sequential(nn.Conv1d(1, 32, 5), nn.BatchNorm1d(32))
print(*rename(twin.state_dict(), {"0": "conv1", "1": "bn1"}))`,
    );
    const names = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];
    assert.is(printed.trim(), ['conv1.weight', 'conv1.bias', ...names.map((name) => `bn1.${name}`)].join(' '));
  });
}

test.after(() => rmSync(folder, { recursive: true }));
test.run();
