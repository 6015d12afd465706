import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  betaCdf,
  betaQuantile,
  logGamma,
  normalCdf,
  normalQuantile,
  studentQuantile,
  upperTail,
} from '../../../src/eval/intervals/distributions.ts';
import { assertClose } from '../../support/asserts.ts';

const test = suite('eval/intervals/distributions');

const FUNCTIONS = { normalCdf, upperTail, logGamma, betaCdf, studentQuantile };

// mpmath 1.2.1 with 40 digits:
//   from mpmath import *; mp.dps = 40
//   def beta(x, a, b):                                    # DLMF 8.17.8: all terms are positive
//     if x > (a + 1) / (a + b + 2): return 1 - beta(1 - x, b, a)
//     term = total = mpf(1); n = 0
//     while term > total * mpf(10)**-38: term *= (a + b + n) / (a + 1 + n) * x; total += term; n += 1
//     return exp(a * log(x) + b * log(1 - x) + loggamma(a + b) - loggamma(a) - loggamma(b)) / a * total
//   normalCdf(z) = erfc(-z / sqrt(2)) / 2; upperTail(z) = erfc(z / sqrt(2)) / 2; logGamma(x) = loggamma(x)
//   betaCdf(x, a, b) = beta(mpf(x), mpf(a), mpf(b)); studentQuantile(1 - beta(d / (d + t**2), d / 2, 1 / 2) / 2, d) = t
const EXPECTED: readonly [name: keyof typeof FUNCTIONS, args: readonly number[], value: number][] = [
  ['normalCdf', [-20], 2.7536241186062337e-89],
  ['normalCdf', [-5], 2.866515718791939e-7],
  ['normalCdf', [-1.96], 0.024997895148220435],
  ['normalCdf', [0.4], 0.6554217416103242],
  ['normalCdf', [2.5], 0.9937903346742238],
  ['normalCdf', [6], 0.9999999990134123],
  ['upperTail', [0], 0.5],
  ['upperTail', [1], 0.15865525393145705],
  ['upperTail', [2.82], 0.002401182474189253], // the series below sqrt 8, the fraction from there on
  ['upperTail', [2.83], 0.002327400206731554],
  ['upperTail', [10], 7.619853024160525e-24],
  ['upperTail', [35], 1.1249107064724062e-268],
  ['logGamma', [1e-5], 11.512919692895826],
  ['logGamma', [0.5], 0.5723649429247001],
  ['logGamma', [1.5], -0.12078223763524522],
  ['logGamma', [9.99], 12.779315214350193],
  ['logGamma', [10], 12.801827480081469],
  ['logGamma', [171], 706.5730622457874],
  ['logGamma', [100000], 1051287.7089736569],
  ['betaCdf', [0.025, 0.5, 0.5], 0.10108262410425987],
  ['betaCdf', [0.3, 2, 3], 0.3483],
  ['betaCdf', [0.98, 171, 1], 0.031597952610481636],
  ['betaCdf', [0.01, 1, 171], 0.8206843164052892],
  ['betaCdf', [0.31, 300, 700], 0.7564186827315436],
  ['betaCdf', [0.9995, 5000, 3], 0.5435244966702916],
  ['betaCdf', [0.99, 99000, 1000], 0.49585809364111255],
  ['betaCdf', [0.5, 24, 19], 0.22039953367129783],
  ['studentQuantile', [0.9749878361553279, 1], 12.7],
  ['studentQuantile', [0.9749823415689665, 5], 2.57],
  ['studentQuantile', [0.9750193981128701, 21], 2.08],
  ['studentQuantile', [0.6172206796774097, 45], 0.3],
];

test('the distributions of mpmath', () => {
  for (const [name, args, value] of EXPECTED) {
    const f = FUNCTIONS[name] as (...args: number[]) => number;
    // Of a beta distribution a millionth of a count's size is lost: exp of a difference of numbers as large as the count.
    const size = name === 'betaCdf' ? args[1] + args[2] : 1;
    assertClose([f(...args)], [value], { relative: 2e-13 + 2e-15 * size }, `${name}(${args})`);
  }
});

// scipy.special.ndtri(p), SciPy 1.10.1
test('the normal quantiles of SciPy', () => {
  const p = [1e-300, 1e-6, 0.025, 0.499, 0.9, 0.9999];
  const expected = [
    -37.0470962993612, -4.753424308822899, -1.9599639845400545, -0.0025066308995717666, 1.2815515655446004,
    3.719016485455709,
  ];
  assertClose(p.map(normalQuantile), expected, { relative: 1e-13 });
  assert.equal([0, 1].map(normalQuantile).map(String), ['-Infinity', 'Infinity']);
  assertClose([normalQuantile(0.5)], [0], { absolute: 1e-15 });
});

test('a quantile is where the distribution has its probability', () => {
  for (const [a, b] of [
    [0.5, 0.5],
    [171, 1],
    [1, 171],
    [24.5, 3],
    [2000, 98000],
  ])
    for (const p of [1e-9, 0.025, 0.5, 0.975]) {
      const x = betaQuantile(p, a, b);
      assertClose([betaCdf(x, a, b)], [p], { relative: 1e-8 }, `(${a}, ${b}) at ${p}`);
    }
  // x^171 and 1 - (1 - x)^171 have quantiles that can be written down
  assertClose([betaQuantile(0.025, 171, 1)], [0.025 ** (1 / 171)], { relative: 1e-13 });
  assertClose([betaQuantile(0.975, 1, 171)], [1 - 0.025 ** (1 / 171)], { relative: 1e-11 });
});

test('both ends, and counts of a billion', () => {
  assert.equal([betaCdf(0, 2, 3), betaCdf(1, 2, 3)], [0, 1]);
  assert.is(normalCdf(-50), 0);
  assert.is(normalCdf(50), 1);
  // The fraction converges; the probability below the mean of so narrow a distribution is a half.
  assertClose([betaCdf(0.5, 1e9, 1e9)], [0.5], { relative: 1e-5 });
});

test.run();
