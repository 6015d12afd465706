import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeModel } from 'dynaecg';
import { annotateRecord, syntheticRecord } from 'dynaecg/ecg';
import { beatModel, waveformModel } from 'dynaecg/model';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('trained/models');

const MODELS = { timing: beatModel, waveform: waveformModel };
const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(`models/${name}.safetensors`));

for (const [name, load] of Object.entries(MODELS)) {
  test(`${name}: the file in models/, whose SHA-256 and size the model card gives`, () => {
    const bytes = bytesOf(name);
    assert.equal(encodeModel(load()), bytes);
    const sum = createHash('sha256').update(bytes).digest('hex');
    const card = readFileSync('docs/model.md', 'utf8');
    assert.ok(card.includes(sum), `${name}: ${sum}`);
    assert.ok(card.includes(bytes.length.toLocaleString('en')), `${name}: ${bytes.length}`);
  });

  test(`${name}: annotates a recording that it has not seen`, () => {
    const record = syntheticRecord({ seed: 'unseen', name: 'a', duration: 120, ventricular: 0.1, noise: 0.5 });
    const { beats } = annotateRecord(load(), record);
    const near = (label: string) =>
      record.annotations.filter((a) => a.label === label && a.sample > 360 && a.sample < 119 * 360);
    const found = (label: string): number => {
      const own = near(label);
      const right = own.filter(({ sample }) =>
        beats.some((beat) => Math.abs(beat.sample - sample) < 54 && beat.nearest === label),
      );
      return right.length / own.length;
    };
    assert.ok(found('N') > 0.9, `N ${found('N')}`);
    assert.ok(found('V') > 0.8, `V ${found('V')}`);
  });
}

test('without timing the network is given none', () => {
  assert.equal(beatModel().about['timing'], ['previous', 'change', 'rate', 'irregularity']);
  assert.equal(waveformModel().about['timing'], []);
  for (const load of Object.values(MODELS)) assert.equal(load().about['records'], 'all');
});

test.run();
