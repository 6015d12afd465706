/** What runs on every engine: the bits of a seeded run, and what a beat, loading and memory cost. Nothing of Node. */

import { extractBeats, syntheticRecords } from 'dynaecg/ecg';
import {
  AdamW,
  type BackendName,
  backend,
  decodeModel,
  Embedder,
  type EmbedderConfig,
  encodeModel,
  Random,
  selftest,
  setBackend,
  Tensor,
  TripletTrainer,
} from 'dynaecg/js';
import { Hash } from '../../../src/core/hash.ts';

/** 16 hexadecimal digits for each kind of result. */
export interface Golden {
  weights: string;
  embeddings: string;
  statistics: string;
}

/** Goes on where it runs already, which may be a module that was handed in. */
function use(name: BackendName): void {
  if (backend().name !== name) setBackend(name);
}

/** Synthetic ECG, ten triplet steps, embeddings. */
export function golden(name: BackendName): Golden {
  use(name);
  const { records } = syntheticRecords({ seed: 7, patients: 2, duration: 40 });
  const { x, labels, length } = extractBeats(records, { length: 64, before: 32 });
  const beats = new Tensor(x, [labels.length, length]);
  const random = new Random('golden');
  const embedder = new Embedder({ length, channels: [4, 8], hidden: 9, features: 12, embedding: 6, random });
  const trainer = new TripletTrainer({
    model: embedder,
    data: { x: beats, labels },
    random,
    optimizer: new AdamW(embedder.parameters(), { learningRate: 0.01 }),
    stepsPerIteration: 5,
    perClass: 4,
    validationFraction: 0.2,
    warn: Boolean, // in silence: the run is too short to separate anything
  });
  const statistics = new Hash();
  for (const iteration of trainer.iterations(2))
    statistics.numbers(Object.values(iteration).filter((value) => typeof value === 'number'));
  const weights = new Hash();
  for (const [, { data }] of embedder.namedTensors()) weights.numbers(data);
  return {
    weights: weights.digits,
    embeddings: new Hash().numbers(embedder.embed(beats).data).digits,
    statistics: statistics.digits,
  };
}

/** Times in milliseconds, sizes in bytes; null where the engine has no clock or does not tell. */
export interface Cost {
  load: number | null;
  beat: number | null;
  small: number | null;
  /** of the heap when the default network is loaded and has embedded a beat */
  heap: number | null;
  /** of the heap that loading has taken, beyond the weights */
  beyond: number | null;
}

export const SMALL: Partial<EmbedderConfig> = { channels: [4, 8], hidden: 8, features: 16, embedding: 8 };
const LONG = 400; // milliseconds of runs
const SAMPLE = 25; // milliseconds of the runs that are timed together: some clocks tell whole ones only
const MOST = 4000; // runs, for a clock that stands still

/** What hosts may add. */
const host = globalThis as { heap?: () => number; performance?: { now(): number } };
const now = (): number => host.performance?.now() ?? Date.now();

/** A network from a model file, and a beat to embed. */
export function network(config: Partial<EmbedderConfig> = {}): {
  load: number;
  embed: () => Tensor;
  beyond: number;
  /** what it was made of, so that no engine collects it while the heap is measured */
  kept: unknown;
} {
  const random = new Random('cost');
  const made = new Embedder({ ...config, random });
  const file = encodeModel({ networks: [{ embedder: made, classifier: null }], about: {} });
  const x = new Tensor(
    Float32Array.from({ length: made.config.length }, () => random.normal()),
    [1, made.config.length],
  );
  const before = host.heap?.() ?? Number.NaN;
  const start = now();
  const [{ embedder }] = decodeModel(file).networks;
  const load = now() - start;
  const beyond = (host.heap?.() ?? Number.NaN) - before - 4 * embedder.parameterCount;
  return { load, beyond, embed: () => embedder.embed(x, { batchSize: 1 }), kept: [made, file] };
}

/** Milliseconds of a run, in the fastest of some samples, after as many that let the engine compile; null without a clock. */
function least(run: () => unknown): number | null {
  let shortest = Number.POSITIVE_INFINITY;
  let together = 1;
  for (let i = 0, begin = now(); i < MOST && now() - begin < 2 * LONG; i += together) {
    const start = now();
    for (let k = 0; k < together; k++) run();
    const spent = now() - start;
    if (now() - begin > LONG && spent >= Math.min(SAMPLE, LONG / 4)) shortest = Math.min(shortest, spent / together);
    else if (spent < SAMPLE) together *= 2;
  }
  return Number.isFinite(shortest) ? shortest : null;
}

export function cost(name: BackendName): Cost {
  use(name);
  const { load, beyond, embed } = network();
  const beat = least(embed);
  const heap = host.heap?.() ?? null;
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return { load: known(load), beat, small: least(network(SMALL).embed), heap, beyond: known(beyond) };
}

export interface Answer {
  backend: BackendName;
  reason: string | null;
  golden: Golden;
  /** the page of `selftest`; empty if costs were asked for */
  selftest: string;
  cost: Cost | null;
}

/** Everything, on the backend that the engine chooses, on one that is named, or on a compiled module. */
export function answer(name?: BackendName, costs = true, module?: object): Answer {
  const asked = module ? 'wasm' : name;
  const { name: chosen, reason } = asked ? setBackend(asked, module ? { module } : {}) : backend();
  const same = golden(chosen);
  return {
    backend: chosen,
    reason,
    golden: same,
    selftest: costs ? '' : selftest().text,
    cost: costs ? cost(chosen) : null,
  };
}
