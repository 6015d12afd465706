import { beatStatistics, compareBeats, formatComparison, grossTally } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('ecg/ec57/beatStatistics');

// A prime in every cell that can be filled, so that each sum has a value of its own.
const PRIMES = [
  [1009, 2, 3, 5, 7, 11, 13],
  [17, 1013, 19, 23, 29, 31, 37],
  [41, 43, 1019, 47, 53, 59, 61],
  [67, 71, 73, 1021, 79, 83, 89],
  [97, 101, 103, 107, 1031, 109, 113],
  [127, 131, 137, 139, 149, 0, 0],
  [151, 157, 163, 167, 173, 0, 0],
];

test('statistics by EC57’s rules', () => {
  const { qrs, veb, sveb } = beatStatistics(PRIMES);
  const shares = [qrs.sensitivity, qrs.positivePredictivity];
  // the first five columns of the first five rows, what stands beside them, and what stands below
  const found = 1026 + 1101 + 1203 + 1311 + 1439;
  const missed = 24 + 68 + 120 + 172 + 222;
  const extra = 683 + 811;
  assert.equal(
    shares.map(({ count, of }) => [count, of]),
    [
      [found, found + missed],
      [found, found + extra],
    ],
  );
  // Vv 1019 of row V; false: Nv Sv Ov Xv, without Fv and Qv
  assert.equal([veb.sensitivity.count, veb.sensitivity.of], [1019, 41 + 43 + 1019 + 47 + 53 + 59 + 61]);
  const falseV = 3 + 19 + 137 + 163;
  assert.equal([veb.positivePredictivity.count, veb.positivePredictivity.of], [1019, 1019 + falseV]);
  const notV = 1023 + 1082 + 1238 + 1336 + 546 + 648; // columns n s f q of rows N S F Q O X
  assert.equal([veb.falsePositiveRate.count, veb.falsePositiveRate.of], [falseV, falseV + notV]);
  // Ss 1013 of row S; false: Ns Vs Fs Os Xs, without Qs
  assert.equal([sveb.sensitivity.count, sveb.sensitivity.of], [1013, 17 + 1013 + 19 + 23 + 29 + 31 + 37]);
  const falseS = 2 + 43 + 71 + 131 + 157;
  assert.equal([sveb.positivePredictivity.count, sveb.positivePredictivity.of], [1013, 1013 + falseS]);
  const notS = 1024 + 1160 + 1240 + 1338 + 552 + 654; // columns n v f q of rows N V F Q O X
  assert.equal([sveb.falsePositiveRate.count, sveb.falsePositiveRate.of], [falseS, falseS + notS]);
  assert.is(veb.sensitivity.value, 1019 / 1323);
});

test('the report, laid out as bxb’s', () => {
  const text = formatComparison({ matrix: PRIMES, statistics: beatStatistics(PRIMES) }).split('\n');
  assert.equal(text.slice(1, 10), [
    '        n    s    v    f    q    o    x',
    '   ____________________________________',
    ' N | 1009    2    3    5    7   11   13',
    ' S |   17 1013   19   23   29   31   37',
    ' V |   41   43 1019   47   53   59   61',
    ' F |   67   71   73 1021   79   83   89',
    ' Q |   97  101  103  107 1031  109  113',
    ' O |  127  131  137  139  149',
    ' X |  151  157  163  167  173',
  ]);
  assert.ok(text.includes('           VEB sensitivity:  77.02% (1019/1323)'), text.join('\n'));
  assert.ok(text.includes('   VEB false positive rate:  5.198% (322/6195)'), text.join('\n'));
});

test('0/0 is null and prints as -', () => {
  const nothing = compareBeats([], [], { samplingFrequency: 360 });
  assert.is(nothing.statistics.qrs.sensitivity.value, null);
  assert.ok(/QRS sensitivity: +- +\(0\/0\)/.test(formatComparison(nothing)), formatComparison(nothing));
});

test('gross totals count every beat once, and columns widen', () => {
  const total = grossTally(Array.from({ length: 11 }, () => ({ matrix: PRIMES })));
  assert.is(total.matrix[2][5], 11 * 59);
  assert.equal(total.statistics.veb.sensitivity, { count: 11 * 1019, of: 11 * 1323, value: 1019 / 1323 });
  const [, heading, , first] = formatComparison(total).split('\n');
  assert.is(heading, '         n     s     v     f     q     o     x');
  assert.is(first, ' N | 11099    22    33    55    77   121   143');
});

test.run();
