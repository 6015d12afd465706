// ATC files of the KardiaMobile: the example of "ATC File Format Specification 1.7", github.com/alivecor/ATCpy.
import { DataError } from 'dynaecg';
import { openRecording } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows } from '../../support/asserts.ts';
import { atcFile } from '../../support/open/binary.ts';

const test = suite('ecg/open/atc');
const AT = 'openRecording: recording';

/** The format and data blocks byte by byte: 300 Hz, 500 nV, three samples of lead I. */
const BYTES = Uint8Array.from([
  ...[0x41, 0x4c, 0x49, 0x56, 0x45, 0, 0, 0], // ALIVE
  ...[2, 0, 0, 0],
  ...[0x66, 0x6d, 0x74, 0x20, 8, 0, 0, 0, 1, 0x2c, 0x01, 0xf4, 0x01, 14, 0, 0, 0, 0, 0, 0], // fmt
  ...[0x65, 0x63, 0x67, 0x20, 6, 0, 0, 0, 0x00, 0x00, 0xd7, 0xfe, 0x89, 0x01, 0, 0, 0, 0], // ecg: 0, -297, 393
]);

test('a file written out byte by byte', () => {
  const record = openRecording(BYTES);
  assert.equal([record.format, record.samplingFrequency, record.notes], ['ATC', 300, []]);
  assert.equal([record.leads[0].name, record.leads[0].units], ['I', 'mV']);
  assertClose(record.leads[0].samples, [0, -0.1485, 0.1965], { relative: 1e-7 });
});

test('leads, beats, date and recorder', () => {
  const samples = Array.from({ length: 3000 }, (_, i) => i);
  const bytes = atcFile({
    leads: { 'ecg ': samples, ecg2: samples, 'avg ': [1], ecgc: samples.slice(1) },
    beats: [
      [1800, 2],
      [1500, 1],
      [30_000, 1],
    ],
  });
  const record = openRecording({ 'ecg.atc': bytes });
  assert.equal(
    record.leads.map(({ name }) => name),
    ['I', 'II', 'V6'],
  );
  assert.equal(
    record.annotations.map(({ sample, label }) => [sample, label]),
    [
      [1500, 'N'],
      [1800, 'V'],
    ],
  );
  assert.equal(
    [record.baseTime, record.baseDate, record.comments],
    ['15:54:23.245', '8/12/2010', ['Recorder: kardia_mobile']],
  );
  assert.equal(record.notes, [
    'leads differ in length; the first 2999 samples were read',
    '1 annotation after the signal left out',
  ]);
});

test('faults, each with its place', () => {
  const faults: [bytes: Uint8Array, message: string][] = [
    [BYTES.subarray(0, 12), ': expected a block fmt of 8 bytes, got none'],
    [BYTES.subarray(0, 32), ': expected a block ecg with samples, got none'],
    [BYTES.subarray(0, 49), ' byte 32: expected a block of 18 bytes, got 17'],
    [BYTES.subarray(0, 40), ' byte 32: expected a block of 12 bytes, got 8'],
    [atcFile({ leads: { 'ecg ': [1] }, rate: 0 }), ': expected a rate and a resolution above 0, got 0 Hz, 500 nV'],
  ];
  const short = atcFile({ leads: { 'ecg ': [1], 'ann ': [1] } }); // two bytes, where the ticks have four
  assert.equal(openRecording(short).annotations, []);
  for (const [bytes, message] of faults) assertThrows(() => openRecording(bytes), DataError, AT + message);
});

test.run();
