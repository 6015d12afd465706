// Beats while recording: a synthetic patient, a chest strap that loses packets, and a telephone that starts again. 1 s; finds 144 beats.
import { BeatStream, resample, syntheticRecord } from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';

const RATE = 130; // Hz
const PACKET = 73; // samples
const model = beatModel();
const { leads, samplingFrequency } = syntheticRecord({ seed: 'strap', name: 'strap', duration: 120, noise: 0.3 });
const samples = resample(leads[0].samples, samplingFrequency, RATE);

let stream = new BeatStream(model, { rate: RATE, units: 'mV' });
console.log(`beats come within ${stream.delay.toFixed(1)} s, and ${Math.ceil(stream.bytes / 1024)} KiB are kept`);
const classes: Record<string, number> = {};
for (let i = 0; i < samples.length; i += PACKET) {
  if (i > 60 * RATE && i < 64 * RATE) continue; // lost on the way
  if (i === 100 * PACKET) stream = BeatStream.restore(model, JSON.parse(JSON.stringify(stream.state)));
  const { beats, notes } = stream.push(samples.subarray(i, i + PACKET), i / RATE);
  for (const { time, text } of notes) console.log(`${time.toFixed(2).padStart(6)} s  ${text}`);
  for (const { time, label, why } of beats) {
    classes[label] = (classes[label] ?? 0) + 1;
    if (label === 'V' || why === 'invalid') console.log(`${time.toFixed(2).padStart(6)} s  ${why ?? label}`);
  }
}
const { beats } = stream.flush();
console.log(`${JSON.stringify(classes)}, and ${beats.length} at the end`);
