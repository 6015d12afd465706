import { multiclassRocArea, tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../support/asserts.ts';
import { N, of, w, y } from '../support/scored.ts';

const test = suite('eval/multiclassArea');

const rounding = { relative: 1e-13 };

//   P = np.array([[((a*(k+3)*17 + k*5) % 19) + 1 + 12*(y[a] == k) for k in range(4)] for a in i], float)
//   P /= P.sum(1, keepdims=True)
//   [M.roc_auc_score(y, P, multi_class=m, average=a) for m in ('ovr', 'ovo') for a in ('macro', 'weighted')]
//   [M.roc_auc_score(y, P, multi_class='ovr', average=a, sample_weight=w) for a in ('macro', 'weighted')]
test('areas of more than two classes', () => {
  const rows = of((i) => i).map((i) => {
    const row = [0, 1, 2, 3].map((k) => ((i * (k + 3) * 17 + k * 5) % 19) + 1 + 12 * Number(y[i] === k));
    return row.map((v) => v / row.reduce((a, b) => a + b));
  });
  const probabilities = tensor(Float64Array.from(rows.flat()), [N, 4]);
  const ways = [
    { compare: 'oneVsRest', average: 'macro' },
    { compare: 'oneVsRest', average: 'weighted' },
    { compare: 'oneVsOne', average: 'macro' },
    { compare: 'oneVsOne', average: 'weighted' },
    { average: 'macro', weights: w },
    { average: 'weighted', weights: w },
  ] as const;
  const expected = [
    0.9377979708454275, 0.9392495756894018, 0.9362134971509972, 0.9377383072174738, 0.9400751471198209,
    0.9410205004477749,
  ];
  assertClose(
    ways.map((way) => multiclassRocArea(probabilities, y, way)),
    expected,
    rounding,
  );
  assert.is(multiclassRocArea(probabilities, y), multiclassRocArea(probabilities, y, ways[0]));
});

test.run();
