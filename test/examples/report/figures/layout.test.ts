import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvTables } from '../../../../examples/report/csv.ts';
import type { Metrics } from '../../../../examples/report/metrics.ts';
import { drawReport } from '../../../../examples/report/page.ts';
import { readMetrics } from '../../../../examples/report/read.ts';
import { changed, POINTS, page, sample } from '../../../support/changedSample.ts';
import { metricsFolder } from '../../../support/metricsFolder.ts';

const test = suite('examples/report/figures/layout');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-report-'));
test.after(() => rmSync(dir, { recursive: true }));

test('the caption of t-SNE says how its beats were drawn, and gives no error rate', () => {
  const { document } = parseHTML(page);
  for (const protocol of ['intra', 'inter']) {
    const caption: string = document.querySelector(`#layout-${protocol} figcaption`).textContent;
    assert.match(
      caption,
      `t-SNE of ${POINTS} beats: at most 800 of N and 400 of each other class, drawn from either side`,
    );
    assert.not.match(caption, 'wrongly');
  }
});

/** The fill and the shape of each mark of a drawing that has a title; shapes are `circle`, or the steps from corner to corner. */
function marksOf(drawing: ReturnType<typeof parseHTML>['document']): { fill: string; shape: string }[] {
  return [...drawing.querySelectorAll('title')].map(({ parentElement: mark }) => ({
    fill: mark.closest('[fill]').getAttribute('fill'),
    shape: mark.localName === 'circle' ? 'circle' : mark.getAttribute('d').replace(/^M[^a-z]+/, ''),
  }));
}

/** How often each value is there. */
function counted(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

test('beats of t-SNE are told apart by shape as by colour, in drawings and legends', () => {
  const { document } = parseHTML(page);
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const { label, trained } = judged!.layout;
    const figures = [
      [`#training-layout-${protocol}`, judged!.trainingLayout!.label],
      [`#layout-${protocol} .panel:nth-child(1)`, label.filter((_, i) => trained[i])],
      [`#layout-${protocol} .panel:nth-child(2)`, label.filter((_, i) => !trained[i])],
    ] as const;
    for (const [selector, labels] of figures) {
      const marks = marksOf(document.querySelector(`${selector} svg.plot`));
      const seen = ['N', 'S', 'V'].map((c) =>
        Object.entries(counted(marks.filter(({ fill }) => fill === `var(--class-${c})`).map(({ shape }) => shape))),
      );
      assert.equal(
        seen.map(([[, n]]) => n),
        sample.classes.map((_, k) => labels.filter((own) => own === k).length),
      );
      assert.ok(seen.every(({ length }) => length === 1));
      const keys = [...document.querySelectorAll(`${selector} .legend svg.key > *`)].slice(0, 3);
      assert.equal(
        keys.map((key) => key.getAttribute('fill')),
        ['N', 'S', 'V'].map((c) => `var(--class-${c})`),
      );
      // A circle, the corners of a triangle, of a square.
      const shapes = seen.map(([[shape]]) => shape);
      assert.equal(
        shapes.map((shape) => (shape === 'circle' ? 0 : shape.match(/[hvl]/g)!.length + 1)),
        [0, 3, 4],
      );
      assert.equal(
        keys.map((key) => (key.localName === 'circle' ? 0 : key.getAttribute('d').match(/[ML]/g).length)),
        [0, 3, 4],
      );
    }
    const byRecord = marksOf(document.querySelector(`#layout-${protocol} .panel:nth-child(3) svg.plot`));
    const [fills, shapes] = (['fill', 'shape'] as const).map((key) => new Set(byRecord.map((mark) => mark[key])));
    const pairs = new Set(byRecord.map(({ fill, shape }) => `${fill} ${shape}`));
    assert.ok(fills.size > 5);
    assert.equal([shapes.size, pairs.size], [fills.size, fills.size]);
  }
});

test('Figure 2 has training beats alone; of a run that has none laid out, the rest is drawn', () => {
  const { document } = parseHTML(page);
  const shown = (protocol: string): string[] =>
    [...document.querySelectorAll(`#training-layout-${protocol} svg.plot title`)].map((t) => t.textContent);
  for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
    const { record, sample: places } = judged!.trainingLayout!;
    const titles = shown(protocol);
    assert.is(titles.length, POINTS / 2);
    for (const [i, name] of record.entries())
      assert.ok(
        titles.some((title) => title.startsWith(`record ${name}, `) && title.includes(`(sample ${places[i]})`)),
      );
    const caption: string = document.querySelector(`#training-layout-${protocol} figcaption`).textContent;
    assert.match(caption, `t-SNE of ${POINTS / 2} of them, at most 800 of N and 400 of each other class`);
    assert.match(caption, /Perplexity 30, .*, trustworthiness 0\.971/);
  }

  const without = (...protocols: string[]): Metrics =>
    changed((m) => {
      for (const p of protocols) Reflect.deleteProperty(m.protocols[p].judged!, 'trainingLayout');
    });
  const [both, one] = [without('intra', 'inter'), without('inter')];
  const read = readMetrics(metricsFolder(dir, 'earlier', JSON.stringify(both)));
  assert.equal(
    Object.values(read.protocols).map(({ judged }) => Object.hasOwn(judged!, 'trainingLayout')),
    [false, false],
  );
  assert.equal(parseHTML(drawReport(read)).document.querySelectorAll('[id^=training-layout]').length, 0);
  assert.is(csvTables(read)['training-layout.csv'], 'protocol,x,y,trained,record,sample,annotated,predicted\r\n');
  const ids = [...parseHTML(drawReport(one)).document.querySelectorAll('#layout figure')].map(({ id }) => id);
  assert.equal(ids, ['training-layout-intra', 'layout-intra', 'layout-inter']);
});

test.run();
