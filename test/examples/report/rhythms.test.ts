import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvTables } from '../../../examples/report/csv.ts';
import { drawReport } from '../../../examples/report/page.ts';
import { changed } from '../../support/changedSample.ts';

const test = suite('examples/report/rhythms');

const metrics = changed((m) => {
  m.protocols['inter'].judged!.rhythms = {
    '100': {
      hours: 0.5,
      annotated: { S: { beats: 30, couplets: 1, runs: 2 }, V: { beats: 1000, couplets: 30, runs: 4 } },
      predicted: { S: { beats: 21, couplets: 0, runs: 1 }, V: { beats: 1001, couplets: 31, runs: 5 } },
    },
    '103': {
      hours: 0,
      annotated: { S: { beats: 0, couplets: 0, runs: 0 }, V: { beats: 0, couplets: 0, runs: 0 } },
      predicted: { S: { beats: 0, couplets: 0, runs: 0 }, V: { beats: 0, couplets: 0, runs: 0 } },
    },
  };
});
const documentOf = (html: string) => parseHTML(html).document;

test('a row for each record, annotated next to predicted; only of the protocol that judges whole records', () => {
  const document = documentOf(drawReport(metrics));
  const rows = [...document.querySelectorAll('#rhythms-inter tbody tr')].map((row) =>
    [...row.querySelectorAll('th, td')].map(({ textContent }) => textContent),
  );
  assert.equal(rows, [
    ['100', '2,000 / 2,002', '30 / 31', '4 / 5', '60 / 42', '1 / 0', '2 / 1'],
    ['103', '– / –', '0 / 0', '0 / 0', '– / –', '0 / 0', '0 / 0'],
  ]);
  assert.is(document.querySelector('#rhythms-intra'), null);
  assert.is(document.querySelectorAll('nav a[href="#rhythms"]').length, 1);
});

test('without whole records there is no such section', () => {
  const none = changed((m) => Reflect.deleteProperty(m.protocols['inter'].judged!, 'rhythms'));
  const document = documentOf(drawReport(none));
  assert.is(document.querySelector('#rhythms'), null);
  assert.is(document.querySelector('nav a[href="#rhythms"]'), null);
});

test('CSV', () => {
  const rows = csvTables(metrics)['rhythms.csv'].trimEnd().split('\r\n');
  assert.is(rows.length, 1 + 2 * 2 * 3);
  assert.equal(rows.slice(0, 5), [
    'protocol,record,class,hours,count,annotated,predicted',
    'inter,100,V,0.5,beats,1000,1001',
    'inter,100,V,0.5,couplets,30,31',
    'inter,100,V,0.5,runs,4,5',
    'inter,100,S,0.5,beats,30,21',
  ]);
});

test.run();
