import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, batchHard, nearestSemiHard, semiHard, semiHardOrFarthest, violating } from 'dynaecg';
import { TIMING_FEATURES } from 'dynaecg/ecg';
import { didYouMean } from '../shared/values.ts';

/** Takes a value of a configuration, or says what it expected: "a number", say. */
type Check<T> = (value: unknown) => T | Expected;
class Expected {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

const number =
  (min: number, max = Number.POSITIVE_INFINITY): Check<number> =>
  (v) =>
    typeof v === 'number' && v >= min && v <= max
      ? v
      : new Expected(max < Number.POSITIVE_INFINITY ? `a number from ${min} to ${max}` : `a number >= ${min}`);
const whole =
  (min: number): Check<number> =>
  (v) =>
    Number.isInteger(v) && (v as number) >= min ? (v as number) : new Expected(`a whole number >= ${min}`);
const flag: Check<boolean> = (v) => (typeof v === 'boolean' ? v : new Expected('true or false'));
const oneOf =
  <const T extends string | number>(...names: readonly T[]): Check<T> =>
  (v) =>
    names.includes(v as T) ? (v as T) : new Expected(`one of ${names.join(', ')}`);
const list =
  <T>(item: Check<T>): Check<readonly T[]> =>
  (v) => {
    const wrong = Array.isArray(v) ? v.map(item).find((i) => i instanceof Expected) : new Expected('its items');
    return wrong instanceof Expected ? new Expected(`a list, each ${wrong.what}`) : (v as T[]);
  };
const wholePair =
  (min: number): Check<readonly [number, number]> =>
  (v) =>
    Array.isArray(v) && v.length === 2 && v.every((n) => Number.isInteger(n) && n >= min)
      ? [v[0], v[1]]
      : new Expected(`two whole numbers >= ${min}`);
const either =
  <A, B>(a: Check<A>, b: Check<B>): Check<A | B> =>
  (v) => {
    const first = a(v);
    if (!(first instanceof Expected)) return first;
    const second = b(v);
    return second instanceof Expected ? new Expected(`${first.what}, or ${second.what}`) : second;
  };

/** The miners that can be asked for by name. */
export const MINERS = { violating, semiHard, nearestSemiHard, semiHardOrFarthest, batchHard };

/**
 * Fields that came when there were figures in the ledger. What they are where they are absent is how it was before there
 * were any, and does not change; a fingerprint leaves them out then, so that those in the ledger stay.
 */
export const ADDED_FIELDS = {
  /**
   * what is trained on: the training part of the recordings, or synthetic recordings alone, of which none is judged; the
   * validation part is then all of the recordings' training part (inter)
   */
  trainOn: [oneOf('recordings', 'synthetic'), 'recordings'],
  /** synthetic recordings, where any are made: patients, seconds of each, shares of S and V among the beats */
  patients: [whole(4), 12],
  seconds: [number(30, 3600), 180],
  supraventricular: [number(0, 0.25), 0.1],
  ventricular: [number(0, 0.25), 0.1],
} as const satisfies Record<string, readonly [Check<unknown>, unknown]>;

/**
 * Every key of a configuration: what it takes, and what it is where it is absent. The configurations that come with the
 * example spell out all of them, so that a default can change, but those of `ADDED_FIELDS`.
 */
const FIELDS = {
  /** half of the beats of each class with the patients mixed, or the patients apart */
  protocol: [oneOf('intra', 'inter'), 'intra'],
  /**
   * intra: halves of the beats of each class drawn at random, as the paper, or by time: the first and third quarter of each
   * record against the second and fourth, beats whose window crosses a border dropped
   */
  halves: [oneOf('beats', 'time'), 'beats'],
  /** samples of a beat's window, those of them before the R peak, the window's scale */
  length: [whole(4), 253],
  before: [whole(0), 126],
  normalize: [oneOf('zscore', 'center', 'record', 'none'), 'zscore'],
  /** what the network is given of a beat's timing, beyond the paper; nothing by default */
  timing: [list(oneOf(...TIMING_FEATURES)), []],
  /** the embedder */
  channels: [wholePair(1), [32, 64]],
  kernel: [whole(1), 5],
  hidden: [whole(1), 64],
  features: [whole(1), 128],
  embedding: [whole(1), 64],
  attention: [oneOf('dot', 'additive'), 'dot'],
  channelAttention: [flag, false],
  dropout: [number(0, 1), 0],
  /**
   * triplet loss and then an MLP on frozen embeddings, as the paper; or both at once by cross-entropy; or triplets and the
   * perceptron's cross-entropy at once, then the embedder frozen and a perceptron anew: beyond the paper
   */
  method: [oneOf('triplet', 'crossEntropy', 'joint'), 'triplet'],
  /** networks that are trained, each with a seed of its own, and whose logits are averaged */
  members: [whole(1), 1],
  iterations: [whole(1), 30],
  /** batches in an iteration */
  steps: [whole(1), 200],
  /** beats of each class in a batch: of all alike, or of N, S and V */
  perClass: [either(whole(2), list(whole(1))), 32],
  /** records in a batch, where it is to hold several classes of the same record; 0: whatever comes */
  recordsPerBatch: [whole(0), 0],
  miner: [oneOf(...(Object.keys(MINERS) as (keyof typeof MINERS)[])), 'violating'],
  /** power of the hinge: 1 as equation (2), 2 squared */
  power: [oneOf(1, 2), 1],
  /** the paper's dynamic margin, or one that stays */
  margin: [either(oneOf('dynamic'), number(0)), 'dynamic'],
  /** what `marginThreshold` is a share of: the possible triplets (pairs x negatives), or the anchor-positive pairs */
  marginPer: [oneOf('possible', 'pair'), 'possible'],
  /** share of mined triplets below which the dynamic margin counts a mining round as poor */
  marginThreshold: [number(0), 0.05],
  /** batches in a mining round of the dynamic margin, after each of which it counts; 0: an iteration */
  marginBatches: [whole(0), 1],
  /** what the best iteration is chosen by: macro F1 of 9 nearest neighbours, or the share of triplets that violate 0.2 */
  score: [oneOf('neighbors', 'violations'), 'neighbors'],
  /**
   * cross-entropy on batches that hold rare classes more often: 1 corrects for it, so that probabilities are those of the
   * data; 0 does not, so that a rare class is suspected as often as in a batch
   */
  adjustment: [number(0, 1), 1],
  learningRate: [number(0), 3e-3],
  /** part of the steps over which the rate rises to its height; half a cosine follows, or nothing */
  warmup: [number(0, 1), 0.1],
  schedule: [oneOf('cosine', 'constant'), 'cosine'],
  weightDecay: [number(0), 0.01],
  /** decay of the moving average of the weights; 0: the weights themselves */
  averaging: [number(0, 1), 0],
  /** limit on the norm of the gradients; 0: none */
  clipNorm: [number(0), 0],
  /**
   * augmentation: largest shift in samples, stretch as a part, deviation of the logarithm of the amplitude, height of
   * the baseline's wander and of the noise in units of the window; 0: none
   */
  shift: [whole(0), 0],
  stretch: [number(0, 0.5), 0],
  amplitude: [number(0), 0],
  wander: [number(0), 0],
  noise: [number(0), 0],
  /** of the perceptron on the embeddings; batch size and rate of its own training, which cross-entropy does without */
  mlpHidden: [whole(1), 64],
  mlpEpochs: [whole(1), 40],
  mlpBatch: [whole(1), 128],
  mlpLearningRate: [number(0), 2e-3],
  /** factor on the embeddings before the perceptron: beats of a class lie so close that a border needs steep weights */
  mlpScale: [number(0), 16],
  /**
   * part of the training beats (intra) or patients (inter) to choose by; and whether the best iteration on them is kept,
   * or the last one of a training on all that is for training
   */
  validationFraction: [number(0.01, 0.9), 0.1],
  keep: [oneOf('best', 'last'), 'best'],
  ...ADDED_FIELDS,
} as const satisfies Record<string, readonly [Check<unknown>, unknown]>;

type Taken<C> = C extends (value: unknown) => infer R ? Exclude<R, Expected> : never;

/** All that decides a run but its seed and its data. */
export type Configuration = { -readonly [K in keyof typeof FIELDS]: Taken<(typeof FIELDS)[K][0]> };

const FOLDER = fileURLToPath(new URL('settings/', import.meta.url));

/** The configurations that come with the example. */
export function configurationNames(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length).replaceAll('\\', '/'))
    .sort();
}

/**
 * Reads a configuration: JSON with some of the fields, the rest being as they are by default, or as in another one that
 * `from` names.
 *
 * @param name of one that comes with the example, or a path that ends in .json
 * @throws ArgumentError for an unknown name or field, and for a value that a field does not take
 */
export function readConfiguration(name: string): Configuration {
  return checkConfiguration(name, readFields(name));
}

function readFields(name: string, readers: readonly string[] = []): Record<string, unknown> {
  const path = name.endsWith('.json') ? name : join(FOLDER, `${name}.json`);
  if (path !== name) checkName(name);
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = (error as Error).message;
    throw new ArgumentError(`configuration ${name}: expected JSON in ${path}, got ${why}`, { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ArgumentError(`configuration ${name}: expected an object, got ${JSON.stringify(given)}`);
  const { from, ...own } = given as Record<string, unknown>;
  if (from === undefined) return own;
  if (typeof from !== 'string' || from === name || readers.includes(from))
    throw new ArgumentError(`configuration ${name}: expected from another configuration, got ${JSON.stringify(from)}`);
  return { ...readFields(from, [...readers, name]), ...own };
}

function checkName(name: string): void {
  const names = configurationNames();
  if (names.includes(name)) return;
  const near = didYouMean(name, names);
  throw new ArgumentError(
    `configuration ${name}: expected a file that ends in .json, or one of ${names.join(', ')}${near}, got ${name}`,
  );
}

/** @throws ArgumentError as `readConfiguration` */
export function checkConfiguration(name: string, given: Record<string, unknown>): Configuration {
  for (const key of Object.keys(given))
    if (!Object.hasOwn(FIELDS, key))
      throw new ArgumentError(`configuration ${name}: expected some of ${Object.keys(FIELDS).join(' ')}, got ${key}`);
  const fields = Object.entries(FIELDS).map(([key, [check, fallback]]) => {
    const value = Object.hasOwn(given, key) ? given[key] : fallback;
    const taken: unknown = check(value);
    if (taken instanceof Expected)
      throw new ArgumentError(`configuration ${name}: expected ${key} ${taken.what}, got ${JSON.stringify(value)}`);
    return [key, taken];
  });
  return Object.fromEntries(fields) as Configuration;
}
