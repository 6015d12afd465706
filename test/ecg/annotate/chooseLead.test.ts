import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../../src/core/errors.ts';
import { chooseLead } from '../../../src/ecg/annotate/chooseLead.ts';
import { throwsWith } from '../../support/asserts.ts';
import { lead, record } from '../../support/wfdbRecords.ts';

const test = suite('ecg/annotate/chooseLead');

const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const window = { length: 253, before: 126, normalize: 'zscore', lead: 'MLII', units: 'mV' } as const;

function chosen(names: string[], wanted?: string, trained: string = window.lead): [string, string[]] {
  const notes: string[] = [];
  const of = { ...record(), leads: names.map((name) => lead(name, [1, 2, 3])) };
  return [chooseLead(of, wanted, { window: { ...window, lead: trained } }, notes).name, notes];
}
const read = (name: string, trained = 'MLII') => [`lead ${name} is read; the model was trained on ${trained}`];

test('the lead of the model; else the like of it; else the first', () => {
  assert.equal(chosen(['V5', 'MLII']), ['MLII', []]);
  assert.equal(chosen(TWELVE), ['II', read('II')]);
  assert.equal(chosen(['II', 'MLII']), ['MLII', []]);
  assert.equal(chosen(['V1', 'MLII'], undefined, 'II'), ['MLII', read('MLII', 'II')]);
  assert.equal(chosen(['V1', 'V2']), ['V1', read('V1')]);
  assert.equal(chosen(TWELVE, undefined, 'V5'), ['V5', []]);
});

test('names without regard to case, an equal one before', () => {
  assert.equal(chosen(['v1', 'ii', 'mlii']), ['mlii', []]);
  assert.equal(chosen(['i', 'ii', 'iii']), ['ii', read('ii')]);
  assert.equal(chosen(TWELVE, 'AVF'), ['aVF', read('aVF')]);
  assert.equal(chosen(['v5', 'V5', 'MLII'], 'V5'), ['V5', read('V5')]);
  throwsWith(() => chosen(TWELVE, 'V7'), DataError, 'record r1: expected lead V7, got I, II');
  throwsWith(() => chosen([]), DataError, 'expected lead MLII, got none');
});

test('a lead without a gain is noted', () => {
  const [first] = record().leads;
  const notes: string[] = [];
  const digital = first.digital && { ...first.digital, gain: 0 };
  chooseLead({ ...record(), leads: [{ ...first, digital }] }, undefined, { window }, notes);
  assert.equal(notes, ['lead MLII is uncalibrated, its header gives no gain: 200 per mV is assumed']);
});

test.run();
