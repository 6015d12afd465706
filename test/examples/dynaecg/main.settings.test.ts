import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zeros } from 'dynaecg';
import { type AnnotatedBeat, type AnnotatedRecord, annotateRecord } from 'dynaecg/ecg';
import { loadModel, loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfiguration, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { assertClose } from '../../support/asserts.ts';
import { cli, records, SHORT } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/main.settings');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

test('a file of settings: timing beside the beats, which the model file names', async () => {
  const settings = {
    ...JSON.parse(readFileSync(join(root, 'examples/dynaecg/settings/synthetic.json'), 'utf8')),
    ...{ protocol: 'inter', timing: ['change', 'rate'], method: 'crossEntropy', iterations: 2, steps: 2, perClass: 3 },
  };
  writeFileSync(at('timing.json'), JSON.stringify(settings));
  const data = records(at('timed'), '100', '200');
  const args = ['--data', data, '--config', at('timing.json'), '--protocol', 'intra', '--per-class', '4'];
  const { code, stderr } = await cli([...args, '--json', '--out', at('timed-out')]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^intra: network +best of 2 iterations: [12] /m);
  const own = { ...settings, protocol: 'intra', perClass: 4 };
  const { configuration, history, judged } = json('timed-out', 'metrics.json').protocols.intra;
  assert.equal(configuration, { ...checkConfiguration('given', {}), ...own }, 'options of the command line come first');
  assert.is(judged.confusion.length, 3);
  const [{ iterations, epochs }] = history;
  assert.equal([iterations.length, epochs.length], [0, 2]);
  const { networks, about } = loadModel(at('timed-out', 'model-intra.safetensors'));
  const [{ embedder, classifier }] = networks;
  assert.equal(about['timing'], ['change', 'rate']);
  assert.is(embedder.config.contextFeatures, 2);
  const z = embedder.embed(zeros([5, settings.length]), { context: zeros([5, 2]) });
  assert.is(classifier?.predict(z).length, 5);
});

test('triplets and cross-entropy at once: its model file annotates a recording, like any other', async () => {
  const settings = { ...readConfiguration('synthetic'), method: 'joint', adjustment: 0.5 };
  writeFileSync(at('joint.json'), JSON.stringify(settings));
  const data = records(at('jointly'), '100', '200');
  const args = ['--data', data, '--protocol', 'intra', ...SHORT, '--config', at('joint.json')];
  const { code, stdout, stderr } = await cli([...args, '--quiet', '--out', at('jointly-out')]);
  assert.equal([code, stderr], [0, '']);
  assert.match(
    stdout,
    "\ntriplet loss and cross-entropy at once, then a perceptron on the embeddings; decided between the data's prior and a batch's (adjustment 0.5)\n",
  );
  const { configuration, history } = json('jointly-out', 'metrics.json').protocols.intra;
  assert.equal([configuration.method, history.length, history[0].iterations.length], ['joint', 1, 2]);
  assert.is(history[0].epochs.length, settings.mlpEpochs, 'a perceptron anew');

  const model = at('jointly-out', 'model-intra.safetensors');
  const { networks, novelty } = loadModel(model);
  assert.is(networks.length, 1);
  assert.ok(novelty && networks[0].classifier);
  const asked = ['--model', model, '--record', join(data, '200'), '--out', at('annotated'), '--json'];
  const predicted = await cli(asked, undefined, 'annotate');
  assert.is(predicted.code, 0, predicted.stderr);
  const annotated: AnnotatedRecord = json('annotated', '200.json');
  const expected = annotateRecord(loadModel(model), loadRecord(join(data, '200')));
  const plain = ({ sample, label, why, nearest }: AnnotatedBeat) => ({ sample, label, why, nearest });
  assert.equal(annotated.beats.map(plain), expected.beats.map(plain));
  for (const [i, { probabilities }] of annotated.beats.entries())
    assertClose(probabilities, expected.beats[i].probabilities, { relative: 1e-4 }); // this process may run on the other backend
  assert.ok(annotated.beats.length > 50 && annotated.beats.some(({ label }) => label !== 'Q'));
});

test.run();
