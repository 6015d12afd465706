/** A made-up run, for the tests of the report: plausible in every part, from a seed, in a moment. */
import {
  addConfusion,
  affine,
  argmaxRows,
  calibration,
  classificationScores,
  type EpochStatistics,
  Random,
  riskCoverageCurve,
  scoreIntervals,
  selectiveScores,
  softmax,
  Tensor,
} from 'dynaecg';
import { CLASSES, DS1, DS2, extractBeats, isBeat, MITDB_RECORDS, patientOf, syntheticRecord } from 'dynaecg/ecg';
import { readConfiguration } from '../../examples/dynaecg/configuration.ts';
import type { CalibrationMetrics, MistakeMetrics } from '../../examples/report/examined.ts';
import type { LaidOut, Layouts } from '../../examples/report/layouts.ts';
import type {
  AttentionExample,
  Judged,
  Layout,
  Metrics,
  NoveltyMetrics,
  ProtocolMetrics,
  RecordedIteration,
  TableScores,
} from '../../examples/report/metrics.ts';
import { fingerprint } from '../../examples/study/fingerprint.ts';

const FREQUENCY = 360;
const SAMPLES = 650_000; // of a record of MIT-BIH
const K = CLASSES.length;
const WINDOWS = 100_115;

/** How much there is of it; the defaults are those of a run on MIT-BIH. */
export interface SampleOptions {
  /** in each protocol's t-SNE of both sides; of training beats alone half as many */
  points?: number;
  source?: string;
  seed?: string;
}

/** Three networks by cross-entropy with the patients mixed, and two with triplets with the patients apart. */
export function sampleMetrics({ points = 4000, source = 'MIT-BIH', seed = 'report' }: SampleOptions = {}): Metrics {
  const random = new Random(seed);
  return {
    source,
    seed: '0',
    classes: [...CLASSES],
    beats: {
      annotated: { N: 90_100, S: 2781, V: 7235, F: 802, Q: 8041 },
      windows: WINDOWS,
      dropped: [{ record: '101', sample: 83, label: 'N', why: 'edge' }],
    },
    run: {
      command: 'npm start -- --data mitdb --protocol both --out runs/dynaecg',
      started: '2024-05-17T09:31:12.000Z',
      seconds: 2214.5,
      versions: { dynaecg: '0.1.0', 'Node.js': '20.20.2', V8: '11.3.244.8-node.33' },
      backend: 'wasm',
      cpu: 'AMD EPYC 9554, 2 cores',
      checksums: Object.fromEntries(
        MITDB_RECORDS.slice(0, 8).map((name) => [
          `${name}.dat`,
          Array.from({ length: 64 }, () => 'abcdef0123456789'[random.integer(16)]).join(''),
        ]),
      ),
    },
    protocols: {
      intra: sampleProtocol('intra', points, random.fork('intra')),
      inter: sampleProtocol('inter', points, random.fork('inter')),
    },
  };
}

const MIXED = [...new Set(MITDB_RECORDS.map(patientOf))];

function sampleProtocol(protocol: 'intra' | 'inter', points: number, random: Random): ProtocolMetrics {
  const triplets = protocol === 'inter';
  const names = triplets ? DS2 : MITDB_RECORDS;
  const records = sampleRecords(names, triplets ? 0.75 : 0.93, random);
  const judged = sampleJudged(records, points, random);
  const test = judged.perClass.reduce((sum, { support }) => sum + support, 0);
  return {
    configuration: triplets
      ? { ...readConfiguration('paper'), protocol, members: 2 }
      : { ...readConfiguration('intra-three'), protocol },
    train: triplets ? 50_921 : WINDOWS - test,
    test,
    overlap: triplets ? 0 : 0.2999,
    patients: {
      train: triplets ? DS1 : MIXED,
      test: triplets ? DS2.map(patientOf) : MIXED,
      shared: triplets ? ['201'] : MIXED,
    },
    unusedRecords: triplets ? ['102', '104', '107', '217'] : [],
    seconds: { embedder: 1100.4, embedding: 12.1, classifier: triplets ? 30.6 : 0, report: 41.9 },
    history: Array.from({ length: triplets ? 2 : 3 }, () => ({
      iterations: triplets ? sampleIterations(30, random) : [],
      epochs: sampleEpochs(triplets ? 40 : 17, random),
    })),
    judged: triplets ? { ...judged, rhythms: sampleRhythms(judged.records) } : judged,
  };
}

/** Confusion matrices: much N everywhere, S and V in some, one record with half of all S, and records that go wrong. */
function sampleRecords(names: readonly string[], found: number, random: Random): Record<string, number[][]> {
  return Object.fromEntries(
    names.map((name) => {
      const rare = random.uniform();
      const beats = [
        800 + random.integer(900),
        name === '232' ? 1382 : rare < 0.35 ? 0 : Math.ceil(200 * (rare - 0.35) ** 3 * random.uniform()) + 1,
        random.uniform() < 0.3 ? 0 : Math.ceil(400 * random.uniform() ** 3),
      ];
      const poor = random.uniform() < 0.2 ? 0.35 : found;
      const right = [0.99, name === '232' ? 0.97 : poor, Math.max(0.6, found)];
      const matrix = beats.map((n, k) => {
        const row = new Array<number>(K).fill(0);
        for (let i = 0; i < n; i++) {
          const hit = random.uniform() < right[k];
          row[hit ? k : (k + (random.uniform() < 0.8 && k > 0 ? K - k : 1)) % K]++;
        }
        return row;
      });
      return [name, matrix];
    }),
  );
}

/** Counts that go with the confusion matrices, as if every tenth ectopic beat were in a couplet, and every twentieth in a run. */
function sampleRhythms(records: Judged['records']): Judged['rhythms'] {
  const counts = (beats: number) => ({ beats, couplets: Math.floor(beats / 20), runs: Math.floor(beats / 60) });
  return Object.fromEntries(
    Object.entries(records).map(([name, matrix]) => {
      const annotated = (k: number) => counts(matrix[k].reduce((a, b) => a + b, 0));
      const predicted = (k: number) => counts(matrix.reduce((sum, row) => sum + row[k], 0));
      return [
        name,
        {
          hours: SAMPLES / FREQUENCY / 3600,
          annotated: { S: annotated(1), V: annotated(2) },
          predicted: { S: predicted(1), V: predicted(2) },
        },
      ];
    }),
  );
}

function sampleJudged(records: Record<string, number[][]>, points: number, random: Random): Judged {
  const matrices = Object.values(records);
  const confusion = addConfusion(matrices);
  const scores = classificationScores(confusion);
  return {
    ...scores,
    confusion,
    records,
    intervals: scoreIntervals(matrices),
    precisionRecall: scores.perClass.map(samplePrecisionRecall),
    trainingLayout: sampleLayout(Object.keys(records), points / 2, random.fork('training layout'), true),
    layout: sampleLayout(Object.keys(records), points, random),
    attention: sampleAttention(Object.keys(records), random),
    novelty: sampleNovelty(scores),
    calibration: sampleCalibration(confusion, random.fork('calibration')),
    mistakes: sampleMistakes(records, random.fork('mistakes')),
  };
}

/** A curve through where the model decides, which falls the faster beyond it. */
function samplePrecisionRecall({ sensitivity, precision }: TableScores): Judged['precisionRecall'][number] {
  const points = Array.from({ length: 101 }, (_, i) => {
    const recall = i / 100;
    const over = Math.max(0, (recall - sensitivity) / (1 - sensitivity || 1));
    const within = 1 - (1 - precision) * Math.min(1, recall / sensitivity) ** 6;
    return { recall, precision: within * (1 - 0.97 * over ** 2), threshold: 1 - recall };
  });
  return { averagePrecision: points.reduce((sum, p) => sum + p.precision, 0) / points.length, points };
}

function sampleLayout(names: readonly string[], points: number, random: Random, trained = false): Layout {
  const layout: Layout = {
    perplexity: 30,
    divergence: 1.234,
    trustworthiness: 0.971,
    samplingFrequency: 360,
    x: [],
    y: [],
    trained: [],
    record: [],
    sample: [],
    label: [],
    predicted: [],
  };
  const places = names.map(() => [random.normal(0, 12), random.normal(0, 12)]);
  for (let i = 0; i < points; i++) {
    const r = random.integer(names.length);
    const label = random.integer(K);
    const wrong = random.uniform() < 0.05;
    const angle = (2 * Math.PI * label) / K;
    layout.x.push(45 * Math.cos(angle) + places[r][0] + random.normal(0, 3));
    layout.y.push(45 * Math.sin(angle) + places[r][1] + random.normal(0, 3));
    layout.trained.push(trained || i % 2 === 0);
    layout.record.push(names[r]);
    layout.sample.push(random.integer(SAMPLES));
    layout.label.push(label);
    layout.predicted.push(wrong ? (label + 1) % K : label);
  }
  return layout;
}

/** Training beats as three networks embed them: with a margin that stays and one that moves, and without one. */
export function sampleLayouts({ points = 1600, source = 'MIT-BIH', seed = 'layouts' }: SampleOptions = {}): Layouts {
  const random = new Random(seed);
  const laidOut = (name: string, margin: LaidOut['margin'], distances: LaidOut['distances']): LaidOut => {
    const configuration = readConfiguration(name);
    return {
      name,
      settings: fingerprint(configuration),
      configuration,
      member: 0,
      train: 45_052,
      rounds: configuration.iterations,
      kept: configuration.iterations - 3,
      margin,
      distances,
      layout: sampleLayout(MITDB_RECORDS, points, random.fork('beats'), true),
    };
  };
  return {
    source,
    seed: '0',
    classes: [...CLASSES],
    configurations: [
      laidOut('ablation/margin-0.2', { start: 0.2, end: 0.2, kept: 0.2 }, { positive: 0.1234, negative: 1.5 }),
      laidOut('ablation/dynamic', { start: 0.2, end: 0.8, kept: 0.75 }, { positive: 0.0567, negative: 1.75 }),
      laidOut('intra-three', null, { positive: 0.21, negative: Number.NaN }),
    ],
  };
}

const BEFORE = 180;
const LENGTH = 253;
const STEPS = 63;
const WRONG = 9; // wrongly classified beats to show

/** Beats of a synthetic recording, with attention about the R peak and a little on the P wave. */
function sampleAttention(names: readonly string[], random: Random): AttentionExample[] {
  const recording = syntheticRecord({ seed: 'attention', name: 'attention', duration: 120 });
  const { x, labels } = extractBeats([recording], { length: LENGTH, before: BEFORE, normalize: 'none' });
  const example = (kind: AttentionExample['kind'], i: number): AttentionExample => {
    const width = random.uniform(1.5, 4);
    const raw = Array.from({ length: STEPS }, (_, t) => {
      const fromPeak = t - (BEFORE * STEPS) / LENGTH;
      return (
        0.05 + Math.exp(-((fromPeak / width) ** 2)) + 0.4 * Math.exp(-(((fromPeak + 15) / 3) ** 2)) * random.uniform()
      );
    });
    const sum = raw.reduce((a, b) => a + b, 0);
    return {
      record: names[random.integer(names.length)],
      sample: random.integer(SAMPLES),
      kind,
      label: labels[i],
      predicted: kind === 'wrong' ? (labels[i] + 1 + random.integer(K - 1)) % K : labels[i],
      probability: random.uniform(0.5, 1),
      signal: Array.from(x.subarray(i * LENGTH, (i + 1) * LENGTH)),
      before: BEFORE,
      samplingFrequency: FREQUENCY,
      weights: raw.map((w) => w / sum),
    };
  };
  return [
    ...CLASSES.map((_, k) => example('typical', labels.indexOf(k))),
    ...Array.from({ length: WRONG }, () => example('wrong', random.integer(labels.length))),
  ];
}

/** Probabilities that go with the confusion matrix, right as often as they say at a temperature of 1.6, and too sure at 1. */
function sampleCalibration(confusion: readonly (readonly number[])[], random: Random): CalibrationMetrics {
  const temperature = 1.6;
  const labels: number[] = [];
  const logits: number[] = [];
  const confidence = (right: boolean): number => {
    for (;;) {
      const p = 1 - 0.66 * random.uniform() ** 20;
      if (random.uniform() < p === right) return p;
    }
  };
  for (const [k, row] of confusion.entries())
    for (const [j, n] of row.entries())
      for (let i = 0; i < n; i++) {
        const p = confidence(k === j);
        const likely = k === j ? (j + 1) % K : k; // the next most probable
        labels.push(k);
        for (let c = 0; c < K; c++)
          logits.push(temperature * Math.log(c === j ? p : (c === likely ? 0.51 : 0.49) * (1 - p)));
      }
  const at = (T: number): Tensor =>
    softmax(affine(new Tensor(Float64Array.from(logits), [labels.length, K]), 1 / T, 0));
  const [plain, p] = [at(1), at(temperature)];
  const [before, after] = [plain, p].map((own) => calibration(own, labels));
  const errors = ({ overall, perClass }: typeof after, loss: number): CalibrationMetrics['after'] => ({
    overall: overall.error,
    perClass: perClass.map(({ error }) => error),
    loss,
  });
  const predicted = argmaxRows(p);
  const confidences = labels.map((_, i) => p.data[i * K + predicted[i]]);
  const curve = riskCoverageCurve(
    confidences,
    labels.map((k, i) => k === predicted[i]),
  );
  return {
    temperature,
    fittedOn: 4321,
    before: errors(before, 0.21),
    after: errors(after, 0.17),
    bins: { overall: after.overall.bins, perClass: after.perClass.map(({ bins }) => bins) },
    riskCoverage: curve.filter((_, i) => i % 500 === 0 || i === curve.length - 1),
    undecided: [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99].map((threshold) => ({
      threshold,
      matrix: selectiveScores(p, labels, threshold).matrix,
    })),
  };
}

const MISTAKES = 6; // of each pair of classes at most

/** Pieces of a synthetic recording, each with the beat in its middle taken for another. */
function sampleMistakes(records: Record<string, number[][]>, random: Random): MistakeMetrics {
  const { leads, annotations } = syntheticRecord({ seed: 'mistakes', name: 'mistakes', duration: 120 });
  const beats = annotations.filter(({ label }) => isBeat(label)).slice(5, -5);
  const step = 3;
  const before = 180;
  const pairs = [0, 1, 2].flatMap((k) => [0, 1, 2].flatMap((j) => (j === k ? [] : [[k, j]])));
  const examples = pairs.flatMap(([label, predicted]) => {
    const having = Object.keys(records).filter((name) => records[name][label][predicted] > 0);
    return having.slice(0, MISTAKES).map((record, i) => {
      const { sample } = beats[random.integer(beats.length)];
      const start = sample - before * step;
      const inside = annotations.filter(
        (a) => isBeat(a.label) && a.sample >= start && a.sample <= sample + before * step,
      );
      return {
        record,
        sample: sample + 10_000 * i,
        label,
        predicted,
        probability: 0.99 - 0.05 * i,
        signal: Array.from({ length: 2 * before + 1 }, (_, t) => {
          const mV = leads[0].samples[start + t * step];
          return Math.round(100 * mV) / 100;
        }),
        before,
        beats: inside.map((a, n) => ({
          at: Math.floor((a.sample - start) / step),
          label: a.label,
          taken: a.sample === sample ? predicted : n === 0 && a.label === 'N' ? 2 : null,
        })),
      };
    });
  });
  const sure = Object.keys(records).filter((_, i) => i % 3 === 0);
  return {
    recorded: FREQUENCY,
    samplingFrequency: FREQUENCY / step,
    sure: { from: 0.9, records: Object.fromEntries(sure.map((name, i) => [name, i + 1])) },
    examples,
  };
}

function sampleNovelty({ perClass: [n, s, v] }: Pick<Judged, 'perClass'>): NoveltyMetrics {
  return {
    clusters: 64,
    limit: 0.3172,
    byClass: {
      N: { beats: n.support, above: 0.031 },
      S: { beats: s.support, above: 0.124 },
      V: { beats: v.support, above: 0.207 },
      F: { beats: 388, above: 0.551 },
      Q: { beats: 7, above: 0.857 },
    },
    rocArea: { F: 0.8412, Q: 0.9021, 'F and Q': 0.8433 },
  };
}

/** A margin that rises when few triplets are mined, and what goes with it. */
function sampleIterations(count: number, random: Random): RecordedIteration[] {
  let lowest = Number.POSITIVE_INFINITY;
  let margin = 0.2;
  return Array.from({ length: count }, (_, i) => {
    if (i > 4 && i % 2 === 0) margin = Math.min(0.8, margin + 0.05);
    const left = Math.exp(-i / 7) + 0.1 * random.uniform();
    const score = 0.02 + 0.1 * left;
    const best = score < lowest;
    lowest = Math.min(lowest, score);
    return {
      loss: margin * (0.3 + 0.5 * left),
      triplets: 3000 + 40_000 * left,
      pairs: 2976, // of 32 beats of each of three classes
      possible: 2976 * 64,
      activeFraction: Math.min(1, 0.2 + 0.7 * left),
      meanPositive: 0.3 * left,
      meanNegative: 1.6,
      gradientNorm: 0.5,
      spread: 0.6,
      iteration: i + 1,
      margin,
      emptyBatches: 0,
      learningRate: 0.003,
      neighborF1: 1 - score,
      violationRate: 0.05 + 0.3 * left,
      best,
      collapsed: false,
    };
  });
}

function sampleEpochs(count: number, random: Random): EpochStatistics[] {
  let lowest = Number.POSITIVE_INFINITY;
  return Array.from({ length: count }, (_, i) => {
    const left = Math.exp(-i / 4) + 0.05 * random.uniform();
    const score = 0.03 + 0.4 * left + 0.0015 * i;
    const best = score < lowest;
    lowest = Math.min(lowest, score);
    return {
      epoch: i + 1,
      loss: 0.02 + 0.7 * left,
      accuracy: 0.995 - 0.3 * left,
      validationLoss: score,
      validationAccuracy: 0.99 - 0.2 * left,
      best,
    };
  });
}
