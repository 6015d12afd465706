import { SavedModel } from 'dynaecg';
import { beatChannels, beatInput, extractBeats } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Watching } from '../../../examples/live/worker/watching.ts';
import { model, referred } from '../../support/annotated.ts';
import { assertSameBits } from '../../support/asserts.ts';
import { unseen } from '../../support/trained.ts';

const test = suite('examples/live/watching');

const [record] = unseen;
const opened = { record, format: 'synthetic', notes: [] };

for (const [name, parts] of Object.entries({ 'the beat alone': model, 'beats before it too': referred }))
  test(`what the networks saw, which take ${name}, and where their attention was`, () => {
    const own = new SavedModel(parts);
    const input = beatInput(own);
    const watching = new Watching(opened, { id: 'own', model: own, input, trained: null });
    const details = [];
    const samples: number[] = [];
    while (!watching.ended) {
      const { beats, detail } = watching.next(700);
      samples.push(...beats.map(({ sample }) => sample));
      if (detail) details.push(detail);
    }
    assert.ok(details.length > 40);

    const annotations = samples.map((sample) => ({ sample, label: 'N', subtype: 0, channel: 0, num: 0, aux: '' }));
    const { units: _, ...window } = input.window;
    const set = extractBeats([{ ...record, annotations }], { ...window, align: 'rPeak', invalid: 'drop' });
    const { reference, previous } = input;
    const x = beatChannels(set, { reference, previous });
    const [{ embedder }] = own.networks;
    const T = set.length >> 2;
    const attention = embedder.attentionWeights(x).data;
    for (const detail of details) {
      const i = set.sample.indexOf(detail.sample);
      assertSameBits(detail.window, set.x.subarray(i * set.length, (i + 1) * set.length));
      assertSameBits(detail.attention, attention.subarray(i * T, (i + 1) * T));
    }
  });

test.run();
