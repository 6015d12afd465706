import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../../../examples/tools/summary/summary.ts';
import { makeRecord } from '../../support/records.ts';
import { asAnnotated, eventful } from '../../support/summarized.ts';

const test = suite('examples/tools/summary');

const FS = 360;

/** Beats a second apart, a letter each, and a spike of 1 mV at each. */
function recorded(labels: string, lead = 'MLII', gaps: Record<number, number> = {}) {
  let at = -FS / 2;
  const annotations = [...labels].map((label, i) => {
    at += FS * (gaps[i] ?? 1);
    return [at, label === 'S' ? 'A' : label] as const;
  });
  const samples = new Float32Array(at + FS);
  for (const [sample] of annotations) samples[sample] = 1;
  return makeRecord('made', { [lead]: samples }, annotations);
}
const pageOf = (html: string) => parseHTML(html).document;
const textOf = (element: { textContent: string } | null): string => element!.textContent.replaceAll('\u00a0', ' ');

test('the text: one screen', () => {
  const { record, annotated } = eventful();
  const { text } = summarize(record, annotated);
  const lines = text.split('\n');
  assert.ok(lines.length <= 24, `${lines.length} lines`);
  for (const line of lines) assert.ok(line.length <= 100 && /^[\x20-\x7e]*$/.test(line), line);
  assert.is(lines[lines.length - 1], 'Research use, not a medical device.');
});

test('the text: figures', () => {
  const record = recorded('NNVVVNSNNN', 'MLII', { 8: 2.5 });
  const { text } = summarize(record, asAnnotated(record));
  assert.is(
    text,
    [
      'Summary of made, lead MLII, 0:00:12.0; rates per minute, lowest and highest over 8 RR',
      '  beats         10: N 6, S 1, V 3, F 0, Q 0; 3,000 an hour',
      '  heart rate    mean 51, lowest 51 at 0:00:00.5, highest 51 at 0:00:00.5',
      '  RR            shortest 1.00 s at 0:00:00.5, longest 2.50 s at 0:00:07.5',
      '  pauses > 2 s  1, the longest 2.50 s at 0:00:07.5',
      '  S             1, 10.00 %, 300 an hour: 1 single, 0 couplets, 0 runs',
      '  V             3, 30.00 %, 900 an hour: 0 single, 0 couplets, 1 run',
      '                longest run 3 beats at 0:00:02.5, fastest 60 at 0:00:02.5',
      '  unreadable    0.0 s, 0.00 %',
      'RR intervals, s',
      '  1.0 to 1.2  8  ########################################',
      '  1.2 to 1.4  0  ',
      '  1.4 to 1.6  0  ',
      '  1.6 to 1.8  0  ',
      '  1.8 to 2.0  0  ',
      '  2.0 to 2.2  0  ',
      '  2.2 to 2.4  0  ',
      '  2.4 to 2.6  1  #####',
      'Research use, not a medical device.',
    ].join('\n'),
  );
});

test('the page: figures, sections, a strip of each run and pause', () => {
  const { record, annotated } = eventful();
  const { page } = summarize(record, annotated);
  const document = pageOf(page);
  assert.match(textOf(document.querySelector('[role=note]')), 'Research use, not a medical device.');
  assert.match(textOf(document.querySelector('[role=note]')), annotated.notes[0]);
  const strips = [...document.querySelectorAll('svg.strip')];
  const captions = [...document.querySelectorAll('figure.strip figcaption')].map(textOf);
  assert.is(strips.length, 20);
  assert.is(captions.filter((caption) => caption.includes('pause of ')).length, 2);
  const of = (label: string): number => captions.filter((text) => new RegExp(`run of \\d+ ${label}`).test(text)).length;
  assert.is(of('V') + of('S'), 18);
  assert.equal(captions, [...captions].sort());
  const events = [...document.querySelectorAll('#events details summary, #events h3')].map(textOf);
  const [runs, pauses] = events.map((text) => Number.parseInt(text, 10));
  assert.is(pauses, 2);
  assert.match(textOf(document.querySelector('#events .intro')), `20 in all; ${runs + pauses - 20} more are left out`);
  for (const strip of strips) {
    const [width, height] = ['width', 'height'].map((name) => Number.parseFloat(strip.getAttribute(name)!));
    assert.ok(width >= 174 && width <= 300 && height >= 36 && height <= 71, `${width} x ${height}`);
  }
  const hours = [...document.querySelectorAll('#hours tbody th')].map(textOf);
  assert.equal(hours, ['22:00', '23:00']);
  assert.is(document.querySelectorAll('svg.plot').length, 2);
  assert.not.match(page, /<script|style=|https?:\/\/(?!www\.w3\.org)/);
});

test('a strip: 25 mm/s, 10 mm/mV, whatever the unit of the samples', () => {
  const heightOf = (units: string, factor: number): [number, string, string] => {
    const record = recorded('NVVVNNNNN');
    const [lead] = record.leads;
    record.leads = [{ ...lead, units, samples: lead.samples.map((v) => v * factor) }];
    const document = pageOf(summarize(record, asAnnotated(record)).page);
    const strip = document.querySelector('svg.strip svg path[fill=none]')!;
    const ys = [...strip.getAttribute('d')!.matchAll(/l-?\d+,(-?\d+)/g)].map((m) => Number(m[1]));
    const label = textOf(document.querySelector('#events .intro'));
    return [Math.max(...ys) / 20, label, document.querySelector('svg.strip')!.getAttribute('width')!];
  };
  for (const [units, factor] of [
    ['mV', 1],
    ['uV', 1000],
    ['V', 0.001],
  ] as const) {
    const [height, label, width] = heightOf(units, factor);
    assert.equal([height, width], [10, '175mm'], units);
    assert.match(label, '10 mm/mV');
  }
  const [height, label] = heightOf('<i>', 3);
  assert.is(height, 30);
  assert.match(label, 'each drawn to fit, as its unit, <i>,');
});

test('a strip has the classes of its beats and breaks where there is no signal; it is as the lead was read', () => {
  const record = recorded('NNVVVNNNNN');
  const [lead] = record.leads;
  const samples = lead.samples.slice();
  samples.fill(Number.NaN, 2000, 2100);
  record.leads = [{ ...lead, samples }];
  const strip = (invert: boolean) => {
    const svg = pageOf(summarize(record, asAnnotated(record), { invert }).page).querySelector('svg.strip')!;
    const path = svg.querySelector('path[fill=none]')!.getAttribute('d')!;
    return { texts: [...svg.querySelectorAll('text')].map(textOf), path };
  };
  const { texts, path } = strip(false);
  assert.equal(texts, [...'NVVVNNN', '3 V, 60/min']);
  assert.is(path.match(/M/g)?.length, 2);
  const first = (d: string): number => Number(/l\d+,(-?[1-9]\d*)/.exec(d)![1]);
  assert.ok(first(path) < 0 && first(strip(true).path) > 0);
});

test('a run longer than a strip is cut, and said to be', () => {
  const record = recorded(`NN${'V'.repeat(12)}NN`);
  const document = pageOf(summarize(record, asAnnotated(record)).page);
  assert.is(
    textOf(document.querySelector('figure.strip figcaption')),
    'At 0:00:02.5: run of 12 V, 11.0 s, 60 per minute, of which the first 5.5 s are shown.',
  );
});

test('ventricular flutter and shutdowns of the annotations that the R peaks are of are no pauses', () => {
  const record = recorded('NNNNNNNN', 'MLII', { 3: 5, 6: 4 });
  const beats = asAnnotated(record);
  const bare = summarize(record, beats);
  assert.match(bare.text, 'pauses > 2 s  2, the longest 5.00 s');
  const common = { channel: 0, num: 0, aux: '' };
  const at = (seconds: number, label: string, subtype = 0) => ({ ...common, sample: seconds * FS, label, subtype });
  const marks = [at(3, '['), at(7, ']'), at(10, '~', 0x30), at(12, '~'), at(4, 'V')];
  const { text, page } = summarize(record, beats, { given: [...record.annotations, ...marks] });
  assert.match(text, 'beats         8: N 8');
  assert.match(text, 'pauses > 2 s  none');
  assert.match(text, '  unreadable    2.0 s, 12.90 %\n  flutter       4.0 s\n');
  assert.match(textOf(pageOf(page).querySelector('#overview')), /ventricular flutter or fibrillation\s*4\.0 s/);
});

test('texts from files can neither mark up the page nor command the terminal', () => {
  const name = '<b onclick="x">\u001b[31m&\u202e\n';
  const record = recorded('NNVVVNNN', name);
  const notes = [`lead ${name} is read`];
  const { text, page } = summarize(record, asAnnotated(record, { notes }));
  assert.not.match(page, '<b ');
  for (const obeyed of ['\u001b', '\u202e']) assert.not.match(page + text, obeyed);
  assert.match(page, '&lt;b onclick=&quot;x&quot;&gt;\\u001b[31m&amp;\\u202e\\u000a at 360 Hz');
  assert.match(page, 'lead &lt;b onclick=');
  assert.match(text, 'lead <b onclick="x">\\u001b[31m&\\u202e\\u000a, 0:00:08.5');
});

test('recordings with hardly anything in them', () => {
  for (const labels of ['N', 'Q', 'NN', 'VVV']) {
    const record = recorded(labels);
    const { text, page } = summarize(record, asAnnotated(record));
    assert.not.match(`${text}${page}`, /NaN|undefined|Infinity|null/);
    assert.is(pageOf(page).querySelectorAll('svg.strip').length, labels === 'VVV' ? 1 : 0);
  }
  const record = recorded('NNNN');
  const lost = asAnnotated(record, { unreadable: [{ start: 0, end: 10_000 }] });
  const { text, page } = summarize(record, lost);
  assert.match(text, 'unreadable    4.5 s, 100.00 %');
  assert.not.match(`${text}${page}`, /NaN|undefined|Infinity|null/);
});

test.run();
