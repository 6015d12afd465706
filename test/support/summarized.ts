/** A synthetic recording as if a model had annotated it, for the page of its summary. */
import { type AamiClass, type AnnotatedRecord, aamiClass, type EcgRecord, isBeat, syntheticRecord } from 'dynaecg/ecg';

/** The beats of annotations, whatever their place, as `annotateRecord` returns them. */
export function asAnnotated(record: EcgRecord, more: Partial<AnnotatedRecord> = {}): AnnotatedRecord {
  const beats = record.annotations
    .filter(({ label }) => isBeat(label))
    .map(({ sample, label }) => {
      const found: AamiClass = aamiClass(label) ?? 'Q';
      return { sample, label: found, why: null, nearest: found, probabilities: [], distance: null };
    });
  const quality = { windows: [], samplingFrequency: record.samplingFrequency };
  return { beats, lead: record.leads[0].name, notes: [], unreadable: [], quality, ...more };
}

const PAUSE = 1.6; // s that are added to an interval
const GONE = 12; // s without a signal

/** Half an hour from a quarter to eleven in the evening, with runs of both classes, two pauses, and 12 s that are invalid. */
export function eventful(): { record: EcgRecord; annotated: AnnotatedRecord } {
  const drawn = syntheticRecord({ seed: 'summary', name: 'eventful', duration: 1800, noise: 0.6, kind: 'rightBlock' });
  const { samplingFrequency: fs } = drawn;
  const [lead] = drawn.leads;
  const beats = drawn.annotations.filter(({ label }) => isBeat(label));
  const added = Math.round(PAUSE * fs);
  // after the T wave and before the next P wave of two beats
  const places = [300, 1700].map((i) => Math.round(0.6 * beats[i].sample + 0.4 * beats[i + 1].sample));
  const annotations = drawn.annotations.map((a) => {
    return { ...a, sample: a.sample + added * places.filter((place) => place < a.sample).length };
  });
  const samples = new Float32Array(lead.samples.length + 2 * added);
  const [a, b] = places;
  samples.set(lead.samples.subarray(0, a));
  samples.fill(lead.samples[a], a, a + added);
  samples.set(lead.samples.subarray(a, b), a + added);
  samples.fill(lead.samples[b], b + added, b + 2 * added);
  samples.set(lead.samples.subarray(b), b + 2 * added);
  const start = 1000 * fs;
  const end = start + GONE * fs;
  samples.fill(Number.NaN, start, end);
  const record = { ...drawn, baseTime: '22:45:00', leads: [{ ...lead, samples }], annotations };
  const notes = [`${GONE} s of the lead cannot be read: its samples are invalid, or a flat line`];
  return { record, annotated: asAnnotated(record, { notes, unreadable: [{ start, end }] }) };
}
