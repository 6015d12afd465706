import { mcnemarTest } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { p, q, y } from '../../support/scored.ts';

const test = suite('eval/intervals/mcnemar');

const rounding = { relative: 1e-13 };

//   b = ((p == y) & (q != y)).sum(); c = ((p != y) & (q == y)).sum()
//   scipy.stats.binomtest(min(b, c), b + c).pvalue   # what statsmodels' mcnemar(exact=True) gives
//   chi2.sf((abs(b - c) - 1)**2 / (b + c), 1), chi2.sf((b - c)**2 / (b + c), 1)   # exact=False, correction=True and False
test('McNemar’s test', () => {
  const [exact, corrected, uncorrected] = (['exact', 'corrected', 'uncorrected'] as const).map((method) =>
    mcnemarTest(y, p, q, { method }),
  );
  assert.equal([exact.firstOnly, exact.secondOnly, exact.statistic], [18, 24, 18]);
  assertClose(
    [exact.pValue, corrected.pValue, uncorrected.pValue],
    [0.44079906734259566, 0.4404006981390033, 0.3545394797735013],
    rounding,
  );
  assertClose([corrected.statistic, uncorrected.statistic], [0.5952380952380952, 0.8571428571428571], rounding);
  assert.equal(mcnemarTest(y, p, q), exact);
  assert.equal(mcnemarTest(y, q, p), { ...exact, firstOnly: 24, secondOnly: 18 });
});

test('McNemar’s test in the corners: no sample that one alone has right, one, and as many on either side', () => {
  for (const method of ['exact', 'corrected', 'uncorrected'] as const) {
    assert.equal(mcnemarTest([0, 1], [0, 0], [0, 0], { method }).pValue, 1);
    assertClose([mcnemarTest([0, 0], [0, 1], [1, 0], { method }).pValue], [1], rounding);
  }
  assertClose([mcnemarTest([0], [0], [1]).pValue], [1], rounding);
  // ten to none: 2 / 2^10
  const zeros = new Array<number>(10).fill(0);
  assertClose([mcnemarTest(zeros, zeros, new Array<number>(10).fill(1)).pValue], [2 / 1024], rounding);
});

test.run();
