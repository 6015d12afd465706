import {
  ArgumentError,
  bootstrapDifference,
  bootstrapInterval,
  type ConfusionMatrix,
  classificationScores,
  DataError,
  type Interval,
  proportionInterval,
  Random,
  ShapeError,
  scoreIntervals,
} from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapEnds } from '../../../src/eval/intervals/bootstrapEnds.ts';
import { assertClose, assertThrows } from '../../support/asserts.ts';

const test = suite('intervals');

const ends = ({ low, high }: Interval): number[] => [low, high];

// ---- proportions

// SciPy 1.10.1: c = scipy.stats.binomtest(k, n).proportion_ci(level, method); c.low, c.high
const PROPORTIONS: readonly [
  k: number,
  n: number,
  level: number,
  method: 'exact' | 'wilson',
  low: number,
  high: number,
][] = [
  [171, 171, 0.95, 'exact', 0.9786586254334967, 1],
  [171, 171, 0.8, 'wilson', 0.9904868406686737, 1],
  [0, 171, 0.95, 'exact', 0, 0.021341374566503316],
  [0, 171, 0.95, 'wilson', 0, 0.021971097968438207],
  [170, 171, 0.95, 'exact', 0.9678495166078122, 0.9998519536029935],
  [170, 171, 0.95, 'wilson', 0.9676230218186955, 0.9989669456861813],
  [3, 4, 0.95, 'exact', 0.19412044968324338, 0.9936905367902901],
  [3, 4, 0.8, 'wilson', 0.4325414503690775, 0.9219192523148823],
  [1, 1, 0.95, 'exact', 0.025, 1],
  [90, 100, 0.8, 'exact', 0.8501174076983797, 0.9368887431514368],
  [90, 100, 0.95, 'wilson', 0.8256343384950865, 0.9447708629393249],
  [5000, 99000, 0.95, 'exact', 0.049149090792467806, 0.05188742106569791],
  [5000, 99000, 0.8, 'wilson', 0.04962055058902471, 0.051404464092952525],
];

test('intervals of proportions: Clopper and Pearson’s, and Wilson’s', () => {
  for (const [k, n, level, method, low, high] of PROPORTIONS) {
    const own = proportionInterval(k, n, { level, method });
    assertClose(ends(own), [low, high], { relative: 1e-11 }, `${k} of ${n}, ${level}, ${method}`);
  }
  assert.equal(proportionInterval(3, 4), proportionInterval(3, 4, { level: 0.95, method: 'exact' }));
  for (const method of ['exact', 'wilson'] as const)
    assert.equal(proportionInterval(0, 0, { method }), { low: 0, high: 1 });
});

test('the exact interval holds every proportion at least as often as its level', () => {
  const [n, level] = [12, 0.9];
  const intervals = Array.from({ length: n + 1 }, (_, k) => proportionInterval(k, n, { level }));
  for (let p = 0.005; p < 1; p += 0.005) {
    let held = 0;
    let probability = (1 - p) ** n; // of k of n
    for (const [k, { low, high }] of intervals.entries()) {
      if (low <= p && p <= high) held += probability;
      probability *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
    assert.ok(held >= level, `${held} at ${p}`);
  }
});

// ---- the ends of a bootstrap interval

// NumPy 1.24.2, SciPy 1.10.1:
//   tp = np.array([90, 12, 171, 3, 40, 55, 8]); n = np.array([95, 20, 171, 9, 52, 56, 8])
//   b, j = np.mgrid[0:500, 0:7]; i = (b*(j + 3)*31 + b*b*(j*j + 1) % 1009 + j) % 1013 % 7     # resamples
//   f = lambda i, axis: tp[i].sum(axis) / n[i].sum(axis); v = f(i, 1)
//   a, b, _ = scipy.stats._resampling._bca_interval((np.arange(7),), f, -1, tail, v, None)    # what bootstrap(method='BCa') does
//   np.quantile(v, a), np.quantile(v, b)
// with a tail of 0.025, of 0.1, and expanded of norm.cdf(np.sqrt(7/6) * t.ppf(0.025, 6))
const TP = [90, 12, 171, 3, 40, 55, 8];
const BEATS = [95, 20, 171, 9, 52, 56, 8];
const share = (groups: readonly number[]): number =>
  groups.reduce((sum, g) => sum + TP[g], 0) / groups.reduce((sum, g) => sum + BEATS[g], 0);
const RESAMPLED = {
  estimate: share([0, 1, 2, 3, 4, 5, 6]),
  draws: Float64Array.from({ length: 500 }, (_, b) =>
    share(Array.from({ length: 7 }, (_, j) => ((b * (j + 3) * 31 + ((b * b * (j * j + 1)) % 1009) + j) % 1013) % 7)),
  ),
  jackknife: [0, 1, 2, 3, 4, 5, 6].map((left) => share([0, 1, 2, 3, 4, 5, 6].filter((g) => g !== left))),
  groups: 7,
};
const options = { random: new Random(0), draws: 500, level: 0.95, method: 'bca', expand: false } as const;

test('BCa has the ends of SciPy’s from the same resamples', () => {
  const rounding = { relative: 1e-13 };
  assertClose(ends(bootstrapEnds(RESAMPLED, options)), [0.800913808814799, 0.9917436396217367], rounding);
  const narrow = bootstrapEnds(RESAMPLED, { ...options, level: 0.8 });
  assertClose(ends(narrow), [0.8527717096237021, 0.9735556057213746], rounding);
  const expanded = bootstrapEnds(RESAMPLED, { ...options, expand: true });
  const ofT = { relative: 1e-8 }; // SciPy's quantile of Student's t has nine digits
  assertClose(ends(expanded), [0.733812104650075, 0.9942396730391556], ofT);
  const percentile = bootstrapEnds(RESAMPLED, { ...options, method: 'percentile', expand: true });
  assertClose(ends(percentile), [0.6779309074468917, 0.993525920085061], ofT);
});

//   scipy.stats.bootstrap((np.arange(7),), f, n_resamples=200000, method='BCa', random_state=1)
test('BCa of our own draws is near SciPy’s', () => {
  const patients = TP.map((tp, g): ConfusionMatrix => [[tp, BEATS[g] - tp], [0, 0]]); // biome-ignore format: a row each
  const own = bootstrapInterval(patients, (s) => s.perClass[0].sensitivity, {
    random: new Random('bca'),
    draws: 8000,
    expand: false,
  });
  assertClose(ends(own), [0.7963, 0.98754], { absolute: 0.01 });
});

test('draws that are all one, all above the score and all below it', () => {
  const made = (draws: number[], estimate: number) =>
    bootstrapEnds({ estimate, draws: Float64Array.from(draws), jackknife: [1, 1, 1], groups: 3 }, options);
  assert.equal(made([1, 1, 1], 1), { low: 1, high: 1 });
  for (const estimate of [0, 9]) {
    const { low, high } = made([1, 2, 3], estimate);
    assert.ok(low >= 1 && low <= high && high <= 3, `${low} to ${high}`);
  }
});

/** A made-up patient: how likely a beat is found differs from one to the next. */
function patient(random: Random): ConfusionMatrix {
  const p = 1 / (1 + Math.exp(-random.normal(2, 1)));
  const beats = 20 + random.integer(60);
  let found = 0;
  for (let i = 0; i < beats; i++) if (random.uniform() < p) found++;
  return [
    [found, beats - found],
    [0, 0],
  ];
}

// `npm run bench -- coverage` has more of them.
test('of six patients the interval holds the true sensitivity more often than percentiles do', () => {
  const many = new Random('population');
  let truth = 0;
  for (let i = 0; i < 100000; i++) truth += 1 / (1 + Math.exp(-many.normal(2, 1))) / 100000;
  const random = new Random('six');
  const runs = 200;
  const held = { percentiles: 0, expanded: 0, exact: 0 };
  for (let run = 0; run < runs; run++) {
    const six = Array.from({ length: 6 }, () => patient(random));
    const interval = (more: object): Interval =>
      bootstrapInterval(six, (s) => s.perClass[0].sensitivity, { random: new Random(run), draws: 200, ...more });
    const holds = ({ low, high }: Interval): number => Number(low <= truth && truth <= high);
    held.percentiles += holds(interval({ method: 'percentile', expand: false })) / runs;
    held.expanded += holds(interval({})) / runs;
    held.exact += holds(scoreIntervals(six).perClass[0].sensitivity) / runs;
  }
  assert.ok(held.expanded > held.percentiles + 0.04 && held.expanded > 0.83, `${held.expanded}, ${held.percentiles}`);
  assert.ok(held.exact > held.expanded && held.exact > 0.88, `${held.exact}`);
});

// ---- all scores

const THREE: ConfusionMatrix[] = [
  [
    [90, 1, 0],
    [2, 7, 0],
    [0, 0, 100],
  ],
  [
    [40, 6, 0],
    [9, 5, 0],
    [0, 0, 71],
  ],
  [
    [20, 9, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
];
const seed = (): { random: Random } => ({ random: new Random('all') });

// R 4.2.2, survey 4.1-1:
//   f <- function(right, of, level = 0.95) {
//     d <- data.frame(p = rep(seq_along(of), of), r = unlist(mapply(function(a, b) rep(1:0, c(a, b - a)), right, of)))
//     r <- as.svrepdesign(svydesign(~p, data = d, weights = ~1), type = 'JK1')
//     attr(svyciprop(~r, r, method = 'beta', level = level), 'ci') }
//   f(TP, BEATS); f(TP, BEATS, 0.8); then of THREE the accuracy f(c(197, 116, 20), c(200, 131, 29)), of N the sensitivity
//   f(c(90, 40, 20), c(91, 46, 29)) and J f(c(90, 40, 20), c(93, 55, 29)), of S the precision f(c(7, 5, 0), c(8, 11, 9))
test('intervals of scores are Korn and Graubard’s of the survey package', () => {
  const digits = { relative: 1e-9 };
  const seven = TP.map((tp, g): ConfusionMatrix => {
    return [
      [tp, BEATS[g] - tp],
      [0, 0],
    ];
  });
  const of = (level: number): number[] => ends(scoreIntervals(seven, { level }).perClass[0].sensitivity);
  assertClose(of(0.95), [0.641633789406058, 0.99784785557214], digits);
  assertClose(of(0.8), [0.76012178958174, 0.987879054515446], digits);
  const { accuracy, perClass } = scoreIntervals(THREE);
  assertClose(ends(accuracy), [0.282830302989903, 0.999999865378171], digits);
  assertClose(ends(perClass[0].sensitivity), [0.140997382076822, 0.999999990437534], digits);
  const f1 = [0.0878644750772312, 0.99999871845199].map((share) => (2 * share) / (1 + share));
  assertClose(ends(perClass[0].f1), f1, digits);
  assertClose(ends(perClass[1].precision), [0.000287300626436536, 0.99779201985781063], digits);
});

test('where no error is seen the interval is the exact one, and says of how many patients it is', () => {
  const { perClass } = scoreIntervals(THREE);
  const exact = proportionInterval(171, 171);
  assert.equal(perClass[2].sensitivity, { ...exact, groups: 2 });
  assert.equal(perClass[2].precision, { ...exact, groups: 2 });
  const { low } = exact;
  assertClose(ends(perClass[2].f1), [(2 * low) / (1 + low), 1], { relative: 1e-14 }, 'F1 of that share');
  assert.equal(perClass[2].specificity, { ...proportionInterval(189, 189), groups: 3 });
  assert.is(perClass[0].sensitivity.groups, 3);
  assert.is(perClass[1].sensitivity.groups, 2);
  assert.is(perClass[1].precision.groups, 3);
});

test('samples that are there several times count once: three seeds of 171 of 171 are 171', () => {
  const three = THREE.map((m) => m.map((row) => row.map((n) => 3 * n)));
  assert.equal(scoreIntervals(three, { repeats: 3 }), scoreIntervals(THREE));
  const taken = scoreIntervals(three).perClass[2].sensitivity.low;
  assert.is(taken, proportionInterval(513, 513).low);
});

test('every interval holds its score, and that of independent samples', () => {
  const random = new Random('hold');
  for (let trial = 0; trial < 20; trial++) {
    const groups = Array.from({ length: 2 + random.integer(6) }, () =>
      Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => random.integer(9))),
    );
    const total = groups[0].map((row, k) => row.map((_, j) => groups.reduce((sum, m) => sum + m[k][j], 0)));
    const scores = classificationScores(total);
    const { accuracy, macro, perClass } = scoreIntervals(groups);
    const inside = (value: number, { low, high }: Interval, what: string): void =>
      assert.ok(0 <= low && low <= value && value <= high && high <= 1, `${what}: ${value} in ${low} to ${high}`);
    inside(scores.accuracy, accuracy, 'accuracy');
    for (const key of ['sensitivity', 'precision', 'f1', 'specificity'] as const) {
      inside(scores.macro[key], macro[key], `macro ${key}`);
      perClass.forEach((own, k) => {
        inside(scores.perClass[k][key], own[key], key);
      });
    }
    const right = total.reduce((sum, row, k) => sum + row[k], 0);
    const all = total.flat().reduce((a, b) => a + b);
    const exact = proportionInterval(right, all);
    assert.ok(
      accuracy.low <= exact.low + 1e-9 && accuracy.high >= exact.high - 1e-9,
      'no narrower than of independent ones',
    );
  }
});

test('a class that nobody has: from 0 to 1, of no patient', () => {
  const groups: ConfusionMatrix[] = [[[5, 0], [0, 0]], [[4, 0], [0, 0]]]; // biome-ignore format: short
  const { perClass, macro } = scoreIntervals(groups);
  for (const key of ['sensitivity', 'precision', 'f1'] as const)
    assert.equal(perClass[1][key], { low: 0, high: 1, groups: 0 });
  assert.equal(perClass[0].specificity, { low: 0, high: 1, groups: 0 });
  // the mean of 1, as of 9 of 9, and of what may be anything
  const { low } = proportionInterval(9, 9);
  assertClose(ends(macro.sensitivity), [0.5 - (1 - low) / 2, 1], { relative: 1e-12 });
});

// ---- two models on the same patients

test('the difference of a model from itself is 0, and of two it is the difference of their scores', () => {
  const same = bootstrapDifference(THREE, THREE, (s) => s.macro.f1, seed());
  assert.equal(same, { difference: 0, low: 0, high: 0 });
  const worse = THREE.map((m) => [[m[0][0] - 5, m[0][1] + 5, 0], ...m.slice(1)]);
  const of = (s: { accuracy: number }): number => s.accuracy;
  const { difference, low, high } = bootstrapDifference(THREE, worse, of, seed());
  assertClose([difference], [15 / 360], { relative: 1e-12 });
  assert.ok(0 < low && low < difference && difference < high, `${low} to ${high}`);
  const turned = bootstrapDifference(worse, THREE, of, { ...seed(), method: 'percentile' });
  const there = bootstrapDifference(THREE, worse, of, { ...seed(), method: 'percentile' });
  assertClose([-turned.high, -turned.low], ends(there), { absolute: 1e-12 });
});

test('the difference has the quantiles of all resamples of the same patients for both', () => {
  const random = new Random('paired');
  const groups = (): ConfusionMatrix[] =>
    [30, 12, 50].map((n) => {
      const right = Math.floor(n * random.uniform(0.3, 1));
      return [
        [right, n - right],
        [0, 0],
      ];
    });
  const [first, second] = [groups(), groups()];
  const right = (m: readonly ConfusionMatrix[], drawn: number[]): number =>
    drawn.reduce((sum, g) => sum + m[g][0][0], 0) / drawn.reduce((sum, g) => sum + m[g][0][0] + m[g][0][1], 0);
  const all = Array.from({ length: 27 }, (_, code) => [code % 3, Math.floor(code / 3) % 3, Math.floor(code / 9)])
    .map((drawn) => right(first, drawn) - right(second, drawn))
    .sort((a, b) => a - b);
  const { low, high } = bootstrapDifference(first, second, (s) => s.accuracy, {
    ...{ random, draws: 8000, level: 0.9, method: 'percentile', expand: false },
  });
  // 5 % of 27 equally likely ones is within the second, 95 % within the last but one
  assertClose([low, high], [all[1], all[25]], { absolute: 1e-12 });
});

const square: ConfusionMatrix = [
  [1, 0],
  [0, 1],
];
const errors: [f: () => unknown, type: new (message: string) => Error, message: string][] = [
  [
    () => proportionInterval(5, 4),
    ArgumentError,
    'proportionInterval: expected at most as many successes as trials, 4, got 5',
  ],
  [
    () => proportionInterval(1, 4, { level: 1 }),
    ArgumentError,
    'proportionInterval: expected a level between 0 and 1, got 1',
  ],
  [
    () => bootstrapDifference([square], [square, square], (s) => s.accuracy, seed()),
    ShapeError,
    'bootstrapDifference: expected 1 matrices of 2 classes of the second model, got 2 of 2',
  ],
  [
    () => bootstrapDifference([square, square], [square, [[2, 0], [0, 1]]], (s) => s.accuracy, seed()), // biome-ignore format: short
    DataError,
    'bootstrapDifference: expected the same samples for both models, got 1 and 2 of class 0 in group 1',
  ],
  [() => scoreIntervals([]), DataError, 'scoreIntervals: expected at least one confusion matrix, got none'],
  [
    () => scoreIntervals([square], { repeats: 0 }),
    ArgumentError,
    'scoreIntervals: expected repeats to be a whole number >= 1, got 0',
  ],
  [
    () => scoreIntervals([[[1e15]]]),
    ArgumentError,
    'scoreIntervals: expected at most 2147483647 samples, got 1000000000000000',
  ],
];
for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
