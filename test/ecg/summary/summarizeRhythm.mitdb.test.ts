// Runs and patterns that are counted in the beats of MIT-BIH, against the rhythms that its cardiologists annotated.
import { join } from 'node:path';
import { MITDB_RECORDS, type RhythmSummary, summarizeRhythm } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('ecg/summary/summarizeRhythm.mitdb');
const samplingFrequency = 360;

const read = (dir: string, name: string): { rhythms: Map<string, number[]>; summary: RhythmSummary } => {
  const { annotations, leads } = loadRecord(join(dir, name));
  const rhythms = new Map<string, number[]>();
  for (const { label, aux, sample } of annotations) {
    const rhythm = aux.replace(/\0+$/, '');
    if (label === '+') rhythms.set(rhythm, [...(rhythms.get(rhythm) ?? []), sample]);
  }
  const end = leads[0].samples.length / samplingFrequency;
  return { rhythms, summary: summarizeRhythm(annotations, { samplingFrequency, end }) };
};

const dir = process.env['MITDB'];
if (!dir)
  console.log(
    'ecg/summary/summarizeRhythm.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database',
  );
else {
  test('ventricular tachycardia begins where a run of V does, in 59 of 61 episodes', () => {
    const found = MITDB_RECORDS.flatMap((name) => {
      const { rhythms, summary } = read(dir, name);
      const { runs } = summary.ventricular;
      return (rhythms.get('(VT') ?? []).map((at) => runs.some(({ start }) => Math.abs(start - at) < samplingFrequency));
    });
    assert.equal([found.length, found.filter(Boolean).length], [61, 59]); // the other two have fusion beats among them
  });

  test('episodes of ventricular bigeminy and trigeminy, as many as annotated', () => {
    const bigeminy = { 119: 37, 207: 4, 210: 5, 213: 19, 219: 2, 221: 1, 228: 20, 233: 28 };
    for (const [name, episodes] of Object.entries(bigeminy)) {
      const { rhythms, summary } = read(dir, name);
      assert.equal([rhythms.get('(B')?.length, summary.ventricular.bigeminy.episodes], [episodes, episodes], name);
    }
    const trigeminy = { 124: 2, 201: 12, 203: 1, 210: 1, 214: 10, 219: 1, 221: 8 };
    for (const [name, episodes] of Object.entries(trigeminy)) {
      const { rhythms, summary } = read(dir, name);
      assert.equal([rhythms.get('(T')?.length, summary.ventricular.trigeminy.episodes], [episodes, episodes], name);
    }
  });

  test('ventricular flutter of record 207 makes no pauses', () => {
    const { summary } = read(dir, '207');
    assert.is(summary.flutter.stretches.length, 6);
    assert.is(summary.flutter.seconds.toFixed(1), '143.0');
    assert.ok(summary.pauses.every(({ seconds }) => seconds < 3));
  });
}

test.run();
