import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, csvTables } from '../../../examples/report/csv.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { changed, sample } from '../../support/changedSample.ts';

const test = suite('examples/report/csv');

test('CSV quotes what it has to, and only that', () => {
  const rows = [['plain', 'a,b', 'say "no"', 'two\nlines', '', 0.1 + 0.2, true, null, Number.NaN]];
  assert.is(csv(['x'], rows), 'x\r\nplain,"a,b","say ""no""","two\nlines",,0.30000000000000004,true,,\r\n');
});

test('CSV has the figures of metrics.json, digit for digit', () => {
  const tables = Object.fromEntries(
    Object.entries(csvTables(sample)).map(([name, text]) => {
      const [header, ...rows] = text
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
      for (const row of rows) assert.is(row.length, header.length, name);
      return [name.replace('.csv', ''), rows.map((row) => Object.fromEntries(header.map((key, i) => [key, row[i]])))];
    }),
  );
  const { intra } = sample.protocols;
  const judged = intra.judged!;
  const of = (name: string) => tables[name].filter(({ protocol }) => protocol === 'intra');
  assert.equal(Object.keys(tables), [
    'table1',
    'confusion',
    'records',
    'rhythms',
    'intervals',
    'history',
    'precision-recall',
    'training-layout',
    'layout',
    'attention',
    'reliability',
    'risk-coverage',
    'undecided',
    'mistakes',
    'novelty',
  ]);

  const [n, , , overall] = of('table1');
  assert.is(Number(n['f1']), judged.perClass[0].f1);
  assert.is(n['paperF1'], '0.9935');
  assert.is(n['paperPrecision'], '1');
  assert.is(Number(overall['accuracy']), judged.accuracy);
  assert.is(overall['paperAccuracy'], '0.9897');
  assert.equal(
    of('confusion').map(({ beats }) => Number(beats)),
    judged.confusion.flat(),
  );
  assert.is(of('records').length, 3 * Object.keys(judged.records).length);
  assert.is(Number(of('intervals')[0]['low']), judged.intervals.perClass[0].sensitivity.low);
  assert.is(of('intervals').length, 13);
  assert.is(
    of('history').length,
    intra.history.reduce((sum, { epochs }) => sum + epochs.length, 0),
  );
  assert.is(Number(of('precision-recall')[7]['precision']), judged.precisionRecall[0].points[7].precision);
  for (const [name, { x, trained }] of [
    ['training-layout', judged.trainingLayout!] as const,
    ['layout', judged.layout] as const,
  ])
    assert.equal(
      of(name).map((row) => [Number(row['x']), row['trained'] === 'true']),
      x.map((v, i) => [v, trained[i]]),
    );
  assert.equal(
    of('attention')
      .filter(({ example, series }) => example === '1' && series === 'signal')
      .map(({ value }) => Number(value)),
    judged.attention[0].signal,
  );
  const { bins, riskCoverage, undecided } = judged.calibration!;
  const curves = [bins.overall, ...bins.perClass].flat();
  assert.equal(
    of('reliability').map(({ frequency }) => Number(frequency)),
    curves.map(({ frequency }) => frequency),
  );
  assert.equal(
    of('risk-coverage').map(({ risk }) => Number(risk)),
    riskCoverage.map(({ risk }) => risk),
  );
  assert.equal(
    of('undecided').map(({ beats }) => Number(beats)),
    undecided.flatMap(({ matrix }) => matrix.flat()),
  );
  assert.equal(
    of('mistakes').map(({ record, probability }) => [record, Number(probability)]),
    judged.mistakes!.examples.map(({ record, probability }) => [record, probability]),
  );
  assert.is(Number(of('novelty')[0]['shareAbove']), judged.novelty.byClass['N'].above);
});

test('CSV by record leaves empty what the page shows as a dash', () => {
  const metrics = changed((m) => {
    m.protocols['intra'].judged!.records = {
      '100': [
        [10, 0, 2],
        [4, 0, 0],
        [0, 0, 0],
      ],
    };
  });
  const rows = csvTables(metrics)
    ['records.csv'].split('\r\n')
    .filter((row) => row.startsWith('intra,'));
  const [recall, precision] = [10 / 12, 10 / 14];
  const f1 = (2 * precision * recall) / (precision + recall);
  assert.equal(rows, [
    `intra,100,N,12,10,0,2,${recall},${precision},${f1}`,
    'intra,100,S,4,4,0,0,0,,0', // none found, and none taken for it
    'intra,100,V,0,0,0,0,,0,', // none there, and two taken for it
  ]);
  const [shown] = [...parseHTML(drawReport(metrics)).document.querySelectorAll('#records-table-intra tbody tr')];
  assert.equal(
    [...shown.querySelectorAll('td')].map(({ textContent }) => textContent),
    ['12', '4', '–', '0.00', '–', '0.00', '–', '0.00', '–'],
  );
});

test('each line of each table names the run; tables of runs before there were ids do not', () => {
  const named = csvTables({ ...sample, run: { ...sample.run, id: 'cafe0123' } });
  for (const [name, text] of Object.entries(csvTables(sample))) {
    const [header, ...rows] = text.trimEnd().split('\r\n');
    const expected = [`${header},run`, ...rows.map((row) => `${row},cafe0123`)];
    assert.equal(named[name].trimEnd().split('\r\n'), expected, name);
  }
});

test.run();
