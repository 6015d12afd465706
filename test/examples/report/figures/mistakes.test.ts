import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock, count } from '../../../../examples/page/format.ts';
import { drawReport } from '../../../../examples/report/page.ts';
import { changed, page, sample } from '../../../support/changedSample.ts';

const test = suite('examples/report/figures/mistakes');

const { document } = parseHTML(page);

for (const [protocol, { judged }] of Object.entries(sample.protocols)) {
  const { mistakes, confusion, records } = judged!;
  const { examples, sure, recorded, samplingFrequency } = mistakes!;
  const pairs = [0, 1, 2].flatMap((k) => [0, 1, 2].flatMap((j) => (j !== k && confusion[k][j] > 0 ? [[k, j]] : [])));

  test(`${protocol}: each example is a strip with its beats, under its pair of classes`, () => {
    const groups = [...document.querySelectorAll(`#mistakes-${protocol} h4`)].map((e) => e.textContent);
    assert.equal(
      groups,
      pairs.map(([k, j]) => {
        const n = examples.filter(({ label, predicted }) => label === k && predicted === j).length;
        const beats = `${count(confusion[k][j])} beat${confusion[k][j] === 1 ? '' : 's'}`;
        return `${sample.classes[k]} taken for ${sample.classes[j]}: ${beats}, the surest ${n} shown`;
      }),
    );
    const panels = [...document.querySelectorAll(`#mistakes-${protocol} .panel`)];
    assert.is(panels.length, examples.length);
    for (const [i, e] of examples.entries()) {
      assert.is(panels[i].querySelector('h5').textContent, `record ${e.record}, ${clock(e.sample, recorded)}`);
      const width = (25 * e.signal.length) / samplingFrequency;
      assert.is(panels[i].querySelector('svg.strip').getAttribute('width'), `${Number(width.toFixed(2))}mm`);
      const letters = [...panels[i].querySelectorAll('text')].map((t) => t.textContent);
      const above = e.beats.map(({ at, label, taken }) =>
        at === e.before || taken === null ? label : `${label}→${sample.classes[taken]}`,
      );
      assert.equal(letters, [...above, `${sample.classes[e.label]} → ${sample.classes[e.predicted]}`]);
    }
  });

  test(`${protocol}: every record with its mistakes, those with most first, and those without by name`, () => {
    const rows = [...document.querySelectorAll(`#mistakes-table-${protocol} tbody tr`)].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
    const wrong = (matrix: number[][]): number =>
      matrix.flatMap((row, k) => row.filter((_, j) => j !== k)).reduce((a, b) => a + b, 0);
    const having = Object.keys(records).filter((name) => wrong(records[name]) > 0);
    assert.equal(rows.map(([name]) => name).sort(), having.sort());
    let last = Number.POSITIVE_INFINITY;
    for (const [name, beats, all, certain, ...byPair] of rows) {
      const matrix = records[name];
      assert.is(beats, count(matrix.flat().reduce((a, b) => a + b)));
      assert.is(all, count(wrong(matrix)));
      assert.is(certain, sure.records[name] ? count(sure.records[name]) : '–');
      assert.equal(
        byPair,
        pairs.map(([k, j]) => (matrix[k][j] > 0 ? count(matrix[k][j]) : '–')),
      );
      assert.ok(wrong(matrix) <= last);
      last = wrong(matrix);
    }
  });
}

test('a run without mistakes says so', () => {
  const perfect = drawReport(
    changed((m) => {
      const { judged } = m.protocols['intra'];
      const right = [
        [10, 0, 0],
        [0, 3, 0],
        [0, 0, 2],
      ];
      Object.assign(judged!, { confusion: right, records: { '100': right } });
      Object.assign(judged!.mistakes!, { examples: [], sure: { from: 0.9, records: {} } });
    }),
  );
  const { document } = parseHTML(perfect);
  assert.match(document.querySelector('#mistakes-intra').textContent, 'No beat was classified wrongly');
  assert.match(document.querySelector('#mistakes-table-intra figcaption').textContent, 'Without a mistake: 100.');
});

test.run();
