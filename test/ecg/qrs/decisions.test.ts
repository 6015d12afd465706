import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Candidate } from '../../../src/ecg/qrs/candidates.ts';
import { Decisions } from '../../../src/ecg/qrs/decisions.ts';

const test = suite('ecg/qrs/decisions');

/** Candidates at these samples of 200 Hz, of heights and slopes 1 unless told otherwise. */
function made(at: readonly number[], odd: Readonly<Record<number, Partial<Candidate>>> = {}): Candidate[] {
  const ascending = [...at].sort((a, b) => a - b);
  return ascending.map((middle) => ({ middle, peak: middle, integrated: 1, filtered: 1, slope: 1, ...odd[middle] }));
}

const second = Array.from({ length: 20 }, (_, k) => 100 + 200 * k);
/** Given all at once, and one after the other. */
function decided(candidates: Candidate[], starts: number[] = []): number[] {
  const [whole, one] = [new Decisions(), new Decisions()];
  for (const decisions of [whole, one]) for (const start of starts) decisions.start(start);
  whole.add(candidates);
  const found = whole.run(Number.POSITIVE_INFINITY).map((c) => c.middle);
  const soon = candidates.flatMap((c) => {
    one.add([c]);
    return one.run(c.middle + 1);
  });
  soon.push(...one.run(Number.POSITIVE_INFINITY));
  assert.equal(
    soon.map((c) => c.middle),
    found,
  );
  return found;
}

test('decides by both signals, by 0.7 of the thresholds where the rhythm is irregular', () => {
  // After many peaks of 1 the levels are 1 and 0.1, and the thresholds 0.1 + 0.35 * 0.9.
  const weak = (filtered: number, integrated: number): Record<number, Partial<Candidate>> => ({
    [3000]: { filtered, integrated },
  });
  const with3000 = (odd: Record<number, Partial<Candidate>>): boolean =>
    decided(made([...second, 3000], odd)).includes(3000);
  assert.ok(with3000(weak(0.43, 0.43)));
  assert.not(with3000(weak(0.43, 0.39)));
  assert.not(with3000(weak(0.39, 0.43)));
  const irregular = second.map((at, k) => at + (k % 2 ? 40 : 0));
  assert.ok(decided(made([...irregular, 3000], weak(0.31, 0.31))).includes(3000));
  assert.not(decided(made([...irregular, 3000], weak(0.27, 0.31))).includes(3000));
});

test('a T wave has less than half of the slope, and comes within 360 ms', () => {
  const at = (middle: number, slope: number): boolean =>
    decided(made([...second, middle], { [middle]: { slope } })).includes(middle);
  assert.not(at(2171, 0.49));
  assert.ok(at(2171, 0.51));
  assert.ok(at(2173, 0.49));
});

test('searches back after 166 % of the mean interval, for the highest', () => {
  const weak = { integrated: 0.25, filtered: 0.25 };
  const less = { integrated: 0.24, filtered: 0.24 };
  const gap = second.filter((at) => at !== 2100);
  const odd = { 2050: less, 2100: weak, 2200: less };
  const found = decided(made([...gap, 2050, 2100, 2200], odd));
  assert.ok(found.includes(2100));
  assert.not(found.includes(2050));
  // The interval must be missing for that: nothing is searched for in a rhythm that goes on.
  assert.not(decided(made([...second, 2040], { 2040: weak })).includes(2040));
  // Neither across a gap.
  assert.not(decided(made([...gap, 2100], { 2100: weak }), [2200]).includes(2100));
});

test('a rhythm that has changed is regular again after eight intervals', () => {
  const faster = [...second, ...Array.from({ length: 20 }, (_, k) => 4020 + 120 * k)];
  // Above 0.7 of the thresholds and below them.
  assert.not(decided(made([...faster, 6000], { 6000: { integrated: 0.35, filtered: 0.35 } })).includes(6000));
  // Missed after 166 % of the new interval.
  assert.ok(decided(made(faster, { 6060: { integrated: 0.25, filtered: 0.25 } })).includes(6060));
});

test('the time across a gap is no interval', () => {
  const odd = { 3000: { integrated: 0.35, filtered: 0.35 } };
  const late = second.map((at) => (at > 2500 ? at + 70 : at));
  assert.not(decided(made([...late, 3000], odd), [2510]).includes(3000));
  assert.ok(decided(made([...late, 3000], odd)).includes(3000)); // an irregular rhythm
  // Nor is it a silence to learn anew after.
  const early = second.filter((at) => at < 2000 || at > 3000);
  const first = { 3020: { integrated: 0.3, filtered: 0.3 } };
  assert.not(decided(made([...early, 3020], first), [3010]).includes(3020));
  assert.ok(decided(made([...early, 3020], first)).includes(3020));
});

test('peaks that are passed over raise the level of the noise', () => {
  const noise = second.filter((at) => at > 1500).map((at) => at + 100);
  const odd = Object.fromEntries(noise.map((at) => [at, { integrated: 0.35, filtered: 0.35 }]));
  const peak = { 3050: { integrated: 0.45, filtered: 0.45 } };
  assert.not(decided(made([...second, ...noise, 3050], { ...odd, ...peak })).includes(3050));
  assert.ok(decided(made([...second, 3050], peak)).includes(3050));
});

test('a beat that is found late counts twice as much', () => {
  // S = 0.87 + (0.25 - 0.87) / 4, then + (1 - S) / 8; N = 0.1 + 0.15 / 8: a threshold of 0.34, and 0.36 were it an eighth.
  const odd = { 2100: { integrated: 0.25, filtered: 0.25 }, 2400: { integrated: 0.35, filtered: 0.35 } };
  assert.ok(decided(made([...second, 2400], odd)).includes(2400));
});

test('a peak counts for the levels as twice the signal at most', () => {
  // 1 + (2 - 1) / 8, then thresholds of 0.46; were it counted in full, of 44.
  const odd = { 2100: { integrated: 1000, filtered: 1000 } };
  assert.equal(decided(made(second, odd)), second);
});

test('after four seconds without a beat levels are learned anew', () => {
  const weak = Object.fromEntries(
    second.filter((at) => at > 2000).map((at) => [at, { integrated: 0.01, filtered: 0.1 }]),
  );
  assert.equal(decided(made(second, weak)), second);
  // But not by what is no more than three of ten seconds.
  const pause = second.filter((at) => at < 2000 || at > 2900);
  const noise = { 2300: { integrated: 0.01 }, 2850: { integrated: 0.01 } };
  assert.equal(decided(made([...pause, 2300, 2850], noise)), pause);
});

test.run();
