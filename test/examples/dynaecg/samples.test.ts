/** Windows that are cut record by record into a file: those that are cut of all records at once. */
import { DataError } from 'dynaecg';
import { beatTiming, type EcgRecord, extractBeats, syntheticRecords } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordingsOf, withSignals } from '../../../examples/dynaecg/recordings.ts';
import { readAll, samples, take } from '../../../examples/dynaecg/samples.ts';
import { assertThrows } from '../../support/asserts.ts';
import { configured } from '../../support/configurations.ts';

const test = suite('examples/dynaecg/samples');

const set = syntheticRecords({ seed: 'samples', patients: 5, duration: 40 });
const recordings = recordingsOf('synthetic', set);

for (const [what, given] of Object.entries({
  plain: { length: 200, before: 90 },
  'timing, aligned, the whole lead': {
    length: 200,
    before: 90,
    timing: ['rate', 'previous'],
    align: 'rPeak',
    normalize: 'record',
  },
  'long windows, of which many pass an edge': { length: 1000, before: 900, normalize: 'center' },
}))
  test(`beats and windows are those of all records at once: ${what}`, () => {
    const configuration = configured({ protocol: 'intra', ...given });
    const { length, before: ahead, normalize, align, timing } = configuration;
    const all = samples(recordings, configuration);
    const { x, ...beats } = extractBeats(set.records, { length, before: ahead, normalize, align, invalid: 'drop' });
    assert.equal(all.beats, beats);
    if (ahead > 500) assert.ok(beats.dropped.length > 0);
    const read = readAll(all);
    assert.equal(read.x.data, x);
    const features = timing.length > 0 ? beatTiming(set.records, beats, { features: timing }).x : undefined;
    assert.equal(read.context?.data, features);
    const indices = Int32Array.of(7, 2, 3);
    const twice = take(take(all, indices), Int32Array.of(2, 0));
    assert.equal([...twice.beats.sample], [beats.sample[3], beats.sample[7]]);
    assert.equal(readAll(twice).x.data.subarray(length), x.subarray(7 * length, 8 * length));
  });

test('leads in other units are refused where heights matter', () => {
  const [first, ...others] = set.records;
  const odd: EcgRecord = { ...first, name: 'odd', leads: first.leads.map((lead) => ({ ...lead, units: 'NU' })) };
  const mixed = recordingsOf('synthetic', { ...set, records: [...others, odd] });
  const cut = (normalize: string) => samples(mixed, configured({ protocol: 'intra', normalize }));
  const message = `--data: expected leads in mV, as in record ${others[0].name}, got NU in odd`;
  assertThrows(() => cut('center'), DataError, message);
  assert.ok(cut('zscore').length > 0);
});

test('withSignals reads each signal once, and answers in the order of the items', () => {
  const read: string[] = [];
  const records = recordings.records.map((record) => ({
    ...record,
    lead: () => {
      read.push(record.name);
      return record.lead();
    },
  }));
  const items = [3, 1, 3, 0, 1];
  const found = withSignals(
    records,
    items,
    (r) => r,
    (r, signal) => [r, signal[5]],
  );
  assert.equal(
    found,
    items.map((r) => [r, set.records[r].leads[0].samples[5]]),
  );
  assert.equal(
    read,
    [3, 1, 0].map((r) => records[r].name),
  );
});

test.run();
