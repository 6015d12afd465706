import { crossEntropy, type MlpClassifier, predict } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../examples/dynaecg/evaluate.ts';
import { readAll } from '../../../examples/dynaecg/samples.ts';
import { TINY } from '../../support/configurations.ts';
import { planned } from '../../support/plans.ts';

const test = suite('examples/dynaecg/train');

for (const keep of ['best', 'last'] as const)
  test(`triplets: the perceptron is scored on the embeddings of the beats held back, and the ${keep} epoch kept`, async () => {
    const own = planned({ ...TINY, keep, iterations: 1, mlpEpochs: 8, mlpLearningRate: 0.5 }, '0', 'validation');
    const { members, histories, judgement } = await run(own, { quiet: true });
    const [{ epochs }] = histories;
    const scores = epochs.map(({ validationLoss }) => validationLoss);
    const best = Math.min(...scores);
    assert.ok(scores.length === 8 && scores[7] > best, 'the last is not the best');
    const [{ embedder, classifier }] = members;
    const logits = predict(classifier as MlpClassifier, embedder.embed(readAll(own.validation).x));
    const loss = crossEntropy(logits, own.validation.labels).item();
    const expected = keep === 'best' ? best : scores[7];
    assert.ok(Math.abs(loss - expected) < 1e-4 * expected, `${loss}, expected ${expected} of ${scores}`);
    if (keep === 'last') return; // a tenth of the judged beats is scored
    assert.is(judgement?.scores.accuracy, epochs[scores.indexOf(best)].validationAccuracy, 'of the same beats');
  });

test.run();
