/** All messages between the page and its two workers: their schemas, from which the types follow, and the check of each. */
import * as v from 'valibot';
import { atLeast, between, oneOf, take, whole } from '../shared/schema.ts';

const array = <T>(type: abstract new () => T, what: string) => v.custom<T>((x) => x instanceof type, what);
const bytes = array<Uint8Array>(Uint8Array, 'bytes');
const floats = array<Float32Array>(Float32Array, 'float32 numbers');
const integers = array<Int32Array>(Int32Array, 'int32 numbers');
const share = between(0, 1);
const is = <const K extends string>(kind: K) => v.literal(kind);

// ---- both workers

const ready = v.strictObject({ kind: is('ready'), backend: oneOf('js', 'wasm'), reason: v.nullable(v.string()) });
const failed = v.strictObject({ kind: is('failed'), doing: v.string(), message: v.string() });
const ping = v.strictObject({ kind: is('ping') });
const pong = v.strictObject({ kind: is('pong') });

// ---- learn

/** The miners of the library, as `dynaecg` exports them. */
export const MINERS = [
  'violating',
  'semiHard',
  'nearestSemiHard',
  'semiHardOrFarthest',
  'batchHard',
  'allTriplets',
] as const;
export type MinerName = (typeof MINERS)[number];

export const LARGEST_MARGIN = 1.5;

const settings = v.strictObject({
  miner: oneOf(...MINERS),
  /** null for the paper's, which grows */
  margin: v.nullable(between(0, LARGEST_MARGIN)),
  /** steps a second at most; null for as many as there can be */
  pace: v.nullable(between(0.1, 1000)),
});
export type LearnSettings = v.InferOutput<typeof settings>;

const learnRequest = v.variant('kind', [
  ping,
  v.strictObject({ kind: is('begin'), seed: v.string(), settings }),
  v.strictObject({ kind: is('settings'), settings }),
  v.strictObject({ kind: is('run'), running: v.boolean() }),
  v.strictObject({ kind: is('step') }),
  v.strictObject({ kind: is('export') }),
]);
export type LearnRequest = v.InferOutput<typeof learnRequest>;

const picture = v.strictObject({
  /** (N,2), each training beat in the plane */
  points: floats,
  /** anchor, positive, negative of some mined triplets, as positions of points */
  triplets: integers,
  /** share of the variance of the embeddings that the plane has */
  explained: share,
});
export type Picture = v.InferOutput<typeof picture>;

/** Beats (N,L) that a network was trained on, their timing (N,F) and their classes. */
const trainingBeats = v.strictObject({ x: floats, context: floats, labels: integers });
export type TrainingBeats = v.InferOutput<typeof trainingBeats>;

/** Where training is; `share`s are of the triplets of a batch. */
const place = { iteration: whole(), step: whole() };

const learnReport = v.variant('kind', [
  ready,
  failed,
  pong,
  v.strictObject({
    kind: is('begun'),
    classes: v.array(v.string()),
    /** of the training beats, in the order of the points */
    labels: integers,
    heldOut: whole(1),
    patients: whole(1),
    weights: whole(1),
    embedding: whole(2),
    steps: whole(1),
    picture,
  }),
  v.strictObject({
    kind: is('moved'),
    ...place,
    loss: atLeast(0),
    margin: atLeast(0),
    mined: whole(),
    possible: whole(),
    violating: share,
    /** null for a step between two pictures, when steps come faster than a screen shows them */
    picture: v.nullable(picture),
  }),
  v.strictObject({
    kind: is('judged'),
    ...place,
    /** held-out beats by class, and by the class that their nearest training beats have */
    confusion: v.array(v.array(whole())),
    f1: share,
    best: v.boolean(),
  }),
  v.strictObject({ kind: is('paused') }),
  v.strictObject({ kind: is('finished'), kept: whole(), picture }),
  v.strictObject({
    kind: is('exported'),
    file: bytes,
    /** after which iteration, and how many of the held-out beats its classifier gets right */
    iteration: whole(),
    accuracy: share,
    /** its training beats (N,L), which `watch` looks for neighbours in */
    beats: trainingBeats,
  }),
]);
export type LearnReport = v.InferOutput<typeof learnReport>;

// ---- watch

/** The patients of `syntheticRecord`, whom one can watch. */
export const KINDS = [
  'mixed',
  'atrial',
  'ventricular',
  'healthy',
  'rightBlock',
  'leftBlock',
  'fibrillation',
  'droppedBeats',
] as const;

const watchRequest = v.variant('kind', [
  ping,
  /** a model's file, or null for that of the package; and the beats that it was trained on, where they are known */
  v.strictObject({
    kind: is('model'),
    id: v.string(),
    file: v.nullable(bytes),
    beats: v.nullable(trainingBeats),
  }),
  v.strictObject({ kind: is('synthetic'), patient: oneOf(...KINDS), seed: v.string() }),
  v.strictObject({ kind: is('files'), files: v.record(v.string(), bytes) }),
  /** `pace` seconds of the recording in a second, or null for as many as there can be */
  v.strictObject({ kind: is('run'), running: v.boolean(), pace: v.nullable(between(0.1, 1000)) }),
  v.strictObject({ kind: is('annotations') }),
]);
export type WatchRequest = v.InferOutput<typeof watchRequest>;

const modelCard = v.strictObject({
  id: v.string(),
  networks: whole(1),
  weights: whole(1),
  classes: v.array(v.string()),
  /** Hz, of its input */
  rate: atLeast(0),
  /** samples of a window, and how many of them before the R peak */
  length: whole(1),
  before: whole(),
  timing: v.array(v.string()),
  clusters: whole(),
});
export type ModelCard = v.InferOutput<typeof modelCard>;

const shownBeat = v.strictObject({
  /** of the R peak */
  sample: whole(),
  label: v.string(),
  /** why it has no class */
  why: v.nullable(v.string()),
  /** of its class, or of the nearest where it has none */
  probability: v.nullable(share),
  /** seconds of the recording from the R peak until it was classified */
  delay: v.number(),
  /** whether it was found later than others: by search back, or when the thresholds had been learned */
  late: v.boolean(),
});
export type ShownBeat = v.InferOutput<typeof shownBeat>;

const detail = v.strictObject({
  sample: whole(),
  label: v.string(),
  /** as the network gets it */
  window: floats,
  /** weight of each step of time, the sum being 1 */
  attention: floats,
  /** what it is near: beats that were trained on, or clusters of them, which have no class of their own */
  near: oneOf('beats', 'clusters', 'nothing'),
  neighbours: v.array(v.strictObject({ window: floats, label: v.nullable(v.string()), distance: atLeast(0) })),
  /** distance above which a beat is unlike those that were trained on */
  limit: v.nullable(atLeast(0)),
});
export type Detail = v.InferOutput<typeof detail>;

const watchReport = v.variant('kind', [
  ready,
  failed,
  pong,
  v.strictObject({ kind: is('loaded'), card: modelCard }),
  v.strictObject({
    kind: is('opened'),
    name: v.string(),
    format: v.string(),
    rate: atLeast(0),
    seconds: atLeast(0),
    lead: v.string(),
    units: v.string(),
    notes: v.array(v.string()),
  }),
  v.strictObject({
    kind: is('streamed'),
    /** index of the first sample */
    from: whole(),
    samples: floats,
    beats: v.array(shownBeat),
    /** what happened to the signal, and when, in seconds */
    notes: v.array(v.strictObject({ time: v.number(), text: v.string() })),
    /** ms that it took to find and classify the beats of these samples */
    took: atLeast(0),
    detail: v.nullable(detail),
  }),
  v.strictObject({ kind: is('paused') }),
  v.strictObject({ kind: is('ended') }),
  v.strictObject({ kind: is('annotations'), name: v.string(), file: bytes, beats: whole() }),
]);
export type WatchReport = v.InferOutput<typeof watchReport>;

// ---- checks

const checked =
  <S extends v.GenericSchema>(what: string, schema: S) =>
  (message: unknown): v.InferOutput<S> =>
    take(schema, message, ({ text }) => new Error(`${what}: ${text}`));

export const learnRequestOf = checked('a request to the training worker', learnRequest);
export const learnReportOf = checked('a report of the training worker', learnReport);
export const watchRequestOf = checked('a request to the streaming worker', watchRequest);
export const watchReportOf = checked('a report of the streaming worker', watchReport);
