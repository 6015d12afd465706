import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { page, sample } from '../../../support/changedSample.ts';

const test = suite('examples/report/figures/curves');

test("each class's curve is marked where the model decides now", () => {
  const { document } = parseHTML(page);
  const percent = (x: number): string => `${(100 * x).toFixed(2)}\u00a0%`;
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const dots = [...document.querySelectorAll(`#curves-${protocol} svg.plot circle`)];
    assert.equal(
      dots.map((dot) => dot.textContent),
      judged!.confusion.map((row, k) => {
        const sum = (counts: number[]): number => counts.reduce((a, b) => a + b);
        const [sensitivity, precision] = [sum(row), sum(judged!.confusion.map((own) => own[k]))].map((n) => row[k] / n);
        return `${sample.classes[k]} as decided now: sensitivity ${percent(sensitivity)}, precision ${percent(precision)}`;
      }),
    );
    // The plot is 332 by 296 pixels from 54, 10, each standing for 100 %.
    for (const [k, dot] of dots.entries()) {
      const { sensitivity, precision } = judged!.perClass[k];
      const [x, y] = ['cx', 'cy'].map((key) => Number(dot.getAttribute(key)));
      assert.ok(
        Math.abs(x - (54 + 3.32 * 100 * sensitivity)) < 0.2 && Math.abs(y - (10 + 2.96 * 100 * (1 - precision))) < 0.2,
      );
    }
  }
});

test.run();
