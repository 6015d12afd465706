import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Embedder,
  EmbeddingClassifier,
  encodeModel,
  encodeSafetensors,
  MlpClassifier,
  Network,
  Random,
  SavedModel,
} from 'dynaecg';
import { encodeOnnx } from 'dynaecg/onnx';
import { type ParityRun, runOrtParity, runTorchParity } from '../support/peers.ts';
import { type Case, ours, type Samples, samples } from './cases.ts';

/** How far a peer is from ours, by case: the largest difference, or a text that says why there is none. */
export interface Column {
  peer: string;
  differences: (number | string)[];
}

/** Runs all cases on `count` samples in the peers; one that is not installed is a line that says so. */
export function compareWithPeers(
  cases: readonly Case[],
  count: number,
  peers: readonly ((folder: string) => ParityRun | string)[] = [runTorchParity, runOrtParity],
): (Column | string)[] {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-parity-'));
  try {
    const random = new Random(count);
    const inputs = cases.map((one) => samples(one, count, random));
    const listed = cases.map((one, i) => write(folder, String(i), one, inputs[i]));
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(listed));
    const expected = cases.map((one, i) => ours(one, inputs[i]).data);
    return peers.map((peer) => {
      const run = peer(folder);
      return typeof run === 'string' ? run : { peer: run.peer, differences: differences(run, expected) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a case for the peers: its weights, its model, its inputs; and returns what they read about it. */
function write(folder: string, file: string, { layer, shape, torch }: Case, inputs: Samples): object {
  const save = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, name), bytes);
  save(`${file}.onnx`, encodeOnnx(layer, { shape }));
  save(`${file}.safetensors`, layer instanceof SavedModel ? encodeModel(layer) : encodeSafetensors(layer.stateDict()));
  const named = Object.entries(inputs).map(([name, { data, shape }]) => {
    save(`${file}.${name}.f32`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return [name, { file: `${file}.${name}.f32`, shape }];
  });
  return { file, torch, output: outputOf(layer), inputs: Object.fromEntries(named) };
}

/** The name of what `forward` returns, in the exported file. */
function outputOf(layer: Case['layer']): string {
  if (layer instanceof Embedder) return 'embeddings';
  return [MlpClassifier, Network, EmbeddingClassifier].some((of) => layer instanceof of) ? 'logits' : 'y';
}

/** The largest difference in each case, relative to the largest number if that is above 1. */
function differences({ outputs }: ParityRun, expected: readonly ArrayLike<number>[]): (number | string)[] {
  return expected.map((own, i) => {
    const other = outputs[i];
    if (typeof other === 'string') return other;
    if (other.length !== own.length) return `${other.length} numbers instead of ${own.length}`;
    const largest = other.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
    return other.reduce((worst, v, k) => Math.max(worst, Math.abs(v - own[k])), 0) / largest;
  });
}
