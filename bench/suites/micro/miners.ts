import {
  allTriplets,
  backward,
  bandTripletLoss,
  batchHard,
  l2Normalize,
  type Miner,
  nearestSemiHard,
  pairwiseSquaredEuclidean,
  semiHard,
  semiHardOrFarthest,
  Tensor,
  tripletLoss,
  violating,
} from 'dynaecg';
import { gradients, normal, type Workload } from './workload.ts';

const [BATCH, CLASSES, DIMENSIONS] = [96, 3, 64]; // a batch of the default network's embeddings
const [MANY, THOUSANDS] = [800, 2000];
const MARGIN = 0.2;
const labelsOf = (B: number): Int32Array => Int32Array.from({ length: B }, (_, i) => i % CLASSES);

/** Distances of an anchor: to its positive and to each negative, whose positions are given. */
interface Pair {
  positive: number;
  negatives: readonly { n: number; distance: number }[];
}

type Rule = (pair: Pair) => number[];

const band = ({ positive, negatives }: Pair, low: number, high: number) =>
  negatives.filter(({ distance }) => distance > low && distance < positive + high);
const nearest = (all: Pair['negatives']): number[] =>
  all.length === 0 ? [] : [all.reduce((best, other) => (other.distance < best.distance ? other : best)).n];
const farthest = (all: Pair['negatives']): number[] =>
  all.length === 0 ? [] : [all.reduce((best, other) => (other.distance > best.distance ? other : best)).n];

/** The negatives that a miner takes for a pair. */
const RULES: readonly [name: string, miner: Miner, rule: Rule][] = [
  ['semiHard', semiHard, (pair) => band(pair, pair.positive, MARGIN).map(({ n }) => n)],
  ['nearestSemiHard', nearestSemiHard, (pair) => nearest(band(pair, pair.positive, MARGIN))],
  ['violating', violating, (pair) => band(pair, -1, MARGIN).map(({ n }) => n)],
  [
    'semiHardOrFarthest',
    semiHardOrFarthest,
    (pair) => {
      const behind = nearest(band(pair, pair.positive, Number.POSITIVE_INFINITY));
      return behind.length > 0 ? behind : farthest(pair.negatives);
    },
  ],
  ['allTriplets', allTriplets, ({ negatives }) => negatives.map(({ n }) => n)],
];

/** Anchors, positives and negatives by the rule, one anchor and positive after the other. */
function minedByLoops(d: ArrayLike<number>, rule: Rule): number[][] {
  const B = Math.sqrt(d.length);
  const labels = labelsOf(B);
  const found: number[][] = [[], [], []];
  for (let a = 0; a < B; a++) {
    const others = Array.from({ length: B }, (_, n) => ({ n, distance: d[a * B + n] }));
    const negatives = others.filter(({ n }) => labels[n] !== labels[a]);
    for (let p = 0; p < B; p++)
      if (p !== a && labels[p] === labels[a])
        for (const n of rule({ positive: d[a * B + p], negatives }))
          for (const [i, v] of [a, p, n].entries()) found[i].push(v);
  }
  return found;
}

/** For each anchor the farthest of its label and the nearest of another. */
function hardestByLoops(d: ArrayLike<number>): number[][] {
  const B = Math.sqrt(d.length);
  const labels = labelsOf(B);
  const found: number[][] = [[], [], []];
  for (let a = 0; a < B; a++) {
    const others = Array.from({ length: B }, (_, n) => ({ n, distance: d[a * B + n] })).filter(({ n }) => n !== a);
    const [p] = farthest(others.filter(({ n }) => labels[n] === labels[a]));
    const [n] = nearest(others.filter(({ n }) => labels[n] !== labels[a]));
    for (const [i, v] of [a, p, n].entries()) found[i].push(v);
  }
  return found;
}

function mining(name: string, miner: Miner, byLoops: (d: ArrayLike<number>) => number[][], B = BATCH): Workload {
  return {
    name: `${name} of ${B}`,
    make: () => {
      const d = distances(B);
      const labels = labelsOf(B);
      return {
        run: () => {
          const { anchors, positives, negatives } = miner(d, labels, MARGIN);
          return [anchors, positives, negatives] as Int32Array[];
        },
        expected: () => byLoops(d.data),
      };
    },
  };
}

/** A loss of distances (B,B), and its gradient, with or without a list of triplets. */
function hinge(name: string, lossOf: typeof tripletLoss | typeof bandTripletLoss, B: number): Workload {
  return {
    name: `${name} of ${B}`,
    make: () => {
      const d = distances(B);
      d.requiresGrad = true;
      const labels = labelsOf(B);
      let value = 0;
      const run = (): void => {
        const { loss } = lossOf(d, labels, { margin: MARGIN, distance: () => d });
        value = loss.item();
        backward(loss);
      };
      return {
        run: () => [...gradients([d], run), Float64Array.of(value)],
        expected: () => hingeByLoops(d.data, B),
      };
    },
  };
}

/** The gradient of the mean hinge of all violating triplets, and the mean. */
function hingeByLoops(d: ArrayLike<number>, B: number): ArrayLike<number>[] {
  const labels = labelsOf(B);
  const gradient = new Float64Array(B * B);
  let [sum, count] = [0, 0];
  for (let a = 0; a < B; a++)
    for (let p = 0; p < B; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      for (let n = 0; n < B; n++) {
        const hinge = d[a * B + p] + MARGIN - d[a * B + n];
        if (labels[n] === labels[a] || hinge <= 0) continue;
        sum += hinge;
        count++;
        gradient[a * B + p]++;
        gradient[a * B + n]--;
      }
    }
  return [gradient.map((g) => g / count), [sum / count]];
}

/** Squared distances (B,B) between points on the unit sphere, of the same bits on every backend. */
function distances(B: number) {
  const points = new Tensor(Float64Array.from(normal([B, DIMENSIONS], { seed: 'embeddings' }).data), [B, DIMENSIONS]);
  return new Tensor(Float32Array.from(pairwiseSquaredEuclidean(l2Normalize(points)).data), [B, B]);
}

export const MINERS: readonly Workload[] = [
  ...RULES.map(([name, miner, rule]) => mining(name, miner, (d) => minedByLoops(d, rule))),
  mining('batchHard', batchHard, hardestByLoops),
  ...RULES.filter(([, miner]) => miner === nearestSemiHard || miner === semiHardOrFarthest).map(([name, miner, rule]) =>
    mining(name, miner, (d) => minedByLoops(d, rule), MANY),
  ),
  hinge('tripletLoss, a list,', tripletLoss, MANY),
  hinge('bandTripletLoss', bandTripletLoss, MANY),
  hinge('bandTripletLoss', bandTripletLoss, THOUSANDS),
];
