import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, batchHard, nearestSemiHard, semiHard, semiHardOrFarthest, violating } from 'dynaecg';
import { TIMING_FEATURES } from 'dynaecg/ecg';
import * as v from 'valibot';
import { atLeast, between, dictionary, type Mismatch, oneOf, parseJson, take, whole } from '../shared/schema.ts';
import { didYouMean } from '../shared/values.ts';

/** The miners that can be asked for by name. */
export const MINERS = { violating, semiHard, nearestSemiHard, semiHardOrFarthest, batchHard };

/**
 * Fields that came when there were figures in the ledger. What they are where they are absent is how it was before there
 * were any, and does not change; a fingerprint leaves them out then, so that those in the ledger stay.
 */
export const ADDED_FIELDS = {
  /** what windows are cut around: the marks of the annotations, as in the paper, or the R peaks near them */
  align: v.optional(oneOf('annotation', 'rPeak'), 'annotation'),
  /** added to the logits of the classes (N, S and V) in the end, for an operating point of your own; zeros fit any number of classes */
  bias: v.optional(v.pipe(v.array(v.number()), v.minLength(2, 'at least two numbers'), v.readonly()), [0, 0, 0]),
  /** augmentation: most samples to either side that a window is smoothed over, as by a recorder with a narrower band; 0: none */
  smooth: v.optional(whole(0), 0),
  /** beats that the patient's usual beat so far is the median of, which networks then take as a second channel; 0: none */
  reference: v.optional(whole(0), 0),
  /** beats before, whose windows networks then take as further channels; 0: none */
  previous: v.optional(whole(0), 0),
  /**
   * what is trained on (inter): the training part of the recordings, or it and synthetic recordings, or synthetic recordings
   * alone, of which none is judged; the validation part is then all of the recordings' training part
   */
  trainOn: v.optional(oneOf('recordings', 'both', 'synthetic'), 'recordings'),
  /**
   * by cross-entropy: another of the configurations that come with the example, whose networks are trained first, on the same beats,
   * and learnt from (distillation); the part of the loss that is the distance from them, and the temperature of both
   */
  teacher: v.optional(v.string(), ''),
  teacherWeight: v.optional(between(0, 1), 0.9),
  teacherTemperature: v.optional(atLeast(0.1), 2),
  /**
   * by cross-entropy, where there are recordings without labels: how embeddings are made domain-invariant, by CORAL or by a domain
   * classifier behind gradient reversal; and its weight
   */
  invariance: v.optional(oneOf('none', 'coral', 'reversal'), 'none'),
  invarianceWeight: v.optional(atLeast(0), 1),
  /** synthetic recordings, where any are made: patients, seconds of each, shares of S and V among the beats */
  patients: v.optional(whole(4), 12),
  seconds: v.optional(between(30, 3600), 180),
  supraventricular: v.optional(between(0, 0.25), 0.1),
  ventricular: v.optional(between(0, 0.25), 0.1),
};

/**
 * Every key of a configuration: what it takes, and what it is where it is absent. The configurations that come with the
 * example spell out all of them, so that a default can change, but those of `ADDED_FIELDS`.
 */
const FIELDS = {
  /** half of the beats of each class with the patients mixed, or the patients apart */
  protocol: v.optional(oneOf('intra', 'inter'), 'intra'),
  /**
   * intra: halves of the beats of each class drawn at random, as the paper, or by time: the first and third quarter of each
   * record against the second and fourth, beats whose window crosses a border dropped
   */
  halves: v.optional(oneOf('beats', 'time'), 'beats'),
  /** samples of a beat's window, those of them before the R peak, the window's scale */
  length: v.optional(whole(4), 253),
  before: v.optional(whole(0), 126),
  normalize: v.optional(oneOf('zscore', 'center', 'record', 'none'), 'zscore'),
  /** what the network is given of a beat's timing, beyond the paper; nothing by default */
  timing: v.optional(v.array(oneOf(...TIMING_FEATURES)), []),
  /** the embedder */
  channels: v.optional(v.pipe(v.strictTuple([whole(1), whole(1)], 'two whole numbers >= 1'), v.readonly()), [32, 64]),
  kernel: v.optional(whole(1), 5),
  hidden: v.optional(whole(1), 64),
  features: v.optional(whole(1), 128),
  embedding: v.optional(whole(1), 64),
  attention: v.optional(oneOf('dot', 'additive'), 'dot'),
  channelAttention: v.optional(v.boolean(), false),
  dropout: v.optional(between(0, 1), 0),
  /**
   * triplet loss and then an MLP on frozen embeddings, as the paper; or both at once by cross-entropy; or triplets and the
   * perceptron's cross-entropy at once, then the embedder frozen and a perceptron anew: beyond the paper
   */
  method: v.optional(oneOf('triplet', 'crossEntropy', 'joint'), 'triplet'),
  /** networks that are trained, each with a seed of its own, and whose logits are averaged */
  members: v.optional(whole(1), 1),
  iterations: v.optional(whole(1), 30),
  /** batches in an iteration */
  steps: v.optional(whole(1), 200),
  /** beats of each class in a batch: one number for all, or one each (for N, S and V) */
  perClass: v.optional(
    v.union([whole(2), v.array(whole(1))], 'a whole number >= 2, or a list, each a whole number >= 1'),
    32,
  ),
  /** records in a batch, where it is to hold several classes of the same record; 0: whatever comes */
  recordsPerBatch: v.optional(whole(0), 0),
  miner: v.optional(oneOf(...(Object.keys(MINERS) as (keyof typeof MINERS)[])), 'violating'),
  /** power of the hinge: 1 as equation (2), 2 squared */
  power: v.optional(oneOf(1, 2), 1),
  /** the paper's dynamic margin, or one that stays */
  margin: v.optional(v.union([v.literal('dynamic'), atLeast(0)], 'dynamic or a number >= 0'), 'dynamic'),
  /** what `marginThreshold` is a share of: the possible triplets (pairs x negatives), or the anchor-positive pairs */
  marginPer: v.optional(oneOf('possible', 'pair'), 'possible'),
  /** share of mined triplets below which the dynamic margin counts a mining round as poor */
  marginThreshold: v.optional(atLeast(0), 0.05),
  /** batches in a mining round of the dynamic margin, after each of which it counts; 0: an iteration */
  marginBatches: v.optional(whole(0), 1),
  /** what the best iteration is chosen by: macro F1 of 9 nearest neighbours, or the share of triplets that violate 0.2 */
  score: v.optional(oneOf('neighbors', 'violations'), 'neighbors'),
  /**
   * cross-entropy on batches that hold rare classes more often: 1 corrects for it, so that probabilities are those of the
   * data; 0 does not, so that a rare class is suspected as often as in a batch
   */
  adjustment: v.optional(between(0, 1), 1),
  learningRate: v.optional(atLeast(0), 3e-3),
  /** part of the steps over which the rate rises to its height; half a cosine follows, or nothing */
  warmup: v.optional(between(0, 1), 0.1),
  schedule: v.optional(oneOf('cosine', 'constant'), 'cosine'),
  weightDecay: v.optional(atLeast(0), 0.01),
  /** decay of the moving average of the weights; 0: the weights themselves */
  averaging: v.optional(between(0, 1), 0),
  /** limit on the norm of the gradients; 0: none */
  clipNorm: v.optional(atLeast(0), 0),
  /**
   * augmentation: largest shift in samples, stretch as a part, deviation of the logarithm of the amplitude, height of
   * the baseline's wander and of the noise in units of the window; 0: none
   */
  shift: v.optional(whole(0), 0),
  stretch: v.optional(between(0, 0.5), 0),
  amplitude: v.optional(atLeast(0), 0),
  wander: v.optional(atLeast(0), 0),
  noise: v.optional(atLeast(0), 0),
  /** of the perceptron on the embeddings; batch size and rate of its own training, which cross-entropy does without */
  mlpHidden: v.optional(whole(1), 64),
  mlpEpochs: v.optional(whole(1), 40),
  mlpBatch: v.optional(whole(1), 128),
  mlpLearningRate: v.optional(atLeast(0), 2e-3),
  /** factor on the embeddings before the perceptron: beats of a class lie so close that a border needs steep weights */
  mlpScale: v.optional(atLeast(0), 16),
  /**
   * part of the training beats (intra) or patients (inter) to choose by; and whether the best iteration on them is kept,
   * or the last one of a training on all that is for training
   */
  validationFraction: v.optional(between(0.01, 0.9), 0.1),
  keep: v.optional(oneOf('best', 'last'), 'best'),
  ...ADDED_FIELDS,
};

const schema = v.strictObject(FIELDS, `some of ${Object.keys(FIELDS).join(' ')}`);

/** All that decides a run but its seed and its data. */
export type Configuration = v.InferOutput<typeof schema>;

const FOLDER = fileURLToPath(new URL('settings/', import.meta.url));

let found: readonly string[] | null = null;

/** The configurations that come with the example. */
export function configurationNames(): readonly string[] {
  found ??= readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length).replaceAll('\\', '/'))
    .sort();
  return found;
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
    given = parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = (error as Error).message;
    throw new ArgumentError(`configuration ${name}: expected JSON in ${path}, got ${why}`, { cause: error });
  }
  const { from, ...own } = take(dictionary(v.unknown()), given, mismatchIn(name));
  if (from === undefined) return own;
  if (typeof from !== 'string' || from === name || readers.includes(from))
    throw new ArgumentError(`configuration ${name}: expected from another configuration, got ${JSON.stringify(from)}`);
  return { ...readFields(from, [...readers, name]), ...own };
}

/** The error for a mismatch in a configuration. */
const mismatchIn =
  (name: string) =>
  ({ path, expected, got }: Mismatch): ArgumentError =>
    new ArgumentError(`configuration ${name}: expected ${`${path} ${expected}`.trim()}, got ${got}`);

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
  return take(schema, given, mismatchIn(name));
}
