import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LearnReport, WatchReport } from '../../../examples/live/protocol.ts';
import { DEFAULT_SETTINGS, freshLearning, learnAfter } from '../../../examples/live/state/learn.ts';
import { beatsSoFar, freshWatch, heartRate, watchAfter } from '../../../examples/live/state/watch.ts';

const test = suite('state');

const picture = { points: Float32Array.of(0, 1), triplets: new Int32Array(0), explained: 0.5 };
const begun: LearnReport = {
  kind: 'begun',
  ...{
    classes: ['N', 'V'],
    labels: Int32Array.of(0),
    heldOut: 1,
    patients: 1,
    weights: 9,
    embedding: 2,
    steps: 20,
    picture,
  },
};
const moved: LearnReport = {
  kind: 'moved',
  ...{ iteration: 1, step: 1, loss: 0.5, margin: 0.2, mined: 3, possible: 12, violating: 0.75, picture: null },
};

test('learn: a step adds to the course, and keeps the picture that it has none for', () => {
  const state = [begun, moved].reduce(learnAfter, freshLearning(DEFAULT_SETTINGS));
  assert.equal(state.course, { step: [1], loss: [0.5], margin: [0.2], mined: [25], violating: [75] });
  assert.is(state.picture, picture);
});

test('learn: only the best iteration is kept, and a failure stops nothing', () => {
  const judged = (iteration: number, f1: number, best: boolean): LearnReport => ({
    kind: 'judged',
    ...{ iteration, step: 10 * iteration, confusion: [[1]], f1, best },
  });
  const running = { ...learnAfter(freshLearning(DEFAULT_SETTINGS), begun), phase: 'running' as const };
  const state = [judged(1, 0.8, true), judged(2, 0.7, false)].reduce(learnAfter, running);
  assert.equal(state.best, { iteration: 1, f1: 0.8 });
  assert.is(state.judged!.iteration, 2);
  const failed = learnAfter({ ...state, exporting: true }, { kind: 'failed', doing: 'export', message: 'no' });
  assert.equal([failed.phase, failed.exporting, failed.best], ['running', false, state.best]);
});

const opened: WatchReport = {
  kind: 'opened',
  ...{ name: 'a', format: 'CSV', rate: 100, seconds: 60, lead: 'II', units: 'mV', notes: [] },
};
const streamed = (from: number, count: number, samples: number[]): WatchReport => ({
  kind: 'streamed',
  from,
  samples: Float32Array.from({ length: count }, (_, i) => from + i),
  beats: samples.map((sample) => ({
    sample,
    label: 'N',
    why: null,
    probability: 1,
    late: sample > 20 && sample % 1000 === 20,
    delay: (from + count - sample) / 100,
  })),
  ...{ notes: [], took: 2, detail: null },
});

test('watch: the trace is the newest twelve seconds, in order', () => {
  let state = watchAfter(freshWatch, opened);
  for (let from = 0; from < 3000; from += 70) state = watchAfter(state, streamed(from, 70, []));
  const { start, samples } = state.trace;
  assert.is(samples.length, 1200);
  assert.is(start + samples.length, 3010);
  assert.equal([samples[0], samples[1199]], [start, 3009]);
});

test('watch: beats are counted beyond those that are listed; rate and delay are of the signal', () => {
  let state = watchAfter(freshWatch, opened);
  for (let from = 0; from < 10_000; from += 100) state = watchAfter(state, streamed(from, 100, [from + 20]));
  assert.is(beatsSoFar(state), 100);
  assert.is(state.beats.length, 60);
  assert.is(heartRate(state), 60);
  assert.is(state.delay.most, 0.8);
  assert.equal([state.late, state.delay.beats], [9, 91]);
  assert.ok(Math.abs(state.delay.sum / 91 - 0.8) < 1e-9);
  assert.is(state.took, 200);
});

test('watch: what could not be opened leaves what runs, and another recording begins anew', () => {
  const running = { ...watchAfter(watchAfter(freshWatch, opened), streamed(0, 100, [20])), phase: 'running' as const };
  const failed = watchAfter(running, { kind: 'failed', doing: 'files', message: 'no' });
  assert.is(failed, running);
  const again = watchAfter(failed, opened);
  assert.equal([again.phase, beatsSoFar(again), again.trace.samples.length], ['paused', 0, 0]);
  assert.ok(Number.isNaN(heartRate(again)));
});

test.run();
