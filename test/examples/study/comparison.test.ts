// What methods are compared by, and at which prior the perceptron classifies.
import {
  argmaxRows,
  confusionMatrix,
  MlpClassifier,
  noGrad,
  Random,
  softmax,
  Tensor,
  type TensorLike,
  tensor,
} from 'dynaecg';
import { syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare } from '../../../examples/dynaecg/comparison.ts';
import { type Configuration, checkConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { drawByClass, type Plan, plan } from '../../../examples/dynaecg/plan.ts';
import { recordingsOf } from '../../../examples/dynaecg/recordings.ts';
import { finishClassifier, makeNetwork, priorShift, tripletTrainer } from '../../../examples/dynaecg/trainers.ts';
import { formatCurves, formatEmbeddings, formatRanking } from '../../../examples/study/comparisonTables.ts';
import type { Outcome } from '../../../examples/study/ledger.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('comparison');

const configured = (given: Record<string, unknown>): Configuration => checkConfiguration('given', given);
const watch = { quiet: true };
const K = 3;
const classes = ['N', 'S', 'V'];

/** A plan as far as comparisons and priors look at it: labels, and how batches are drawn. */
function planOf(given: Record<string, unknown>, train: ArrayLike<number>, judged: ArrayLike<number> = []): Plan {
  const shares = classes.map((_, k) => Array.from(train).filter((label) => label === k).length / train.length);
  const made = {
    configuration: configured(given),
    shares,
    train: { labels: Int32Array.from(train), beats: { classes } },
    judged: { labels: Int32Array.from(judged), beats: { classes } },
  };
  return made as unknown as Plan;
}
/** As many labels of each class as are given. */
const labelsOf = (...counts: number[]): number[] => counts.flatMap((n, k) => new Array<number>(n).fill(k));
/** Points about a place of their class's own, so near each other that some lie among those of another class. */
function points(labels: readonly number[], random: Random): Tensor {
  const D = 4;
  const x = labels.flatMap((label) => Array.from({ length: D }, (_, d) => random.normal(d === label ? 0.5 : 0, 0.6)));
  return tensor(x, [labels.length, D]);
}
const rowsOf = ({ data, shape: [N, D] }: Tensor): number[][] =>
  Array.from({ length: N }, (_, i) => [...data.subarray(i * D, (i + 1) * D)]);
const squaredDistance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, d) => sum + (v - b[d]) * (v - b[d]), 0);
const first = (values: readonly number[]): number => values.indexOf(Math.max(...values));
function counted(labels: readonly number[], predictions: readonly number[]): number[][] {
  const matrix = Array.from({ length: K }, () => [0, 0, 0]);
  for (const [i, label] of labels.entries()) matrix[label][predictions[i]]++;
  return matrix;
}

const TRAINING = labelsOf(90, 15, 35);
const JUDGED = labelsOf(330, 30, 50); // of N more than are drawn
const BATCH = [64, 16, 16];
const random = new Random('comparison');
const known = points(TRAINING, random);
const embedding = points(JUDGED, random);
const probabilities = noGrad(() => softmax(tensor(rowsOf(embedding).map((row) => row.slice(0, K).map((v) => 2 * v)))));
const compared = async (given: Record<string, unknown>) => {
  const found = await compare(
    planOf({ perClass: BATCH, ...given }, TRAINING, JUDGED),
    known,
    { embeddings: embedding, probabilities, labels: argmaxRows(probabilities) },
    watch,
  );
  assert.ok(found);
  return found!;
};

test('the 9 nearest training embeddings vote, and of classes with as many votes the first has it', async () => {
  const { neighbors } = await compared({});
  const near = rowsOf(known);
  let ties = 0;
  const predictions = rowsOf(embedding).map((row) => {
    const order = near.map((other, i) => [squaredDistance(row, other), i]).sort(([a], [b]) => a - b);
    const votes = [0, 0, 0];
    for (const [, i] of order.slice(0, 9)) votes[TRAINING[i]]++;
    if (votes.filter((n) => n === Math.max(...votes)).length > 1) ties++;
    return first(votes);
  });
  assert.ok(ties > 0);
  assert.equal(neighbors, counted(JUDGED, predictions));
  assert.ok(neighbors.flat().filter((n) => n > 0).length > 6, 'hard enough to tell rules apart');
});

test('what the embedding is like, by plain loops over the beats that are drawn', async () => {
  const { embedding: found } = await compared({});
  const drawn = [...drawByClass(Int32Array.from(JUDGED), () => 300, new Random('embedding'))];
  assert.is(drawn.length, 300 + 30 + 50);
  const all = rowsOf(embedding);
  const rows = drawn.map((i) => all[i]);
  const own = drawn.map((i) => JUDGED[i]);
  const d = rows.map((a) => rows.map((b) => squaredDistance(a, b)));
  const sums = { positive: [0, 0], negative: [0, 0], triplets: [0, 0] };
  for (let a = 0; a < rows.length; a++)
    for (let p = 0; p < rows.length; p++) {
      if (p === a) continue;
      const [sum] = own[p] === own[a] ? [sums.positive] : [sums.negative];
      sum[0] += d[a][p];
      sum[1]++;
      if (own[p] !== own[a]) continue;
      for (let n = 0; n < rows.length; n++) {
        if (own[n] === own[a]) continue;
        sums.triplets[1]++;
        if (d[a][n] < d[a][p] + 0.2) sums.triplets[0]++;
      }
    }
  const [meanPositive, meanNegative, violations] = Object.values(sums).map(([sum, n]) => sum / n);
  assert.equal(Object.keys(found), ['meanPositive', 'meanNegative', 'violations']);
  assertClose([found.meanPositive, found.meanNegative], [meanPositive, meanNegative], { relative: 1e-5 });
  assertClose([found.violations], [violations], { absolute: 1e-5 });
});

test('operating points: each probability times (share in a batch / share in the data) ^ (adjustment - the other)', async () => {
  for (const adjustment of [1, 0.5, 0.25, 0]) {
    const { operating } = await compared({ adjustment });
    const others = operating.map((point) => point.adjustment);
    assert.equal([others.length, others[0], others.at(-1)], [17, 1.5, -0.5]);
    for (const [i, { adjustment: other, matrix }] of operating.entries()) {
      assert.is(other, 1.5 - i / 8);
      const predictions = rowsOf(probabilities).map((row) =>
        first(
          row.map((p, k) => {
            const [batch, data] = [BATCH[k] / 96, TRAINING.filter((label) => label === k).length / TRAINING.length];
            return p * (batch / data) ** (adjustment - other);
          }),
        ),
      );
      assert.equal(matrix, counted(JUDGED, predictions), `from ${adjustment} to ${other}`);
    }
    const judged = confusionMatrix(JUDGED, argmaxRows(probabilities), K);
    assert.equal(operating.find((point) => point.adjustment === adjustment)?.matrix, judged, 'as it is judged');
  }
});

test('the less a class that batches favour is adjusted for, the more beats are taken for it', async () => {
  const { operating } = await compared({ adjustment: 1 });
  for (const counts of [
    operating.map(({ matrix }) => matrix[1][1]), // S that is found
    operating.map(({ matrix }) => matrix[0][1]), // N that is taken for S
  ]) {
    assert.equal(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.ok(counts[0] < counts[counts.length - 1]);
  }
});

test('comparisons are stopped as all else is', async () => {
  const own = planOf({}, TRAINING, JUDGED);
  assert.is(
    await compare(
      own,
      known,
      { embeddings: embedding, probabilities, labels: argmaxRows(probabilities) },
      { quiet: true, signal: AbortSignal.abort() },
    ),
    null,
  );
});

// ---- priors

test('the shift of the prior: a part of the logarithm of the share in a batch by that in the data', () => {
  const labels = labelsOf(80, 5, 15);
  const half = [0.8, 0.05, 0.15].map((share) => 0.5 * Math.log(1 / 3 / share));
  assertClose(priorShift(planOf({ perClass: 7 }, labels), 0.5), half, { relative: 1e-12 });
  const whole = [4 / 6, 1 / 6, 1 / 6].map((batch, k) => Math.log(batch / [0.8, 0.05, 0.15][k]));
  assertClose(priorShift(planOf({ perClass: [4, 1, 1] }, labels), 1), whole, { relative: 1e-12 });
  for (const v of priorShift(planOf({}, labels), 0)) assert.is(Math.abs(v), 0);
});

const perceptron = (): MlpClassifier => {
  const made = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: K, random: new Random('perceptron') });
  const draw = new Random('biases');
  for (const { bias } of [made.fc1, made.fc2]) for (let i = 0; i < bias!.size; i++) bias!.data[i] = draw.normal();
  return made;
};
const finished = (given: Record<string, unknown>): MlpClassifier => {
  const made = perceptron();
  finishClassifier(planOf({ perClass: BATCH, ...given }, TRAINING), made);
  return made;
};
const logits = (model: MlpClassifier, z: TensorLike): Tensor => noGrad(() => model.forward(z));
const scaled = ({ data, shape }: Tensor, factor: number): Tensor =>
  new Tensor(
    data.map((v) => v * factor),
    shape,
  );

test('a perceptron trained on scaled embeddings takes them as they are', () => {
  for (const mlpScale of [16, 0.5]) {
    const [own, trained] = [logits(finished({ mlpScale }), known), logits(perceptron(), scaled(known, mlpScale))];
    assert.equal([...own.data], [...trained.data], 'a power of two changes no bit');
  }
  const [own, trained] = [logits(finished({ mlpScale: 10 }), known), logits(perceptron(), scaled(known, 10))];
  assertClose(own.data, trained.data, { relative: 1e-4, absolute: 1e-4 });
});

test("a perceptron trained at the data's prior classifies at the prior that is asked for", () => {
  const before = rowsOf(perceptron().probabilities(known));
  for (const adjustment of [1, 0.75, 0.5, 0]) {
    const after = finished({ adjustment, mlpScale: 1 }).probabilities(known);
    const expected = before.flatMap((row) => {
      const weighed = row.map((p, k) => {
        const [batch, data] = [BATCH[k] / 96, TRAINING.filter((label) => label === k).length / TRAINING.length];
        return p * (batch / data) ** (1 - adjustment);
      });
      const sum = weighed.reduce((a, b) => a + b);
      return weighed.map((p) => p / sum);
    });
    assertClose(after.data, expected, { absolute: 1e-6 }, `adjustment ${adjustment}`);
  }
});

// ---- runs

const set = syntheticRecords({ seed: 'comparison', patients: 6, duration: 60 });
const recordings = recordingsOf('synthetic', set);
const TINY = {
  ...{ length: 64, before: 32, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 },
  ...{ iterations: 2, steps: 12, perClass: 6, learningRate: 0.02, mlpHidden: 8, mlpEpochs: 6, validationFraction: 0.3 },
};
const planned = (given: Record<string, unknown>): Plan =>
  plan(recordings, configured({ ...TINY, ...given }), '0', 'validation');

test('a run at another prior comes to what the operating points of the first say', async () => {
  for (const method of ['triplet', 'joint']) {
    const [whole, half] = await Promise.all(
      [1, 0.5].map(async (adjustment) => (await run(planned({ method, adjustment }), watch)).judgement!),
    );
    const at = (adjustment: number) => whole.operating.find((point) => point.adjustment === adjustment)?.matrix;
    assert.equal([at(1), at(0.5)], [whole.matrix, half.matrix]);
    assert.equal(half.operating, whole.operating);
    assert.not.equal(at(-0.5), at(1.5));
    assert.equal([half.neighbors, half.embedding], [whole.neighbors, whole.embedding], 'the embedder is the same');
  }
});

test('jointly: on the same batch with the same triplets, cross-entropy adds to the gradients', async () => {
  const [apart, joint] = [false, true].map((jointly) => {
    const own = planned({ method: 'joint', perClass: [6, 3, 3] });
    const [{ embedder }, { classifier }] = [makeNetwork(own), makeNetwork(own)];
    const [step] = tripletTrainer(own, embedder, jointly ? classifier : null).steps(1);
    return step;
  });
  assert.equal([joint.loss, joint.triplets, joint.pairs], [apart.loss, apart.triplets, apart.pairs], 'the same batch');
  assert.ok(joint.gradientNorm !== apart.gradientNorm);
});

// ---- the margin

/** The margins of the rule that looks at whole iterations, triplets by pair. */
function earlierMargins(iterations: readonly { triplets: number; pairs: number }[], threshold: number): number[] {
  let [steps, below] = [0, 0];
  return iterations.map(({ triplets, pairs }) => {
    below = triplets < threshold * pairs ? below + 1 : 0;
    if (below >= 3 && 0.2 + steps * 0.05 < 0.8) [steps, below] = [steps + 1, 0];
    return Math.min(0.8, 0.2 + steps * 0.05);
  });
}

test('marginBatches 0: the margin moves by the iteration, by the rule of earlier runs', () => {
  const steps = 5;
  const threshold = 0.5;
  const earlier = { steps, margin: 'dynamic', marginPer: 'pair', marginThreshold: threshold, marginBatches: 0 };
  const own = planned({ ...TINY, ...earlier, perClass: 4 });
  const { marginScheduler: scheduler } = tripletTrainer(own, makeNetwork(own).embedder, null);
  const draw = new Random('mined');
  const iterations: { triplets: number; pairs: number }[] = [];
  const margins: number[] = [];
  for (let iteration = 1; iteration <= 150; iteration++) {
    const sums = { triplets: 0, pairs: 0 };
    for (let step = 1; step <= steps; step++) {
      const [triplets, pairs, possible] = [draw.integer(iteration % 4 === 0 ? 38 : 30), 36, 36 * 8];
      sums.triplets += triplets;
      sums.pairs += pairs;
      const before = scheduler.margin;
      const next = scheduler.update({ iteration, step, steps, triplets, pairs, possible });
      if (step < steps) assert.is(next, before, 'within an iteration it stays');
    }
    iterations.push(sums);
    margins.push(scheduler.margin);
  }
  assert.equal(margins, earlierMargins(iterations, threshold));
  assert.is(margins.at(-1), 0.8, 'all the way');
  assert.ok(new Set(margins).size === 13 && margins.filter((m, i) => m === margins[i - 1]).length > 100);

  // by batches it is the batch that counts
  const byBatch = planned({ ...TINY, ...earlier, marginBatches: 1, perClass: 4 });
  const { marginScheduler: margin } = tripletTrainer(byBatch, makeNetwork(byBatch).embedder, null);
  const poor = { iteration: 1, steps, triplets: 0, pairs: 36, possible: 288 };
  assert.equal(
    [1, 2, 3].map((step) => margin.update({ ...poor, step })),
    [0.2, 0.2, 0.25],
  );
});

// ---- tables

/** Counts by true class, a row each between bars. */
const matrix = (rows: string): number[][] => rows.split('|').map((row) => row.trim().split(' ').map(Number));
/** Confusion matrices by their F1 of N, S and V: the mean of the three is 100, 93.33, 86.67 and 80 %. */
const [ALL, MOST, MANY, FEWER] = [
  '10 0 0 | 0 10 0 | 0 0 10',
  '9 1 0 | 1 9 0 | 0 0 10',
  '8 2 0 | 2 8 0 | 0 0 10',
  '7 3 0 | 3 7 0 | 0 0 10',
].map(matrix);
const facts = (meanPositive: number, meanNegative: number, violations: number) => ({
  ...{ meanPositive, meanNegative, violations },
});
const outcome = (judged: number[][], given: Partial<Outcome>): Outcome => ({
  ...{ name: 'made', settings: '00000000', seed: '0', part: 'validation', protocol: 'inter', classes },
  ...{ records: { 100: judged }, margins: [], minutes: 1 },
  ...given,
});
const operating = (...matrices: number[][][]) => matrices.map((m, i) => ({ adjustment: 1 - i / 2, matrix: m }));
const MADE = [
  outcome(MANY, {
    ...{ seed: '0', neighbors: MOST, operating: operating(MANY, FEWER), embedding: facts(0.1, 1.5, 0.25) },
    margins: [0.2, 0.3],
  }),
  outcome(ALL, {
    ...{ seed: '1', neighbors: MANY, operating: operating(ALL, MANY), embedding: facts(0.2, 1.75, 0.35) },
    margins: [0.2, 0.4],
  }),
  outcome(MOST, {
    ...{ name: 'another', settings: '11111111', part: 'test', protocol: 'intra', source: 'MIT-BIH, 2 of its records' },
    ...{ neighbors: ALL, operating: operating(MOST, ALL), embedding: facts(0.0123, 2, 0.05) },
  }),
];
/** Of a run before there were comparisons. */
const EARLIER = outcome(FEWER, { seed: '2', margins: [0.8] });

test('perceptron, neighbours and embedding: means and deviations over seeds, of runs that compared them', () => {
  // By hand: 86.67 and 100, 93.33 and 86.67, of S 80 and 100, 90 and 80; violations 25 and 35.
  const expected = [
    'mean ± standard deviation over seeds, %; the last three: mean squared distances, and the last margin',
    '                                                  seeds      macro F1           S F1  9-NN: macro F1          S F1    violations   d_ap   d_an  margin',
    'made (inter), validation                              2  93.33 ± 9.43  90.00 ± 14.14    90.00 ± 4.71  85.00 ± 7.07  30.00 ± 7.07  0.150  1.625    0.35',
    'another (intra, MIT-BIH, 2 of its records), test      1         93.33          90.00          100.00        100.00          5.00  0.012  2.000       -',
  ].join('\n');
  const text = formatEmbeddings([MADE[0], EARLIER, ...MADE.slice(1)]);
  assert.is(text, expected);
  assert.is(formatEmbeddings(MADE), text, 'one without comparisons counts for nothing');
});

test("the rank correlation of runs is Spearman's, equal values sharing their places", () => {
  // Places by the perceptron 3, 0.5, 0.5, 2; by neighbours 3, 0, 1.5, 1.5; by violations 1, 3, 2, 0. Centred, the products are
  // 3.75 / sqrt(4.5 * 4.5) and -3.5 / sqrt(5 * 4.5).
  const runs = [
    [ALL, ALL, 0.3],
    [MANY, MANY, 0.1],
    [MANY, MOST, 0.2],
    [MOST, MOST, 0.4],
  ] as [number[][], number[][], number][];
  const outcomes = runs.map(([judged, neighbors, violations], seed) =>
    outcome(judged, { seed: String(seed), neighbors, operating: [], embedding: facts(0.1, 1, violations) }),
  );
  const expected = [
    "rank correlation with the perceptron's macro F1 over 4 runs",
    'macro F1 of 9 nearest neighbours        0.83',
    'fraction of triplets that respect 0.2  -0.74',
  ].join('\n');
  assert.is(formatRanking(outcomes), expected);
  assert.is(formatRanking([...outcomes, EARLIER]), expected);
  assert.is(formatRanking(outcomes.slice(0, 1)), '', 'one run has no rank');
  assert.is(formatRanking([outcomes[0], EARLIER]), '');
  const equal = formatRanking([outcomes[1], { ...outcomes[1], seed: '7' }]);
  assert.equal(
    equal.split('\n').slice(1),
    ['macro F1 of 9 nearest neighbours       -', 'fraction of triplets that respect 0.2  -'],
    'equal runs have no order',
  );
});

test('the curve: the scores at each prior, means over the seeds', () => {
  const expected = [
    'made (inter), validation: mean of 2 seeds, %',
    'adjustment  S sen  S pre   S F1   V sen    V F1  macro F1  accuracy',
    '1.000       90.00  90.00  90.00  100.00  100.00     93.33     93.33',
    '0.500       75.00  75.00  75.00  100.00  100.00     83.33     83.33',
    '',
    'another (intra, MIT-BIH, 2 of its records), test: mean of 1 seeds, %',
    'adjustment   S sen   S pre    S F1   V sen    V F1  macro F1  accuracy',
    '1.000        90.00   90.00   90.00  100.00  100.00     93.33     93.33',
    '0.500       100.00  100.00  100.00  100.00  100.00    100.00    100.00',
  ].join('\n');
  assert.is(formatCurves([EARLIER, ...MADE]), expected);
  assert.is(formatCurves([EARLIER]), '');
});

test.run();
