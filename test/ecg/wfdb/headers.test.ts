import { encodeRecord, formatHeader, parseHeader, type RecordHeader, readRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError, DynaecgError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { files, record } from '../../support/wfdbRecords.ts';
import { RECORD_DEFAULTS, RECORD_LINES, SIGNAL_DEFAULTS, SIGNAL_LINES } from './headers.fixture.ts';

const test = suite('ecg/wfdb/headers');

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

for (const [form, line, means] of RECORD_LINES)
  test(`record line: ${form}`, () => {
    const signals = typeof means === 'string' ? 1 : (means.signals ?? 0);
    const text = `${line}\n${'r.dat 16\n'.repeat(signals)}`;
    if (typeof means === 'string') {
      throwsWith(() => parseHeader(text), DataError, 'parseHeader: header line 1: expected', means);
      return;
    }
    const read = parseHeader(text);
    const { comments, signals: specs, ...rest } = read;
    const counterFrequency = means.samplingFrequency ?? RECORD_DEFAULTS.samplingFrequency;
    assert.equal({ ...rest, signals: specs.length }, { ...RECORD_DEFAULTS, counterFrequency, ...means });
    assert.equal(comments, []);
    assert.equal(parseHeader(formatHeader(read)), read);
  });

for (const [form, line, means] of SIGNAL_LINES)
  test(`signal line: ${form}`, () => {
    const text = `r 1 360 10\n${line}\n`;
    if (typeof means === 'string') {
      throwsWith(() => parseHeader(text), DataError, 'parseHeader: header line 2: expected', means);
      return;
    }
    const read = parseHeader(text);
    assert.equal(read.signals, [{ ...SIGNAL_DEFAULTS, ...means }]);
    assert.equal(parseHeader(formatHeader(read)), read);
  });

test('a word that is no date is a problem of a partial reading, with its line, and is not kept', () => {
  const text = '# c\na 0 360 10 11:00:00 someday';
  const { problems, ...header } = parseHeader(text, 'x/a.hea', { partial: true });
  assert.equal([header.baseTime, header.baseDate], ['11:00:00', null]);
  const message = 'x/a.hea line 2: expected a time such as 13:05:00 or a date such as 25/4/1989, got "someday"';
  assert.equal(problems, [{ kind: 'unknownDate', file: 'x/a.hea', line: 2, message }]);
  assert.equal(parseHeader('a 0 360 10 11:00:00 2006', undefined, { partial: true }).problems, []);
});

test('a number behind a slash is a number of segments, unless the lines are those of signals', () => {
  const signals = 'r.dat 16 200 12 0 0 0 0 I\nr.dat 16 200 12 0 0 0 0 II';
  assert.equal(parseHeader(`mitdb/100 2 360\n${signals}`).name, '100');
  throwsWith(() => parseHeader(`mitdb/2 2 360\n${signals}`), DataError, 'line 2', 'a segment of letters', 'r.dat');
  assert.is(parseHeader('multi/3 2 360\na 10\nb 10\nc 10').segments?.length, 3);
  throwsWith(() => parseHeader('multi/3 2 360\na 10\nb 10'), DataError, '3 segment lines', 'got 2');
});

test('the header of a multi-segment record: read, written, and read again', () => {
  const text = 'multi/4 2 360 23401\r\nlayout 0\r\na 21600\r\n~ 1\r\nb-2 1800\r\n# a comment\r\n';
  const header = parseHeader(text);
  assert.equal(header.segments, [
    { name: 'layout', sampleCount: 0 },
    { name: 'a', sampleCount: 21600 },
    { name: '~', sampleCount: 1 },
    { name: 'b-2', sampleCount: 1800 },
  ]);
  assert.equal([header.name, header.signalCount, header.sampleCount, header.signals], ['multi', 2, 23401, []]);
  assert.is(formatHeader(header), text);
  assert.is(parseHeader(text.replace(' 23401', '')).sampleCount, 23401);
  const { problems, ...other } = parseHeader(text.replace('23401', '5'), 'm.hea', { partial: true });
  const message = 'm.hea line 1: expected 5 samples in all segments together, got "23401"';
  assert.equal(problems, [{ kind: 'segment', file: 'm.hea', line: 1, message }]);
  assert.equal(other, header);
  const wrong = (changes: Partial<RecordHeader>, ...parts: string[]): void =>
    throwsWith(() => formatHeader({ ...header, ...changes }), DynaecgError, ...parts);
  wrong({ segments: [] }, 'one segment or more');
  wrong({ sampleCount: 5 }, 'of 5 samples together', '23401');
  wrong({ signalCount: undefined }, 'header.signalCount');
  wrong({ segments: [{ name: 'a b', sampleCount: 23401 }] }, 'a segment of letters', 'a b');
  wrong({ signals: parseHeader('r 1\na 16').signals }, 'without signals');
});

test('signal files in the folder that the record’s name has are next to the header', () => {
  const [a, b] = parseHeader('some/where/a 2 360\nsome/where/a.dat 16\nelse/a.dat 16').signals;
  assert.equal([a.fileName, b.fileName], ['a.dat', 'else/a.dat']);
  const { header, files } = encodeRecord(record());
  const dotted = header.replaceAll('r1.dat', './r1.dat');
  assert.equal(readRecord({ header: dotted, files }).leads, record().leads);
  assert.equal(readRecord({ header: dotted, files: { './r1.dat': files['r1.dat'] } }).leads, record().leads);
});

test('bytes are UTF-8, or else Latin-1; µV stays µV when it is written', () => {
  const text = 'r 1 360 10\nr.dat 16 5/µV 12 0 0 0 0 Ableitung für Müller\n# Größe: 1,80 m\n';
  const utf8 = new TextEncoder().encode(text);
  const expected = parseHeader(text);
  assert.is(expected.signals[0].units, 'µV');
  for (const bytes of [utf8, latin1(text), latin1(text).buffer]) assert.equal(parseHeader(bytes), expected);
  const r = { ...record(), leads: record().leads.map((lead) => ({ ...lead, units: 'µV' })) };
  const encoded = encodeRecord(r);
  assert.equal(readRecord({ ...encoded, header: latin1(encoded.header) }), r);
  assert.equal(readRecord({ ...encoded, header: new TextEncoder().encode(encoded.header) }), r);
  assert.is(parseHeader(Uint8Array.of(0xef, 0xbb, 0xbf, ...latin1('r 0'))).name, 'r'); // a byte-order mark
  assert.is(parseHeader('\ufeffr 0').name, 'r');
});

test('an uncalibrated lead: 200 per unit, and a gain of 0 when it is written', () => {
  const { header, files: contents, annotations } = files(' 200 ', ' 0 ');
  const read = readRecord({ header, files: contents, annotations });
  assert.is(read.leads[0].digital?.gain, 0);
  assert.equal(read.leads[0].samples, record().leads[0].samples);
  assert.match(encodeRecord(read).header, /^r1\.dat 212 0 11 1024 1024 /m);
  assert.equal(readRecord(encodeRecord(read)), read);
});

test('the counter of a record is kept', () => {
  const counted = { ...record(), counterFrequency: 125, baseCounter: -7.5 };
  const encoded = encodeRecord(counted);
  assert.match(encoded.header, /^r1 2 360\/125\(-7\.5\) 5\r\n/);
  assert.equal(readRecord(encoded), counted);
  assert.not('counterFrequency' in readRecord(encodeRecord(record())));
});

test('a checksum of 0 was not computed; nor was an initial value of 0 with it', () => {
  const { leads } = record();
  assert.equal(readRecord(files(' 1024 6143 0 MLII', ' 1024 0 0 MLII')).leads, leads);
  assert.equal(readRecord(files(' 1024 6143 0 MLII', ' 0 0 0 MLII')).leads, leads);
  throwsWith(() => readRecord(files(' 1024 6143 0 MLII', ' 5 0 0 MLII')), DataError, 'initial value 5, got 1024');
  throwsWith(() => readRecord(files(' 1024 6143 0 MLII', ' 1024 1 0 MLII')), DataError, 'checksum 1, got 6143');
});

test.run();
