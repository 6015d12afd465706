/**
 * Lines of headers in the forms that header(5) has and that public databases use, made for this test, each with what it means
 * or with the error that it gives.
 */
import type { RecordHeader, SignalSpec } from 'dynaecg/ecg';

/** What a line gives where it differs from the defaults, or words of the error that refuses it. */
export type Meaning<T> = Partial<T> | string;

export type RecordMeaning = Meaning<Omit<RecordHeader, 'comments' | 'signals'> & { signals: number }>;

/** Record lines: the form, the line, what it means. */
export const RECORD_LINES: readonly [form: string, line: string, means: RecordMeaning][] = [
  ['name and number of signals alone', 'a 1', { name: 'a', signals: 1 }],
  ['no signals', 'ann 0', { name: 'ann' }],
  ['a sampling frequency', '100 2 360', { name: '100', signals: 2, samplingFrequency: 360 }],
  ['a number of samples', 'n01 2 128 7680', { name: 'n01', signals: 2, samplingFrequency: 128, sampleCount: 7680 }],
  ['a fractional frequency', 'a 1 62.4725 5', { name: 'a', signals: 1, samplingFrequency: 62.4725, sampleCount: 5 }],
  ['an exponent', 'a 1 1.28e2', { name: 'a', signals: 1, samplingFrequency: 128 }],
  [
    'less than a sample a second (trends)',
    'a 1 0.0166666667 10',
    { name: 'a', signals: 1, samplingFrequency: 0.0166666667, sampleCount: 10 },
  ],
  [
    'a number of samples with a point',
    'a 1 500 5000.0',
    { name: 'a', signals: 1, samplingFrequency: 500, sampleCount: 5000 },
  ],
  [
    'a counter frequency',
    'tape 2 250/125 100',
    { name: 'tape', signals: 2, samplingFrequency: 250, counterFrequency: 125, sampleCount: 100 },
  ],
  [
    'a counter frequency and a base counter (a tape)',
    'tape 2 250/8.5(-12.25) 100',
    { name: 'tape', signals: 2, samplingFrequency: 250, counterFrequency: 8.5, baseCounter: -12.25, sampleCount: 100 },
  ],
  ['a counter frequency of 0 is that of the samples', 'a 0 360/0', { name: 'a', samplingFrequency: 360 }],
  [
    'a time',
    'slp01 1 250 18000 23:07:00',
    { name: 'slp01', signals: 1, samplingFrequency: 250, sampleCount: 18000, baseTime: '23:07:00' },
  ],
  [
    'a time of one figure each, and header(5)’s date',
    'a 1 360 650000 9:7:0 5/4/1989',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 650000, baseTime: '9:7:0', baseDate: '5/4/1989' },
  ],
  [
    'a time with fractions of a second, a date in another century',
    'p000020-2183-04-28-17-47 1 125 100 17:47:35.938 28/04/2183',
    {
      ...{ name: 'p000020-2183-04-28-17-47', signals: 1, samplingFrequency: 125, sampleCount: 100 },
      ...{ baseTime: '17:47:35.938', baseDate: '28/04/2183' },
    },
  ],
  [
    'a date and a time of zeros',
    'a 1 360 10 0:0:0 0/0/0',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '0:0:0', baseDate: '0/0/0' },
  ],
  [
    'the Challenges of 2020 and 2021: a date with the month as a word, before the time',
    'E07835 1 500 5000 05-May-2020 09:49:17',
    {
      ...{ name: 'E07835', signals: 1, samplingFrequency: 500, sampleCount: 5000 },
      ...{ baseTime: '09:49:17', baseDate: '05-May-2020' },
    },
  ],
  [
    'the same with the file’s suffix on the name',
    'E07835.mat 1 500 5000 05-May-2020 09:49:17',
    {
      ...{ name: 'E07835', signals: 1, samplingFrequency: 500, sampleCount: 5000 },
      ...{ baseTime: '09:49:17', baseDate: '05-May-2020' },
    },
  ],
  [
    'the Challenge of 2017: an ISO date before the time',
    'A00001 1 300 9000 2014-05-08 05:05:15',
    {
      ...{ name: 'A00001', signals: 1, samplingFrequency: 300, sampleCount: 9000 },
      ...{ baseTime: '05:05:15', baseDate: '2014-05-08' },
    },
  ],
  [
    'an ISO date and time in one word',
    'a 1 300 9000 2014-05-08T05:05:15Z',
    {
      ...{ name: 'a', signals: 1, samplingFrequency: 300, sampleCount: 9000 },
      ...{ baseTime: '05:05:15', baseDate: '2014-05-08' },
    },
  ],
  [
    'a year alone (cerebral perfusion)',
    'S0287ECG 1 1000 10 2006',
    { name: 'S0287ECG', signals: 1, samplingFrequency: 1000, sampleCount: 10, baseDate: '2006' },
  ],
  [
    'a time and a year',
    'a 1 1000 10 12:00:00 2006',
    { name: 'a', signals: 1, samplingFrequency: 1000, sampleCount: 10, baseTime: '12:00:00', baseDate: '2006' },
  ],
  [
    'a year that lost a figure (mghdb)',
    'mgh025 1 360 10 11:00:00 21/3/199',
    { name: 'mgh025', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '11:00:00', baseDate: '21/3/199' },
  ],
  [
    'a German date',
    'a 1 360 10 11:00:00 8.5.2014',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '11:00:00', baseDate: '8.5.2014' },
  ],
  [
    'a date of one word of figures',
    'a 1 360 10 20140508 11:00:00',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '11:00:00', baseDate: '20140508' },
  ],
  [
    'a date whose day is masked',
    'a 1 360 10 11:00:00 xx/xx/2014',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '11:00:00', baseDate: 'xx/xx/2014' },
  ],
  [
    'a date that says it is unknown',
    'a 1 360 10 11:00:00 unknown',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '11:00:00', baseDate: 'unknown' },
  ],
  [
    'a date without a time',
    'a 1 360 10 25/4/1989',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseDate: '25/4/1989' },
  ],
  [
    'a number in the place of a time is seconds, as for strtim',
    'a 1 360 10 45',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '45' },
  ],
  [
    'words behind the date are not read, as by WFDB',
    'a 1 360 10 1:00:00 5/4/1989 rest',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10, baseTime: '1:00:00', baseDate: '5/4/1989' },
  ],
  [
    'a folder before the name (PTB-XL+)',
    'ge_median_beats_wfdb/00001_medians 1 500 600',
    { name: '00001_medians', signals: 1, samplingFrequency: 500, sampleCount: 600 },
  ],
  [
    'tabs and spaces between the fields',
    'a\t1   360\t10',
    { name: 'a', signals: 1, samplingFrequency: 360, sampleCount: 10 },
  ],
  ['no number of signals', 'a', 'line 1: expected the number of signals'],
  [
    'a word that is no date',
    'a 1 360 10 11:00:00 someday',
    'expected a time such as 13:05:00 or a date such as 25/4/1989',
  ],
  ['two times', 'a 1 360 10 11:00:00 12:00:00', 'or a date such as 25/4/1989, got "12:00:00"'],
  ['two dates', 'a 1 360 10 5/4/1989 2006', 'got "2006"'],
  ['a name with a space in its place', 'a b 1 360', 'the number of signals, got "b"'],
  ['a name of signs', 'a$b 1 360', 'a record name of letters'],
  ['a frequency with its unit', 'a 1 360Hz 10', 'a sampling frequency above 0'],
  ['a negative frequency', 'a 1 -360 10', 'a sampling frequency above 0'],
  ['a base counter without a counter', 'a 1 360(5) 10', 'a sampling frequency above 0'],
  ['samples that are not whole', 'a 1 360 10.5', 'the number of samples'],
];

/** Signal lines of a record `r` of 10 samples: the form, the line, what it means. */
export const SIGNAL_LINES: readonly [form: string, line: string, means: Meaning<SignalSpec>][] = [
  ['a file and a format: uncalibrated', 'r.dat 16', {}],
  ['a gain', 'r.dat 212 200', { format: 212, gain: 200 }],
  ['a gain of 0 is none', 'r.dat 212 0 12 1024', { format: 212, gain: 0, adcZero: 1024, baseline: 1024 }],
  ['format 80 has 8 bits', 'r.dat 80 51(-75)/mV', { format: 80, gain: 51, baseline: -75, adcResolution: 8 }],
  [
    'MIT-BIH: baseline and ADC zero are one',
    'r.dat 212 200 11 1024 995 -22131 0 MLII',
    {
      ...{ format: 212, gain: 200, baseline: 1024, adcResolution: 11, adcZero: 1024, initialValue: 995 },
      ...{ checksum: -22131, description: 'MLII' },
    },
  ],
  [
    'PTB-XL: a gain with a point, a checksum of 16 bits without a sign',
    'r.dat 16 1000.0(0)/mV 16 0 64 64758 0 III',
    { gain: 1000, adcResolution: 16, initialValue: 64, checksum: 64758, description: 'III' },
  ],
  [
    'a baseline with a point',
    'r.dat 16 1000.0(0.0)/mV 16 0 -119 1508 0 I',
    { gain: 1000, adcResolution: 16, initialValue: -119, checksum: 1508, description: 'I' },
  ],
  ['a baseline that is not whole', 'r.dat 16 4.88(-0.5)/uV', { gain: 4.88, baseline: -0.5, units: 'uV' }],
  [
    'PTB-XL+: 32 bits, a gain of many figures',
    'r.dat 32 12413200.271062272(1241320027)/mV 32 0 1775087638 10624 0 III',
    {
      ...{ format: 32, gain: 12413200.271062272, baseline: 1241320027, adcResolution: 32 },
      ...{ initialValue: 1775087638, checksum: 10624, description: 'III' },
    },
  ],
  [
    'the Challenges: the samples of a MATLAB file after its head',
    'r.mat 16+24 1000/mV 16 0 28 -1716 0 aVR',
    {
      ...{ fileName: 'r.mat', byteOffset: 24, gain: 1000, adcResolution: 16 },
      ...{ initialValue: 28, checksum: -1716, description: 'aVR' },
    },
  ],
  [
    'MATLAB’s numbers with points',
    'r.mat 16+24 1000/mV 16.0 0.0 28. 5.000 0 II',
    {
      ...{ fileName: 'r.mat', byteOffset: 24, gain: 1000, adcResolution: 16 },
      ...{ initialValue: 28, checksum: 5, description: 'II' },
    },
  ],
  [
    'INCART: a gain without units',
    'r.dat 16 306 16 0 76 31231 0 V6',
    { gain: 306, adcResolution: 16, initialValue: 76, checksum: 31231, description: 'V6' },
  ],
  [
    'PTB: leads in small letters',
    'r.dat 16 2000 16 0 -489 -8337 0 avr',
    { gain: 2000, adcResolution: 16, initialValue: -489, checksum: -8337, description: 'avr' },
  ],
  [
    'sleep: a name with spaces, a unit that is no voltage',
    'r.dat 16 0.5(32)/degC 12 0 0 0 0 Temp rectal',
    { gain: 0.5, baseline: 32, units: 'degC', initialValue: 0, checksum: 0, description: 'Temp rectal' },
  ],
  [
    'MIMIC: no unit at all',
    'r.dat 80 1023(-512)/NU 10 0 5 7 0 PLETH',
    {
      ...{ format: 80, gain: 1023, baseline: -512, units: 'NU', adcResolution: 10 },
      ...{ initialValue: 5, checksum: 7, description: 'PLETH' },
    },
  ],
  ['microvolts, with the sign', 'r.dat 16 5/µV', { gain: 5, units: 'µV' }],
  ['percent', 'r.dat 16 10/%', { gain: 10, units: '%' }],
  ['a unit with a slash', 'r.dat 16 10/l/min', { gain: 10, units: 'l/min' }],
  ['an inverted signal', 'r.dat 16 -200', { gain: -200 }],
  ['a gain with an exponent', 'r.dat 16 2e2/mV', { gain: 200 }],
  ['several samples a frame', 'r.dat 212x4 200', { format: 212, samplesPerFrame: 4, gain: 200 }],
  ['a skew', 'r.dat 212:12 200', { format: 212, skew: 12, gain: 200 }],
  [
    'frames, skew and offset',
    'r.dat 61x2:3+512 200',
    { format: 61, samplesPerFrame: 2, skew: 3, byteOffset: 512, gain: 200 },
  ],
  [
    'a signal that is recorded nowhere (a layout)',
    '~ 0 0/mV 12 0 0 0 0 II',
    { fileName: '~', format: 0, initialValue: 0, checksum: 0, description: 'II' },
  ],
  ['standard input', '- 16', { fileName: '-' }],
  ['a file in this folder', './r.dat 16', {}],
  ['a block size', 'r.dat 16 200 12 0 3 5 4096', { gain: 200, initialValue: 3, checksum: 5, blockSize: 4096 }],
  ['a resolution of 0 is the default', 'r.dat 16 200 0 0', { gain: 200 }],
  ['an initial value alone', 'r.dat 16 200 12 0 -5', { gain: 200, initialValue: -5 }],
  ['no format', 'r.dat', 'line 2: expected a format such as 212'],
  ['a format of letters', 'r.dat FLAC', 'a format such as 212'],
  ['a gain of letters', 'r.dat 16 mV', 'a gain such as 200(1024)/mV'],
  ['empty brackets', 'r.dat 16 200()/mV', 'a gain such as 200(1024)/mV'],
  ['a baseline of letters', 'r.dat 16 200(x)/mV', 'a gain such as 200(1024)/mV'],
  ['no frames', 'r.dat 16x0', 'samplesPerFrame from 1'],
  ['half an ADC unit', 'r.dat 16 200 12 0.5', 'the ADC zero, a whole number, got "0.5"'],
];

/** What a record line leaves out. */
export const RECORD_DEFAULTS = {
  ...{ signals: 0, samplingFrequency: 250, baseCounter: 0, sampleCount: 0 },
  ...{ baseTime: null, baseDate: null },
};

/** What a signal line leaves out. */
export const SIGNAL_DEFAULTS: SignalSpec = {
  ...{ fileName: 'r.dat', format: 16, samplesPerFrame: 1, skew: 0, byteOffset: 0 },
  ...{ gain: 0, baseline: 0, units: 'mV', adcResolution: 12, adcZero: 0 },
  ...{ initialValue: null, checksum: null, blockSize: 0, description: 'record r, signal 0' },
};
