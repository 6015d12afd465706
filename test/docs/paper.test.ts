// What docs/paper.md says of the paper's figures and of its protocol, found out again.
import { readFileSync } from 'node:fs';
import { classificationScores } from 'dynaecg';
import { overlapWithTraining } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../examples/dynaecg/configuration.ts';
import { plan } from '../../examples/dynaecg/plan.ts';
import { JUST, openRecordings, type Recordings } from '../../examples/dynaecg/recordings.ts';
import { PAPER, PAPER_ACCURACY } from '../../examples/report/paper.ts';

const test = suite('docs/paper');

const document = readFileSync('docs/paper.md', 'utf8').replace(/\s+/g, ' ');
const says = (text: string): void => assert.ok(document.includes(text), `docs/paper.md does not say: ${text}`);
const two = (x: number): string => x.toFixed(2);
const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b);

// ---- the abstract

const CLASSES = ['N', 'S', 'V'];
const SEN = CLASSES.map((name) => Number(PAPER[name][0]));
const F1 = CLASSES.map((name) => Number(PAPER[name][2]));
const BEATS = [90_631, 2_781, 7_236]; // of MIT-BIH, which test/ecg/wfdb/readRecord.mitdb.test.ts counts
const SHARES = BEATS.map((n) => n / sum(BEATS));

test("the abstract's precisions, from its sensitivities and F1", () => {
  for (const [k, name] of CLASSES.entries()) {
    const precision = (F1[k] * SEN[k]) / (2 * SEN[k] - F1[k]);
    assert.ok(precision < SEN[k]);
    const formula = `${two(F1[k])} · ${two(SEN[k])} / (${two(2 * SEN[k])} − ${two(F1[k])}) = ${two(precision)}`;
    says(`| ${name} | ${two(SEN[k])} | ${two(F1[k])} | ${formula} | below Sen |`);
  }
});

test("the abstract's means and accuracy, from its figures by class", () => {
  const [sensitivity, , f1] = PAPER['overall'];
  assert.equal([sum(SEN) / 3, sum(F1) / 3].map(two), ['98.05', '96.97']);
  says(`(${SEN.map(two).join(' + ')}) / 3 = 98.05, where the abstract has ${sensitivity}`);
  says(`(${F1.map(two).join(' + ')}) / 3 = 96.97, where it has ${f1}`);
  assert.equal(
    SHARES.map((share) => two(100 * share)),
    ['90.05', '2.76', '7.19'],
  );
  const [N, S, V] = BEATS.map(thousands);
  says(`${N} N, ${S} S and ${V} V, which are 90.05, 2.76 and 7.19 % of ${thousands(sum(BEATS))}`);
  const accuracy = (sen: readonly number[]): number => sum(sen.map((x, k) => SHARES[k] * x));
  assert.is(two(accuracy(SEN)), '99.35');
  assert.ok(accuracy(SEN.map((x) => x - 0.005)) > Number(PAPER_ACCURACY) + 0.3, 'rounding is no reason');
  const terms = SHARES.map((share, k) => `${share.toFixed(4)} · ${two(SEN[k])}`);
  assert.is(two(sum(SHARES.map((share, k) => Number(share.toFixed(4)) * SEN[k]))), '99.35');
  says(`${terms.join(' + ')} = 99.35, where the abstract has ${PAPER_ACCURACY}`);
});

// ---- Table 1

const TABLE = { sen: [99, 95, 99], pre: [100, 91, 98], f1: [99, 93, 98] };
const HALF = BEATS.map((n) => Math.round(n / 2));

/** Whether a / b in percent is printed as w: exact, as all are whole numbers. A half may be rounded either way. */
type Printed = (a: number, b: number, w: number) => boolean;
const rounded: Printed = (a, b, w) => Math.abs(200 * a - 2 * w * b) <= b;
const cut: Printed = (a, b, w) => w * b <= 100 * a && 100 * a < (w + 1) * b;

/** False negatives and false positives by class: all there is to the figures. */
interface Wrong {
  fn: [N: number, S: number, V: number];
  fp: [N: number, S: number, V: number];
}

/**
 * Every choice of numbers of false negatives and positives that gives Table 1's figures, the F1 of N left out, and that
 * some confusion matrix has: the sums are equal, and what is missed of a class fits among the false positives of the others.
 */
function* matrices(printed: Printed): Generator<Wrong> {
  const errors = (k: number): [fn: number, fp: number][] => {
    const found: [number, number][] = [];
    for (let fn = 0; fn < HALF[k] / 10; fn++) {
      const tp = HALF[k] - fn;
      if (!printed(tp, HALF[k], TABLE.sen[k])) continue;
      for (let fp = 0; fp < HALF[k] / 5; fp++)
        if (printed(tp, tp + fp, TABLE.pre[k]) && printed(2 * tp, 2 * tp + fn + fp, TABLE.f1[k])) found.push([fn, fp]);
    }
    return found;
  };
  const ofV = errors(2);
  for (const [fnS, fpS] of errors(1))
    for (const [fnV, fpV] of ofV)
      for (let fnN = Math.max(0, fpS + fpV - fnS - fnV, fpS - fnV, fpV - fnS); fnN <= fpS + fpV; fnN++) {
        const tp = HALF[0] - fnN;
        const fpN = fnN + fnS + fnV - fpS - fpV;
        if (printed(tp, HALF[0], TABLE.sen[0]) && printed(tp, tp + fpN, TABLE.pre[0]))
          yield { fn: [fnN, fnS, fnV], fp: [fpN, fpS, fpV] };
      }
}

/** A confusion matrix with these errors: one number is free, and the others follow. */
function matrixOf({ fn: [fnN, fnS, fnV], fp: [fpN, fpS, fpV] }: Wrong): number[][] {
  for (let NS = 0; NS <= fnN; NS++) {
    const [NV, VS] = [fnN - NS, fpS - NS];
    const [SV, VN] = [fpV - NV, fnV - VS];
    const SN = fnS - SV;
    if (Math.min(VS, SV, VN, SN) < 0 || SN + VN !== fpN) continue;
    return [
      [HALF[0] - fnN, NS, NV],
      [SN, HALF[1] - fnS, SV],
      [VN, VS, HALF[2] - fnV],
    ];
  }
  return assert.unreachable('no matrix has these errors') as never;
}

const f1OfN = ({ fn: [fn], fp: [fp] }: Wrong): [a: number, b: number] => {
  const tp = HALF[0] - fn;
  return [2 * tp, 2 * tp + fn + fp];
};

test("Table 1 on MIT-BIH's shares: which confusion matrices there are, and their accuracy", () => {
  const [N, S, V] = HALF.map(thousands);
  says(`${N} N, ${S} S and ${V} V, that accuracy is 518 wrong beats`);
  assert.is(two(100 - 51_800 / sum(HALF)), PAPER_ACCURACY);
  for (const [printed, all, from, to] of [
    [rounded, 'none', '99.29', '99.39'],
    [cut, 'there are some', '99.59', '99.66'],
  ] as const) {
    let [least, most, lowest, whole] = [Number.POSITIVE_INFINITY, 0, 100, 0];
    const ends: Wrong[] = [];
    for (const wrong of matrices(printed)) {
      const total = sum(wrong.fn);
      const [a, b] = f1OfN(wrong);
      if (total < least || total > most) ends.push(wrong);
      [least, most, lowest] = [Math.min(least, total), Math.max(most, total), Math.min(lowest, (100 * a) / b)];
      if (printed(a, b, TABLE.f1[0])) whole++;
      if (printed === cut) assert.is(wrong.fp[0], 0, 'no S or V is taken for N');
    }
    assert.equal(
      [most, least].map((total) => two(100 - (100 * total) / sum(HALF))),
      [from, to],
    );
    assert.is(whole > 0, printed === cut);
    if (printed === rounded) {
      assert.ok(lowest > 99.6);
      says('which is then 99.60 or more and would be printed as 100');
    }
    says(`| ${printed.name} | ${all}`);
    says(`| ${from} to ${to}`);
    for (const wrong of ends) {
      const { accuracy, perClass } = classificationScores(matrixOf(wrong));
      assert.ok(Math.abs(accuracy - (1 - sum(wrong.fn) / sum(HALF))) < 1e-12);
      for (const [k, { sensitivity, precision, f1 }] of perClass.entries())
        for (const [x, w] of [
          [sensitivity, TABLE.sen[k]],
          [precision, TABLE.pre[k]],
          ...(k > 0 ? [[f1, TABLE.f1[k]]] : []),
        ])
          assert.ok(100 * x >= w - 0.5 && 100 * x < w + 1, `${100 * x}, printed as ${w}`);
    }
  }
});

test('Table 1 leaves room for fewer wrong beats than an accuracy of 98.97 needs, whichever way it is rounded', () => {
  const [, S, V] = HALF;
  const positives = (tp: number, precision: number): number => Math.floor((tp * (100 - precision)) / precision);
  const limits = [positives(S, 90.5), positives(V, 97.5), Math.floor(0.055 * S), Math.floor(0.015 * V)];
  assert.equal([...limits, sum(limits)], [146, 92, 76, 54, 368]);
  for (const limit of limits) says(`at most ${limit} (`);
  says('That makes 368, an accuracy of 99.26 at least');
  assert.ok(100 - 36_800 / sum(HALF) > 99.26 && sum(limits) < 518);
});

test("Table 1's overall row is the mean of its whole percents, cut, and so may be its F1", () => {
  for (const [figures, printed] of [
    [TABLE.sen, '97.66'],
    [TABLE.pre, '96.33'],
    [TABLE.f1, '96.66'],
  ] as const) {
    assert.is((Math.floor((100 * sum(figures)) / 3) / 100).toFixed(2), printed);
    says(`(${figures.join(' + ')}) / 3 = ${printed}…`);
  }
  const f1 = TABLE.sen.map((sen, k) => (2 * sen * TABLE.pre[k]) / (sen + TABLE.pre[k]));
  assert.equal(f1.map(Math.round), TABLE.f1);
  says(`2 · 99 · 100 / 199 = ${f1[0].toFixed(3)}, which is printed as 99`);
});

test('the steps of the margin and their iterations', () => {
  const steps = Math.round((0.8 - 0.2) / 0.05);
  says(`takes ${steps} steps of 0.05. With three poor iterations before each, these are ${3 * steps} iterations`);
});

// ---- the protocol

const mitdb = process.env['MITDB'];
if (!mitdb) console.log('docs/paper: MIT-BIH is skipped, as MITDB does not name the folder of the database');
else {
  let recordings: Recordings;
  test.before(async () => {
    recordings = await openRecordings({ ...JUST, data: [mitdb], quiet: true, seed: '0', configurations: [] });
  });

  test('MIT-BIH: beats less than a window before the next', () => {
    const { beats } = plan(recordings, { ...readConfiguration('paper'), length: 4, before: 2 }, '0').all;
    const { sample, record, counts, dropped } = beats;
    assert.equal([sample.length, dropped.length], [counts.N + counts.S + counts.V, 0]);
    const close = sample.filter((s, i) => record[i] === record[i + 1] && sample[i + 1] - s < 253);
    assert.equal([close.length, sample.length], [36_989, 100_648]);
    assert.is(((100 * close.length) / sample.length).toFixed(1), '36.8');
    says('36.8 % (36,989 of 100,648) come less than 253 samples before the next of them');
  });

  for (const name of ['intra', 'paper'])
    test(`MIT-BIH, ${name}: test windows that share samples with a training window, by beats and by time`, () => {
      const configuration = readConfiguration(name);
      assert.equal([configuration.length, configuration.halves], [253, 'beats']);
      const { overlap, split, all } = plan(recordings, configuration, '0');
      assert.equal([Math.round(overlap * split.test.length), split.test.length], [15_089, 50_307]);
      assert.is((100 * overlap).toFixed(1), '30.0');
      const byClass = [overlapWithTraining(all.beats, split), split.test].map((side) =>
        CLASSES.map((_, k) => side.filter((i) => all.labels[i] === k).length),
      );
      assert.equal(byClass[0], [12_840, 496, 1753]);
      const [N, S, V] = byClass[0].map((n, k) => ((100 * n) / byClass[1][k]).toFixed(1));
      says(`30.0 % of the test windows (15,089 of 50,307): ${N} % of N, ${S} % of S, ${V} % of V`);
      const byTime = plan(recordings, { ...configuration, halves: 'time' }, '0');
      assert.is(byTime.overlap, 0);
      const { train, test: tested } = byTime.split;
      assert.equal([train.length, tested.length], [name === 'intra' ? 50_098 : 50_091, 50_403]);
      const neither = byTime.all.labels.length - train.length - tested.length;
      assert.is(neither, name === 'intra' ? 113 : 115);
      says(name === 'intra' ? `${neither} with \`intra\`` : `and ${neither} with \`paper\`, are in neither half`);
    });
}

test.run();
