import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Candidate, Candidates } from '../../../src/ecg/qrs/candidates.ts';
import { movingMean, Stages } from '../../../src/ecg/qrs/stages.ts';
import { Trace } from '../../../src/ecg/signal/trace.ts';
import { assertClose } from '../../support/asserts.ts';
import { drawn } from '../../support/drawn.ts';

const test = suite('ecg/qrs/stages');

/** The stages of a whole signal. */
function stages(x: Float64Array): Record<'filtered' | 'slope' | 'integrated', Float64Array> {
  const all = new Stages(x.length);
  all.run(Trace.of(x), true);
  const { filtered, slope, integrated } = all;
  const [f, s, i] = [filtered, slope, integrated].map(({ data, end }) => data.subarray(0, end));
  return { filtered: f, slope: s, integrated: i };
}

const findCandidates = (x: Float32Array, refractory: number): Candidate[] =>
  new Candidates(refractory).run(Trace.of(x), true);

test('the band-pass: an impulse, and sines', () => {
  const impulse = new Float64Array(201);
  impulse[100] = 1;
  const { filtered, slope, integrated } = stages(impulse);
  // A triangle of 25 ms twice less its mean over 165 ms: the same to both sides, and no answer to a constant.
  assertClose([...filtered].reverse(), filtered, { absolute: 1e-15 });
  assertClose([filtered[100], filtered[102]], [1 / 5 - 1 / 33, 3 / 25 - 1 / 33], { absolute: 1e-15 });
  assert.is(
    filtered.findIndex((v) => Math.abs(v) > 1e-12),
    100 - 20,
  );
  assertClose([filtered.reduce((a, b) => a + b, 0)], [0], { absolute: 1e-14 });
  assertClose(
    [...slope].reverse(),
    slope.map((v) => -v),
    { absolute: 1e-15 },
  );
  assertClose([...integrated].reverse(), integrated, { absolute: 1e-15 });
  assertClose([integrated.reduce((a, b) => a + b * b, 0)], [slope.reduce((a, b) => a + b * b, 0)], { relative: 1e-12 });
  // The gain of a mean over w samples at f Hz.
  const of = (w: number, f: number): number => Math.sin((Math.PI * f * w) / 200) / (w * Math.sin((Math.PI * f) / 200));
  for (const f of [1, 5, 9, 13, 30]) {
    const sine = Float64Array.from({ length: 2000 }, (_, i) => Math.sin((2 * Math.PI * f * i) / 200));
    const gain = (1 - of(33, f)) * of(5, f) ** 2;
    const signals = stages(sine);
    const inside = (x: Float64Array): Float64Array => x.subarray(100, 1900);
    assertClose(inside(signals.filtered), inside(sine.map((v) => v * gain)), { absolute: 1e-12 });
    const w = (2 * Math.PI * f) / 200;
    const steepness = (gain * (4 * Math.sin(2 * w) + 2 * Math.sin(w))) / 10;
    const cosine = sine.map((_, i) => Math.cos(w * i) * steepness);
    assertClose(inside(signals.slope), inside(cosine), { absolute: 1e-12 });
  }
  assertClose(movingMean([1, 2, 6], 3), [4 / 3, 3, 14 / 3], { absolute: 1e-15 });
});

test('candidates are at least a refractory period apart, the highest of their neighbours', () => {
  const x = drawn(
    [{ time: 1 }, { time: 1.15, height: 1.4, t: 0 }, { time: 2, height: 1.4, t: 0 }, { time: 2.15, height: 1, t: 0 }],
    4,
    200,
  );
  const candidates = findCandidates(x, 40).filter((c) => c.filtered > 0.2);
  assert.equal(
    candidates.map(({ peak }) => peak),
    [230, 400],
  );
  assert.is(findCandidates(x, 20).filter((c) => c.filtered > 0.2).length, 4);
});

test.run();
