// What `npm run statistics` measures, on records whose figures are known beforehand.

import { spawn } from 'node:child_process';
import type { EcgRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noiseOf } from '../../examples/tools/statistics/noise.ts';
import { statisticsOf } from '../../examples/tools/statistics/patient.ts';
import { recordingOf } from '../../examples/tools/statistics/recording.ts';
import { coupling, intervals, patterns } from '../../examples/tools/statistics/rhythms.ts';
import { ended } from '../support/program.ts';
import { makeRecord } from '../support/records.ts';

const test = suite('statistics');
const RATE = 360;
const close = (value: number, expected: number, within: number, name = ''): void =>
  assert.ok(Math.abs(value - expected) <= within, `${name} ${value}, not ${expected}`);

/** Gaussian beats of the given deviation, s, one label a beat, at the given times, s. */
function drawn(beats: readonly (readonly [time: number, label: string])[], deviation = 0.01, wave = 0): EcgRecord {
  const samples = new Float32Array(Math.ceil((beats[beats.length - 1][0] + 1) * RATE));
  samples.forEach((_, i) => {
    for (const [time] of beats) {
      const t = i / RATE - time;
      if (Math.abs(t) < 0.5)
        samples[i] += 2 * Math.exp(-0.5 * (t / deviation) ** 2) + wave * Math.exp(-0.5 * ((t + 0.17) / 0.018) ** 2);
    }
  });
  return makeRecord(
    'r',
    { MLII: samples },
    beats.map(([time, label]) => [Math.round(time * RATE), label] as const),
  );
}

/** Beats with these labels, each `rr` s after the last, or as much as follows its label. */
function train(labels: string, rr = 0.8): [number, string][] {
  return Array.from(labels, (label, i) => [1 + i * rr, label]);
}

test('width, height and P wave of a Gaussian beat', () => {
  // The slope of a Gaussian is above 15 % of its steepest within 2.51 deviations: z exp(-z^2 / 2) = 0.15 exp(-1 / 2).
  for (const deviation of [0.01, 0.02]) {
    const of = statisticsOf(drawn(train('N'.repeat(30)), deviation, 0.2));
    close(of['QRS width of N, ms'], 2 * 2.51 * 1000 * deviation, 8, 'width');
    close(of['QRS height of N, mV'], 2, 0.02, 'height');
    close(of['P wave of N, mV'], 0.2, 0.03, 'P');
    close(of['RR, s'], 0.8, 1e-6);
    close(of['noise, mV'], 0, 1e-3);
  }
});

test('intervals: spread and correlation of alternating ones', () => {
  let time = 1;
  const beats = Array.from({ length: 60 }, (_, i) => {
    time += i % 2 ? 0.7 : 0.9;
    return [time, 'N'] as const;
  });
  const { rr, spread, successive, correlation } = intervals(recordingOf(drawn(beats)));
  close(rr, 0.8, 0.005);
  close(spread, 0.1 / 0.8, 0.002);
  close(successive, 0.2 / 0.8, 0.002);
  close(correlation, -1, 0.001);
  assert.ok(Number.isNaN(intervals(recordingOf(drawn(beats)), true).rr), 'no fibrillation');
});

test('coupling: before and after a single early beat', () => {
  const beats = train('N'.repeat(12)).concat([[1 + 11 * 0.8 + 0.5, 'V']], [[1 + 13 * 0.8, 'N']]);
  const { before, after } = coupling(recordingOf(drawn(beats)), 'V');
  assert.is(before.length, 1);
  close(before[0], 0.5 / 0.8, 0.01);
  close(after[0], 1.1 / 0.8, 0.01);
});

test('patterns: couplets, runs, every second, every third', () => {
  const of = (labels: string) => patterns(recordingOf(drawn(train(labels, 0.5))), 'V');
  assert.equal(of('NVNNNNVVNNNN'), { beats: 3, couplets: 2 / 3, runs: 0, bigeminy: 0, trigeminy: 0 });
  assert.equal(of('NNVVVVNNNN'), { beats: 4, couplets: 0, runs: 1, bigeminy: 0, trigeminy: 0 });
  assert.equal(of('NVNVNVNNNNNV'), { beats: 4, couplets: 0, runs: 0, bigeminy: 3 / 4, trigeminy: 0 });
  assert.equal(of('NVNNVNNVN'), { beats: 3, couplets: 0, runs: 0, bigeminy: 0, trigeminy: 1 });
});

test('noise: white noise is what is measured, less what a moving average of 11 samples takes', () => {
  const record = drawn(train('N'.repeat(60)));
  let state = 1;
  const uniform = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const [lead] = record.leads;
  const noisy = { ...record, leads: [{ ...lead, samples: lead.samples.map((v) => v + 0.1 * uniform()) }] };
  close(noiseOf(recordingOf(noisy)).fast, (0.1 / Math.sqrt(12)) * Math.sqrt(1 - 1 / 11), 0.002);
});

test('the command prints a line for each, of synthetic recordings alone where there are no others', async () => {
  const args = ['--import', 'tsx', 'examples/tools/statistics/main.ts', '--patients', '2', '--duration', '20'];
  const { code, stdout } = await ended(spawn(process.execPath, args));
  assert.is(code, 0);
  assert.match(stdout, /QRS width of N, ms +2 +\d+ +\d+ +\d+\n/);
  assert.match(stdout, /patients without S and V +0 of 2/);
});

test.run();
