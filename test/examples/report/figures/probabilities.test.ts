import { classificationScores } from 'dynaecg';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawReport } from '../../../../examples/report/page.ts';
import { changed, page, sample } from '../../../support/changedSample.ts';

const test = suite('examples/report/figures/probabilities');

const percent = (x: number): string => (100 * x).toFixed(2);
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
const { document } = parseHTML(page);
const rowsOf = (selector: string): string[][] =>
  [...document.querySelectorAll(`${selector} tbody tr`)].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
  );

for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
  const { before, after, bins, undecided, temperature, riskCoverage } = judged!.calibration!;

  test(`${protocol}: a point of the reliability curves for each bin of ten beats, where it should be`, () => {
    const dots = [...document.querySelectorAll(`#reliability-${protocol} svg.plot circle`)];
    const shown = [bins.overall, ...bins.perClass].flat().filter(({ samples }) => samples >= 10);
    assert.is(dots.length, shown.length);
    for (const [i, { probability, frequency }] of shown.entries()) {
      const [x, y] = ['cx', 'cy'].map((key) => Number(dots[i].getAttribute(key)));
      assert.ok(Math.abs(x - (54 + 332 * probability)) < 0.2 && Math.abs(y - (10 + 296 * (1 - frequency))) < 0.2);
    }
    const legend = [...document.querySelectorAll(`#reliability-${protocol} .legend li`)].map((e) => e.textContent);
    const names = ['most probable class', ...sample.classes];
    assert.equal(
      legend,
      [after.overall, ...after.perClass].map((error, k) => `${names[k]}, ECE ${percent(error)}\u00a0%`),
    );
  });

  test(`${protocol}: calibration errors before and after the temperature`, () => {
    assert.equal(
      rowsOf(`#calibration-table-${protocol}`),
      [before, after].map(({ overall, perClass, loss }, i) => [
        i === 0 ? '1' : temperature.toFixed(2),
        ...[overall, ...perClass].map(percent),
        loss.toFixed(4),
      ]),
    );
  });

  test(`${protocol}: what remains at each threshold`, () => {
    const all = judged!.confusion.map(sum);
    assert.equal(
      rowsOf(`#undecided-${protocol}`),
      undecided.map(({ threshold, matrix }) => {
        const { accuracy, macro, perClass } = classificationScores(matrix);
        return [
          threshold === 0 ? 'none' : threshold.toFixed(2),
          percent(sum(matrix.flat()) / sum(all)),
          percent(1 - accuracy),
          percent(macro.f1),
          ...perClass.flatMap(({ f1, support }, k) => [percent(support / all[k]), percent(f1)]),
        ];
      }),
    );
    const [label] = [...document.querySelectorAll(`#risk-coverage-${protocol} svg`)].map((e) =>
      e.getAttribute('aria-label'),
    );
    assert.ok(label.endsWith(`${percent(riskCoverage.at(-1)!.risk)}\u00a0% wrong at 100.00\u00a0% decided`), label);
  });
}

test('without a temperature it says why, and has one row', () => {
  const plain = drawReport(
    changed((m) => {
      const { calibration } = m.protocols['intra'].judged!;
      Object.assign(calibration!, { temperature: 1, fittedOn: 0, after: calibration!.before });
    }),
  );
  const own = parseHTML(plain).document.querySelector('#calibration-table-intra');
  assert.match(own.textContent, 'No temperature was fitted');
  assert.is(own.querySelectorAll('tbody tr').length, 1);
});

test('files of earlier runs have neither section, and nothing is wrong', () => {
  const earlier = drawReport(
    changed((m) => {
      for (const { judged } of Object.values(m.protocols)) {
        delete judged!.calibration;
        delete judged!.mistakes;
      }
    }),
  );
  for (const id of ['calibration', 'undecided', 'mistakes']) {
    assert.match(page, `<section id="${id}"`);
    assert.not.match(earlier, `<section id="${id}"`);
  }
  assert.match(earlier, '<section id="curves"');
});

test.run();
