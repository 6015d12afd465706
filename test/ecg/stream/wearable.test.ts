// What goes wrong on a wearable: which beats come, and what a note says.
import { BeatStream, resample, type StreamedBeats } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, RATE, samples, timed } from '../../support/annotated.ts';
import { joined, pushed, samplesOf, streamed, summaryOf } from '../../support/streamed.ts';

const test = suite('ecg/stream/wearable');
const stream = (options: object = {}): BeatStream => new BeatStream(timed, { rate: RATE, ...options });
const clean = streamed(stream(), samples);
const inside = (of: readonly number[], from: number, until: number): number[] =>
  of.filter((sample) => sample >= from * RATE && sample < until * RATE);

/** The beats before and after a disturbance are those of the clean signal, and those in between are few. */
function assertSameAround({ beats }: StreamedBeats, from: number, until: number, most = 0): void {
  const [found, known] = [samplesOf(beats), samplesOf(clean.beats)];
  assert.equal(inside(found, 0, from), inside(known, 0, from));
  assert.equal(inside(found, until, 100), inside(known, until, 100));
  assert.ok(inside(found, from, until).length <= most, `${inside(found, from, until)}`);
}

test('a gap: no beat in it, and the rhythm begins after it', () => {
  const [from, until] = [40 * RATE, 55 * RATE];
  const broken = streamed(stream(), samples.slice().fill(Number.NaN, from, until), 36);
  assertSameAround(broken, 39.9, 55.1, 1);
  assert.equal(summaryOf(broken.notes), [`invalid ${from}-`, `invalid ${from}-${until}`]);
  assert.equal(broken.notes.at(-1)!.text, '15 s of samples that are not finite');
  const near = broken.beats.filter(({ sample }) => sample > from - 110 && sample < until + 110);
  assert.ok(near.every(({ why, label }) => why === 'invalid' && label === 'Q'));
  // As of the first beats of a stream: windows alike, but what is known of the rhythm is not.
  const probabilities = (of: StreamedBeats, from: number): string[] =>
    of.beats.filter(({ sample }) => sample >= from).map((beat) => String(beat.probabilities));
  const [without, before] = [probabilities(broken, 55.5 * RATE), probabilities(clean, 55.5 * RATE)];
  assert.is.not(without[0], before[0]);
  const fresh = streamed(stream(), samples.subarray(55 * RATE));
  assert.equal(without.slice(0, 3), probabilities(fresh, 0.5 * RATE).slice(0, 3));
});

test('a gap as short as a lost packet is bridged', () => {
  const broken = streamed(stream(), samples.slice().fill(Number.NaN, 40 * RATE, 40.15 * RATE));
  assertSameAround(broken, 39.9, 40.3, 1);
  assert.equal(summaryOf(broken.notes), []);
});

const PACKET = 90;
const packets = Array.from({ length: samples.length / PACKET }, (_, i) => ({
  samples: samples.subarray(i * PACKET, (i + 1) * PACKET),
  time: 1e6 + (i * PACKET) / RATE, // the clock of a recorder begins anywhere
}));

test('dropped packets are a gap, by their time', () => {
  const one = stream();
  const some = packets.filter((_, i) => i < 160 || i >= 172);
  const found = joined([...some.map((packet) => one.push(packet.samples, packet.time)), one.flush()]);
  const [from, until] = [160 * PACKET, 172 * PACKET];
  const gap = streamed(stream(), samples.slice().fill(Number.NaN, from, until));
  assert.equal(found.beats, gap.beats);
  assert.equal(summaryOf(found.notes), [`dropped ${from}-${until}`, `invalid ${from}-`, `invalid ${from}-${until}`]);
  assert.ok(found.notes.some(({ text }) => text === '3 s of samples never came'));
});

test('repeated packets, and parts of them, are ignored', () => {
  const one = stream();
  const parts = packets.flatMap((packet, i) => {
    const out = [one.push(packet.samples, packet.time)];
    if (i === 50) out.push(one.push(packet.samples, packet.time), one.push(packets[49].samples, packets[49].time));
    if (i === 60) {
      const half = samples.subarray(60 * PACKET + 45, 61 * PACKET + 45);
      out.push(one.push(half, packet.time + 45 / RATE));
    }
    return out;
  });
  const found = joined([...parts, one.flush()]);
  assert.equal(found.beats, clean.beats);
  const end = (i: number): number => (i + 1) * PACKET;
  assert.equal(summaryOf(found.notes), [
    ...[`repeated ${end(50)}-${end(50)}`, `repeated ${end(50)}-${end(50)}`, `repeated ${end(60)}-${end(60)}`],
    `repeated ${end(60) + 45}-${end(60) + 45}`,
  ]);
  assert.equal(
    found.notes.filter(({ kind }) => kind === 'repeated').map(({ text }) => Number.parseInt(text, 10)),
    [90, 90, 45, 45],
  );
});

test('times that jitter are no gaps', () => {
  const one = stream();
  const found = joined(packets.map((packet, i) => one.push(packet.samples, packet.time + 0.009 * Math.sin(i))));
  assert.equal(joined([found, one.flush()]), clean);
});

test('another rate in the middle: another signal, whose times go on', () => {
  const one = stream();
  const half = 50 * RATE;
  const first = pushed(one, samples.subarray(0, half));
  const changed = one.changeRate(250);
  assert.is(one.rate, 250);
  const second = streamed(one, resample(samples.subarray(half), RATE, 250));
  const { beats, notes } = joined([first, changed, second]);
  assert.equal(summaryOf(notes), [`rate ${half}-`, `input ${half}-`].sort((a, b) => b.localeCompare(a)).reverse());
  assert.is(notes.find(({ kind }) => kind === 'rate')!.text, 'the rate changes from 360 Hz to 250 Hz');
  const apart = clean.beats.map(({ time }) => Math.min(...beats.map((beat) => Math.abs(beat.time - time))));
  assert.ok(apart.filter((seconds) => seconds > 0.01).length <= 1, `${apart}`);
  assert.is(beats.length, clean.beats.length);
  for (const beat of second.beats) assert.ok(Math.abs(beat.time - (50 + (beat.sample - half) / 250)) < 1e-9);
});

test('an electrode off and on: a flat line has no beats', () => {
  const [from, until] = [30 * RATE, 50 * RATE];
  for (const rail of [0, 5, -5]) {
    const found = streamed(stream(), samples.slice().fill(rail, from, until), 36);
    // The edges to a rail may look like beats, which are no class's.
    assertSameAround(found, 29.6, 50.6, 4);
    const between = found.beats.filter(({ sample }) => sample > from - 50 && sample < until + 50);
    assert.ok(
      between.every(({ label }) => label === 'Q'),
      JSON.stringify(between),
    );
    const flat = summaryOf(found.notes).filter((one) => one.startsWith('flat'));
    assert.equal(flat, [`flat ${from}-`, `flat ${from}-${until}`]);
  }
});

test('saturation is noted, and costs no beats', () => {
  const high = 1;
  const found = streamed(
    stream({ range: [-5, high] }),
    samples.map((v) => Math.min(v, high)),
  );
  assert.ok(Math.abs(found.beats.length - clean.beats.length) <= 1);
  const apart = clean.beats.map(({ sample }) => Math.min(...found.beats.map((beat) => Math.abs(beat.sample - sample))));
  assert.ok(apart.filter((n) => n > 15).length <= 2, `${apart}`);
  const [begins, ends] = found.notes.filter(({ kind }) => kind === 'saturated');
  assert.ok(begins.end === null && ends.end! > begins.start && ends.start === begins.start);
  assert.match(ends.text, /^\d+ samples at a limit of the range in \d/);
  // Not without a range, nor where no sample is at its limits.
  for (const options of [{}, { range: [-50, 50] }])
    assert.not(streamed(stream(options), samples).notes.some(({ kind }) => kind === 'saturated'));
});

test('a baseline step: at most one beat that is none, without a class', () => {
  for (const step of [20, -8]) {
    const at = 50 * RATE;
    const found = streamed(
      stream(),
      samples.map((v, i) => (i < at ? v : v + step)),
    );
    assertSameAround(found, 49.5, 50.6, 3);
    const near = found.beats.filter(({ sample }) => Math.abs(sample - at) < 40);
    assert.ok(
      near.every(({ label }) => label === 'Q'),
      JSON.stringify(near),
    );
    const [note] = found.notes.filter(({ kind }) => kind === 'step');
    assert.ok(note.start <= at && at <= note.end! && note.end! - note.start <= RATE);
    assert.match(note.text, /^the baseline steps by -?\d/);
  }
  assert.not(clean.notes.some(({ kind }) => kind === 'step'));
});

test('noise: beats in it have no class, five seconds late, and a note says where it was', () => {
  const noisy = samples.map((v, i) => (i >= 40 * RATE && i < 70 * RATE ? v + 4 * Math.sin(i * i) : v));
  const { beats, notes } = streamed(stream(), noisy);
  const noise = beats.filter(({ why }) => why === 'noise');
  assert.ok(noise.length > 10 && noise.every(({ time }) => time > 45 && time < 80));
  const [begins, ends] = notes.filter(({ kind }) => kind === 'noise');
  assert.ok(begins.end === null && begins.time >= 35 && begins.time <= 45);
  assert.ok(ends.start === begins.start && ends.end! / RATE >= 65 && ends.end! / RATE <= 80);
});

test('a restart in the middle: what came before is ended, and what follows is another signal', () => {
  const one = stream();
  const half = 50 * RATE;
  const first = streamed(one, samples.subarray(0, half));
  const second = streamed(one, samples.subarray(half));
  assert.equal(first, streamed(stream(), samples.subarray(0, half)));
  const alone = streamed(stream(), samples.subarray(half));
  assert.equal(
    second.beats,
    alone.beats.map((beat) => ({ ...beat, sample: beat.sample + half, time: 50 + beat.sample / RATE })),
  );
  assert.equal(summaryOf(second.notes), [`restart ${half}-`]);
});

test('a clock that begins anew, or jumps by more than an hour, is a restart', () => {
  const half = 50 * RATE;
  for (const [time, begins] of [
    [0, 50],
    [1e6 + 50 + 7200, 7250],
  ]) {
    const one = stream();
    const first = one.push(samples.subarray(0, half), 1e6);
    const second = joined([one.push(samples.subarray(half), time), one.flush()]);
    const { notes, beats } = joined([first, second]);
    assert.equal(summaryOf(notes), [`restart ${half}-`]);
    assert.is(notes.find(({ kind }) => kind === 'restart')!.time, begins);
    assert.equal(
      samplesOf(beats),
      samplesOf(joined([streamed(stream(), samples.subarray(0, half)), { beats: [], notes: [] }]).beats).concat(
        samplesOf(streamed(stream(), samples.subarray(half)).beats).map((sample) => sample + half),
      ),
    );
  }
});

test('four seconds without a beat: thresholds are learned anew, and beats come late', () => {
  const weak = samples.map((v, i) => (i < 40 * RATE ? v : v / 50));
  const { beats, notes } = streamed(new BeatStream(model, { rate: RATE }), weak, 36);
  const [, , begins, ends] = notes.filter(({ kind }) => kind === 'learning');
  assert.ok(begins.start > 39 * RATE && ends.start === begins.start && ends.end! - ends.start < 16 * RATE);
  const late = beats.filter(({ found, time }) => found === 'learning' && time > 40);
  assert.ok(late.length > 5);
  assert.ok(beats.filter(({ time }) => time > 45).length > 50);
});

test.run();
