import { cohenKappa, matthewsCorrelation } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { MATRIX, WEIGHTED } from '../support/scored.ts';

const test = suite('eval/agreement');

const rounding = { relative: 1e-13 };

//   M.cohen_kappa_score(y, p), (..., weights='linear'), (..., weights='quadratic'), M.matthews_corrcoef(y, p)
//   M.cohen_kappa_score(y, p, sample_weight=w), M.matthews_corrcoef(y, p, sample_weight=w)
test('Cohen’s kappa and Matthews’ correlation', () => {
  const kappas = [
    cohenKappa(MATRIX),
    cohenKappa(MATRIX, { weights: 'linear' }),
    cohenKappa(MATRIX, { weights: 'quadratic' }),
    cohenKappa(WEIGHTED),
  ];
  assertClose(kappas, [0.7144085493182656, 0.7220862756065161, 0.7269812644023645, 0.7071552063455684], rounding);
  const correlations = [MATRIX, WEIGHTED].map(matthewsCorrelation);
  assertClose(correlations, [0.7189348663923486, 0.7108127045815728], rounding);
});

test('agreement in the corners: perfect, perfectly wrong, one class alone, nothing at all', () => {
  const right = [
    [3, 0],
    [0, 5],
  ];
  const wrong = [
    [0, 4],
    [4, 0],
  ];
  const constant = [
    [7, 0],
    [2, 0],
  ];
  assert.equal(
    [right, wrong, constant].map((m) => matthewsCorrelation(m)),
    [1, -1, 0],
  );
  assert.equal(
    [right, wrong, constant].map((m) => cohenKappa(m)),
    [1, -1, 0],
  );
  for (const m of [
    [[5]],
    [[0]],
    [
      [5, 0],
      [0, 0],
    ],
  ])
    assert.equal([cohenKappa(m), matthewsCorrelation(m)], [0, 0]);
});

test.run();
