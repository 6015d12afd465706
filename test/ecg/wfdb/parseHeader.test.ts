import { ArgumentError } from 'dynaecg';
import { formatHeader, parseHeader } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';

const test = suite('ecg/wfdb/parseHeader');

const MITDB_100 = [
  '100 2 360 650000 0:0:0 0/0/0',
  '100.dat 212 200 11 1024 995 -22131 0 MLII',
  '100.dat 212 200 11 1024 1011 20052 0 V5',
  '# 69 M 1085 1629 x1',
  '# Aldomet, Inderal',
  '',
].join('\r\n'); // example 1 of header(5)

test('reads example 1 of header(5)', () => {
  const h = parseHeader(MITDB_100);
  assert.is(h.name, '100');
  assert.is(h.samplingFrequency, 360);
  assert.is(h.counterFrequency, 360);
  assert.is(h.sampleCount, 650000);
  assert.is(h.baseTime, '0:0:0');
  assert.is(h.baseDate, '0/0/0');
  assert.equal(h.comments, ['69 M 1085 1629 x1', 'Aldomet, Inderal']);
  assert.equal(h.signals[1], {
    fileName: '100.dat',
    format: 212,
    samplesPerFrame: 1,
    skew: 0,
    byteOffset: 0,
    gain: 200,
    baseline: 1024,
    units: 'mV',
    adcResolution: 11,
    adcZero: 1024,
    initialValue: 1011,
    checksum: 20052,
    blockSize: 0,
    description: 'V5',
  });
  assert.is(formatHeader(h), MITDB_100);
});

test('fills the defaults of header(5)', () => {
  const h = parseHeader('# piped\n\n16x4 2\n- 16\n- 80 0\n');
  assert.is(h.samplingFrequency, 250);
  assert.is(h.sampleCount, 0);
  assert.is(h.baseTime, null);
  assert.equal(h.comments, ['piped']);
  const [first, second] = h.signals;
  assert.is(first.gain, 0);
  assert.is(first.baseline, 0);
  assert.is(first.units, 'mV');
  assert.is(first.adcResolution, 12);
  assert.is(first.initialValue, null);
  assert.is(first.checksum, null);
  assert.is(first.description, 'record 16x4, signal 0');
  assert.is(second.gain, 0, 'uncalibrated');
  assert.is(second.adcResolution, 8);
});

test('reads every modifier, and a description with spaces', () => {
  const h = parseHeader('r 1 3.6e2/1000(12.5) 10\nr.dat 16x2:3+512 1.5e2(-20)/uV 12 100 5 -7 4096 ECG  lead II');
  assert.is(h.samplingFrequency, 360);
  assert.is(h.counterFrequency, 1000);
  assert.is(h.baseCounter, 12.5);
  const [s] = h.signals;
  assert.equal([s.samplesPerFrame, s.skew, s.byteOffset], [2, 3, 512]);
  assert.equal([s.gain, s.baseline, s.units], [150, -20, 'uV']);
  assert.equal([s.adcZero, s.initialValue, s.checksum, s.blockSize], [100, 5, -7, 4096]);
  assert.is(s.description, 'ECG  lead II');
});

test('writes what it reads, over many headers', () => {
  for (const text of [
    MITDB_100,
    'r 1 360/1000(12.5) 10\nr.dat 16x2:3+512 150(-20)/uV 12 100 5 -7 4096 ECG  lead II\n# a\n#  b',
    '8l 2\ndata0 8\ndata1 8\n',
    'empty 0 100',
    'r 1 100\nr.dat 80 200 8 0 3\n',
  ]) {
    const h = parseHeader(text);
    assert.equal(parseHeader(formatHeader(h)), h);
  }
});

test('refuses bad headers, naming line and field', () => {
  const refused = (text: string, ...parts: string[]) => throwsWith(() => parseHeader(text), DataError, ...parts);
  refused('', 'a record line');
  refused('# only a comment', 'a record line');
  refused('multi/3 2 360 45000\n100s 21600', '3 segment lines', 'got 1');
  refused('r', 'number of signals');
  refused('r -1', 'number of signals', '-1');
  refused('r 1 0\nr.dat 16', 'sampling frequency', '0');
  refused('r 1 fast\nr.dat 16', 'sampling frequency', 'fast');
  refused('r 1 360 many\nr.dat 16', 'number of samples', 'many');
  refused('r 1 360 5 noon\nr.dat 16', 'a time', 'noon');
  refused('r 1 360 5 12:00:00 today\nr.dat 16', 'a date', 'today');
  refused('r 2 360\nr.dat 16', '2 signal lines', 'got 1');
  refused('# c\nr 1 360\nr.dat', 'line 3', 'a format');
  refused('r 1 360\nr.dat 16q', 'line 2', 'a format', '16q');
  refused('r 1 360\nr.dat 16 big', 'a gain', 'big');
  refused('r 1 360\nr.dat 16 200 11 x', 'ADC zero', 'x');
  refused('r 1 360\nr.dat 16 200 11 0 0 1.5', 'checksum', '1.5');
  throwsWith(() => parseHeader('r 1 360', 'mitdb/r.hea'), DataError, 'mitdb/r.hea');
});

test('refuses numbers that nothing sensible can be made of, reading and writing alike', () => {
  const huge = '9'.repeat(40);
  for (const [line, ...parts] of [
    ['r 1 1e-320\nr.dat 16', 'line 1', 'sampling frequency', '1e-320'],
    ['r 1 1e300\nr.dat 16', 'sampling frequency', '1e300'],
    ['r 1 360/1e-300\nr.dat 16', 'sampling frequency', '360/1e-300'],
    [`r 1 360 ${huge}\nr.dat 16`, 'the number of samples', huge],
    [`r 1 360\nr.dat ${huge}`, 'line 2', 'format from 0 to 2147483647'],
    [`r 1 360\nr.dat 16x${huge}`, 'samplesPerFrame from 1'],
    ['r 1 360\nr.dat 16x0', 'samplesPerFrame from 1', '0'],
    [`r 1 360\nr.dat 16:${huge}`, 'skew from 0'],
    [`r 1 360\nr.dat 16+${huge}`, 'byteOffset from 0'],
    ['r 1 360\nr.dat 16 1e-320', 'line 2', 'a gain', '1e-320'],
    ['r 1 360\nr.dat 16 -1e30', 'a gain', '-1e30'],
    [`r 1 360\nr.dat 16 200(${huge})`, 'baseline from -2147483647'],
    ['r 1 360\nr.dat 16 200 -3', 'adcResolution from 1', '-3'],
    [`r 1 360\nr.dat 16 200 11 -${huge}`, 'adcZero from'],
    [`r 1 360\nr.dat 16 200 11 0 ${huge}`, 'initialValue from'],
    [`r 1 360\nr.dat 16 200 11 0 0 ${huge}`, 'checksum from'],
    ['r 1 360\nr.dat 16 200 11 0 0 0 -1', 'blockSize from 0', '-1'],
  ])
    throwsWith(() => parseHeader(line), DataError, ...parts);
  const h = parseHeader(MITDB_100);
  throwsWith(() => formatHeader({ ...h, samplingFrequency: 1e-320 }), ArgumentError, 'samplingFrequency from 0.000001');
  const [signal] = h.signals;
  throwsWith(() => formatHeader({ ...h, signals: [{ ...signal, gain: 1e-320 }] }), DataError, 'gain');
  throwsWith(() => formatHeader({ ...h, signals: [{ ...signal, checksum: 1e12 }] }), ArgumentError, 'checksum');
});

test('refuses to write what the format cannot hold', () => {
  const h = parseHeader(MITDB_100);
  throwsWith(() => formatHeader({ ...h, name: '../x' }), DataError, 'record name', '../x');
  throwsWith(() => formatHeader({ ...h, comments: ['two\nlines'] }), DataError, 'one line');
  const signal = { ...h.signals[0], checksum: null };
  throwsWith(() => formatHeader({ ...h, signals: [signal] }), DataError, 'checksum before a description', 'MLII');
  throwsWith(() => formatHeader({ ...h, signals: [{ ...signal, units: 'm V' }] }), DataError, 'units', 'm V');
});

test('texts that only look like the end of a line stay in it, and a carriage return alone ends one', () => {
  const h = parseHeader('r 1 360\rr.dat 16 200 12 0 0 0 0 a\u2028b\r# c\u2028d\r# e');
  assert.equal([h.signals[0].description, h.comments], ['a\u2028b', ['c\u2028d', 'e']]);
  assert.equal(parseHeader(formatHeader(h)), h);
});

test('numbers are decimal, whatever else JavaScript takes for one', () => {
  const [, line] = MITDB_100.split('\r\n');
  for (const frequency of ['0x168', '0b11', '36_0', 'Infinity', '360/0x10', '360/250(0b1)', '1e', '.'])
    throwsWith(() => parseHeader(`r 1 ${frequency}\r\n${line}`), DataError, 'a sampling frequency', frequency);
  throwsWith(() => parseHeader('r 1 360\nr.dat 16 0x10'), DataError, 'a gain', '0x10');
  assert.is(parseHeader('r 0 +.5e3/2.').samplingFrequency, 500);
});

test('errors show a field escaped, and a long one in part', () => {
  throwsWith(() => parseHeader('r 1 360\nr.dat 16 \u001b[31m\u202e'), DataError, '\\u001b[31m\\u202e');
  try {
    parseHeader(`r ${'x'.repeat(1_000_000)}`);
    assert.unreachable();
  } catch (error) {
    assert.ok((error as Error).message.length < 200, (error as Error).message);
  }
  throwsWith(() => parseHeader(`r ${'9'.repeat(400)}`), DataError, 'the number of signals', '999...');
});

test('refuses to write a file name that would be read as a comment', () => {
  const h = parseHeader(MITDB_100);
  const signals = [{ ...h.signals[0], fileName: '#100.dat' }];
  throwsWith(() => formatHeader({ ...h, signals }), DataError, 'does not begin with #', '#100.dat');
});

test.run();
