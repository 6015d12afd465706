// Multi-segment records whose bytes and samples are written out by hand: format 80 is a byte less 128.
import { type EcgRecord, encodeRecord, readRecord, writeAnnotations } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../../src/core/errors.ts';
import { same } from '../../../fuzz/same.ts';
import { throwsWith } from '../../../support/asserts.ts';
import { annotation } from '../../../support/wfdbRecords.ts';

const test = suite('ecg/wfdb/signals segments');
const bytes = (...samples: number[]): Uint8Array => Uint8Array.from(samples, (sample) => sample + 128);
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const samplesOf = (record: EcgRecord): number[][] => record.leads.map(({ samples }) => [...samples]);
const NONE = Number.NaN;

// Example 6 of header(5), shorter: a segment, a stretch of signals of format 0, and the same segment again.
const FIXED = {
  header: 'multi/3 2 360 7 13:05:00\na 3\nnull 1\na 3\n# a comment\n',
  files: {
    'a.hea': text('a 2 360 3\na.dat 80 1 8 0 1 6 0 MLII\na.dat 80 1 8 0 11 36 0 V5\n'),
    'a.dat': bytes(1, 11, 2, 12, 3, 13),
    'null.hea': text('null 2 360 1\n~ 0 1 8\n~ 0 1 8\n'),
  },
};

test('a fixed layout: segments one after the other', () => {
  const record = readRecord(FIXED);
  assert.equal(samplesOf(record), [
    [1, 2, 3, NONE, 1, 2, 3],
    [11, 12, 13, NONE, 11, 12, 13],
  ]);
  const { name, samplingFrequency, comments, baseTime } = record;
  assert.equal([name, samplingFrequency, comments, baseTime], ['multi', 360, ['a comment'], '13:05:00']);
  assert.equal(
    record.leads.map((lead) => lead.name),
    ['MLII', 'V5'],
  );
  assert.equal([...(record.leads[0].digital?.samples ?? [])], [1, 2, 3, -128, 1, 2, 3]);
  assert.is(record.leads[0].digital?.format, 80);
  assert.is(same(readRecord(encodeRecord(record)), record), '', 'it can be written as a record of one segment');
});

// Leads I, II and V of the layout. The first stretch has V and II, the second was not recorded, the third has II at another gain.
const VARIABLE = {
  header: 'v/4 3 125 8\nv_layout 0\ns1 3\n~ 2\ns2 3\n',
  files: {
    'v_layout.hea': text('v_layout 3 125 0\n~ 0 1/mV 8 0 0 0 0 I\n~ 0 1/mV 8 0 0 0 0 II\n~ 0 1/mmHg 8 0 0 0 0 V\n'),
    's1.hea': text('s1 2 125 3\ns1.dat 80 1/mmHg 8 0 1 6 0 V\ns1.dat 80 2/mV 8 0 11 36 0 II\n'),
    's1.dat': bytes(1, 11, 2, 12, 3, 13),
    's2.hea': text('s2 1 125 3\ns2.dat 16 10/mV 16 0 100 -32468 0 II\n'),
    's2.dat': Uint8Array.of(100, 0, 0, 0x80, 200, 0),
  },
};

test('a variable layout: signals by name, NaN where nothing was recorded', () => {
  const record = readRecord(VARIABLE);
  assert.equal(samplesOf(record), [
    [NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE],
    [5.5, 6, 6.5, NONE, NONE, 10, NONE, 20],
    [1, 2, 3, NONE, NONE, NONE, NONE, NONE],
  ]);
  assert.equal(
    record.leads.map(({ name, units, digital }) => [name, units, digital?.format]),
    [
      ['I', 'mV', undefined],
      ['II', 'mV', undefined],
      ['V', 'mmHg', 80],
    ],
  );
  const again = readRecord(encodeRecord(record));
  assert.equal(samplesOf(again), samplesOf(record), 'decimal samples stay exact in format 16');
});

test('one gain in several formats: a digital side in a format that holds them all', () => {
  const read = (formats: [number, Uint8Array][]) => {
    const header = `m/${formats.length} 1 10\n${formats.map((_, i) => `s${i} 2\n`).join('')}`;
    const files: Record<string, Uint8Array> = {};
    for (const [i, [format, file]] of formats.entries()) {
      files[`s${i}.hea`] = text(`s${i} 1 10 2\nf${i} ${format} 1 8 0 0\n`.replace(' 0 0\n', '\n'));
      files[`f${i}`] = file;
    }
    return readRecord({ header, files }).leads[0];
  };
  const narrow = read([
    [80, bytes(1, -128)],
    [61, Uint8Array.of(0, 5, 0x80, 0)],
  ]);
  assert.equal([...narrow.samples], [1, NONE, 5, NONE]);
  assert.is(narrow.digital?.format, 16);
  assert.equal(narrow.digital?.samples, Int16Array.of(1, -32768, 5, -32768));
  const wide = read([
    [80, bytes(1, -128)],
    [24, Uint8Array.of(0, 0, 1, 0, 0, 0x80)],
  ]);
  assert.is(wide.digital?.format, 32);
  assert.equal(wide.digital?.samples, Int32Array.of(1, -(2 ** 31), 0x10000, -(2 ** 31)));
  const differences = read([
    [8, Uint8Array.of(1, 2)],
    [8, Uint8Array.of(127, 127)],
  ]);
  assert.is(differences.digital?.format, 32, 'a border may be a step of more than a byte');
  assert.equal([...differences.samples], [1, 3, 127, 254]);
});

test('segments with several samples per frame', () => {
  const header = 'm/3 2 10 4\nm_layout 0\ns 2\n~ 2\n';
  const files = {
    'm_layout.hea': text('m_layout 2 10 0\n~ 0x2 1 8 0 0 0 0 ECG\n~ 0 1 8 0 0 0 0 RESP\n'),
    's.hea': text('s 2 10 2\ns.dat 80 1 8 0 9 19 0 RESP\ns.dat 80x2 1 8 0 1 10 0 ECG\n'),
    's.dat': bytes(9, 1, 2, 10, 3, 4),
  };
  const annotations = writeAnnotations([annotation(3, 'N')]);
  const record = readRecord({ header, files, annotations });
  assert.is(record.samplingFrequency, 20);
  assert.equal(samplesOf(record), [
    [1, 2, 3, 4, NONE, NONE, NONE, NONE],
    [9, 9, 10, 10, NONE, NONE, NONE, NONE],
  ]);
  assert.is(record.annotations[0].sample, 6);
  const average = readRecord({ header, files, annotations }, { frames: 'average' });
  assert.equal(samplesOf(average), [
    [1.5, 3.5, NONE, NONE],
    [9, 10, NONE, NONE],
  ]);
  assert.is(average.annotations[0].sample, 3);
});

test('a length that a segment does not say is that of the record', () => {
  const files = { ...FIXED.files, 'a.hea': text('a 2 360\na.dat 80 1\na.dat 80 1\n') };
  assert.equal(samplesOf(readRecord({ ...FIXED, files }))[0], [1, 2, 3, NONE, 1, 2, 3]);
  const header = 'multi/2 2 360\na 3\na 2\n';
  throwsWith(() => readRecord({ header, files }), DataError, 'segment a');
});

test('refuses what does not fit together, naming record and segment', () => {
  const refuses = (from: string, to: string, ...parts: string[]) =>
    throwsWith(() => readRecord({ ...FIXED, header: FIXED.header.replace(from, to) }), DataError, ...parts);
  refuses('a 3', 'b 3', 'record multi segment b', 'b.hea');
  refuses('360 7', '360 8', 'line 1', 'expected 8 samples in all segments together', '7');
  refuses('a 3', 'a', 'line 2', "a segment's length");
  refuses('a 3', '../a 3', 'line 2', 'a segment of letters');
  refuses('/3', '/9', 'expected 9 segment lines, got 3');
  refuses('/3', '/0', 'line 1', 'segments above 0');
  refuses('/3 2', '/3 1', 'expected 1 signals', 'first segment, a', 'got 2');
  refuses(' 360 7', ' 250 7', 'segment a', '250', 'got 360');
  refuses('360 7 13:05:00\na 3', '360 6 13:05:00\na 2', 'segment a', 'length of 3', 'got 2');
  refuses('360 7 13:05:00\na 3', '360 5 13:05:00\na 1', 'segment a', 'length of 3', 'got 1');
  const change = (name: string, header: string, ...parts: string[]) =>
    throwsWith(() => readRecord({ ...FIXED, files: { ...FIXED.files, [name]: text(header) } }), DataError, ...parts);
  change('null.hea', 'null 1 360 1\n~ 0\n', 'segment null', 'expected 2 signals', 'got 1');
  change('a.hea', 'a 2 360 1\na.dat 80 1\na.dat 80 1\n', 'segment a', 'length of 1', 'got 3');
  change('a.hea', 'a/1 2 360 3\nb 3\n', 'one segment');
  change('a.hea', 'a 2 360 3\na.dat 80\na.dat 80 1 8 0 99\n', 'record a signal 1', 'initial value 99');
  change('a.hea', 'a 2 360 3\na.dat 80 1 8 0 1 6 0 MLII\na.dat 80 1 8 0 11 37 0 V5\n', 'checksum 37');
  const units = { ...VARIABLE.files, 's2.hea': text('s2 1 125 3\ns2.dat 16 10/uV 16 0 100 -32468 0 II\n') };
  throwsWith(() => readRecord({ ...VARIABLE, files: units }), DataError, 'lead II', 'unit mV', 'got uV');
});

test('read in part, a segment that cannot be read is a gap, with a problem', () => {
  const read = (files: Record<string, Uint8Array | undefined>) => {
    const rest = Object.entries({ ...VARIABLE.files, ...files }).filter(
      (entry): entry is [string, Uint8Array] => !!entry[1],
    );
    const { problems, ...record } = readRecord({ ...VARIABLE, files: Object.fromEntries(rest) }, { partial: true });
    return [samplesOf(record)[1], problems.map(({ kind, message }) => [kind, message])];
  };
  const second = [NONE, NONE, NONE, NONE, NONE, 10, NONE, 20];
  assert.equal(read({}), [[5.5, 6, 6.5, NONE, NONE, 10, NONE, 20], []]);
  assert.equal(read({ 's1.hea': undefined }), [
    second,
    [['segment', 'record v segment s1: expected a file s1.hea, got none']],
  ]);
  assert.equal(read({ 's1.hea': text('s1 2 125 3\ns1.dat 7\ns1.dat 7\n') }), [
    second,
    [
      [
        'segment',
        `record v segment s1: expected one of the supported formats 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, got 7`,
      ],
    ],
  ]);
  assert.equal(read({ 's1.dat': undefined }), [
    second,
    [['missingFile', 'record s1: expected signal file s1.dat, got v_layout.hea, s1.hea, s2.hea, s2.dat']],
  ]);
  assert.equal(read({ 's1.dat': bytes(1, 11, 2, 12) }), [
    [5.5, 6, NONE, NONE, NONE, 10, NONE, 20],
    [['shortFile', 'record s1 file s1.dat: expected 3 samples, got 2']],
  ]);
  throwsWith(() => readRecord({ ...VARIABLE, files: {} }, { partial: true }), DataError, 'of which there is none');
});

test('a fault of a decoder is no fault of a segment', () => {
  const files = { 's.hea': text('s 1 100 2\ns.dat 516 1\n'), 's.dat': bytes(1, 2) };
  const read = () => readRecord({ header: 'm/1 1 100\ns 2\n', files }, { partial: true, flac: () => null as never });
  throwsWith(read, ArgumentError, 'what flac returns');
});

test('a gap cannot claim more samples than the files can hold', () => {
  const header = VARIABLE.header.replace('125 8', '125').replace('~ 2', `~ ${2 ** 22}`);
  throwsWith(() => readRecord({ ...VARIABLE, header }), DataError, 'record v', 'at most 4194304 samples');
  const many = `m/${9 * 2 ** 10} 2 360\n${'a 3\n'.repeat(9 * 2 ** 10)}`;
  assert.is(readRecord({ ...FIXED, header: many }).leads[1].samples.length, 27 * 2 ** 10);
});

test('a header that is no UTF-8 is read byte by byte', () => {
  const latin = Uint8Array.from('a 2 360 3\na.dat 80 1/\xb5V\na.dat 80 1\n', (c) => c.charCodeAt(0));
  const files = { ...FIXED.files, 'a.hea': latin, 'null.hea': text('null 2 360 1\n~ 0\n~ 0\n') };
  assert.is(readRecord({ ...FIXED, files }).leads[0].units, 'µV');
});

/** A record cut into pieces, with gaps between, each piece in a format of its own. */
test('any record in pieces, read as one', () => {
  const piece = fc.record({
    format: fc.constantFrom(8, 16, 24, 32, 61, 80, 160, 212, 310, 311),
    samples: fc.array(fc.integer({ min: -63, max: 63 }), { minLength: 1, maxLength: 7 }),
    gap: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const files: Record<string, Uint8Array> = {};
      const lines: string[] = [];
      const expected: number[] = [];
      for (const [i, { format, samples, gap }] of pieces.entries()) {
        const digital = {
          samples: Int32Array.from(samples),
          format,
          gain: 4,
          baseline: 0,
          adcResolution: 7,
          adcZero: 0,
        };
        const lead = { name: 'II', units: 'mV', samples: new Float32Array(samples.length), digital };
        const part = { name: `s${i}`, samplingFrequency: 100, leads: [lead], annotations: [], comments: [] };
        const encoded = encodeRecord(part);
        Object.assign(files, encoded.files, { [`s${i}.hea`]: text(encoded.header) });
        lines.push(`s${i} ${samples.length}`);
        if (gap) lines.push(`~ ${gap}`);
        expected.push(...samples.map((v) => v / 4), ...Array(gap).fill(NONE));
      }
      const record = readRecord({ header: `m/${lines.length} 1 100\n${lines.join('\n')}\n`, files });
      assert.equal(samplesOf(record), [expected]);
      assert.is(same(readRecord(encodeRecord(record)), record), '');
    }),
    { seed: 1, numRuns: 200 },
  );
});

test.run();
