import { bootstrapInterval, type ConfusionMatrix, type Interval, Random, scoreIntervals } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapEnds } from '../../../src/eval/intervals/bootstrapEnds.ts';
import { assertClose } from '../../support/asserts.ts';
import { BEATS, TP } from '../../support/counted.ts';

const test = suite('eval/intervals/bootstrapEnds');

const ends = ({ low, high }: Interval): number[] => [low, high];
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
  const patients = TP.map(
    (tp, g): ConfusionMatrix => [
      [tp, BEATS[g] - tp],
      [0, 0],
    ],
  );
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

test.run();
