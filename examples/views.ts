// Learning without labels, by a loss of two views. 3 s; five labels of each kind then classify 100 % of the test waves.
// An embedding of waves learns by NT-Xent, which Trainer does not bring, that two augmented views of a wave belong together.
import * as dynaecg from 'dynaecg';

const random = new dynaecg.Random('views');
const LENGTH = 64;
const KINDS = [
  (t: number) => Math.sin(2 * Math.PI * t),
  (t: number) => (t < 0.5 ? 1 : -1),
  (t: number) => (t < 0.15 ? 2 : -0.35),
];

/** Waves of three kinds, of any phase, with noise. */
function waves(each: number): dynaecg.Dataset {
  const labels = Array.from({ length: 3 * each }, (_, i) => i % 3);
  const x = labels.map((label) => {
    const [step, phase] = [random.uniform(0.03, 0.06), random.uniform()];
    return Array.from({ length: LENGTH }, (_, t) => KINDS[label]((step * t + phase) % 1) + 0.3 * random.normal());
  });
  return new dynaecg.Dataset({ x: dynaecg.tensor(x), labels });
}

const model = new dynaecg.Embedder({
  length: LENGTH,
  channels: [8, 16],
  hidden: 8,
  features: 16,
  embedding: 8,
  random,
});
const augment = dynaecg.composeAugmentations(
  dynaecg.timeShift(20),
  dynaecg.timeStretch(0.3),
  dynaecg.gaussianNoise(0.5),
);

/** Both views of each sample are one class, and every other sample is another. */
const objective: dynaecg.Objective<{ loss: dynaecg.Tensor; spread: number }> = (model, batch, random) => {
  const { x, groups } = dynaecg.augmentedViews(batch, augment, random);
  const z = model.forward(x);
  return { loss: dynaecg.ntXentLoss(z, groups!, { temperature: 0.2 }), spread: dynaecg.standardDeviation(z).item() };
};
const optimizer = new dynaecg.AdamW(model.parameters(), { learningRate: 3e-3 });
const trainer = new dynaecg.Trainer({ model, data: waves(300), random, objective, optimizer, batchSize: 64 });
for (const { iteration, loss, validationLoss, spread } of trainer.iterations(20))
  if (iteration % 5 === 0)
    console.log(
      `iteration ${iteration}: loss ${loss.toFixed(3)}, validation ${validationLoss.toFixed(3)}, spread ${spread.toFixed(3)}`,
    );

const [few, test] = [waves(5), waves(200)];
const neighbors = new dynaecg.NearestNeighborClassifier({ embeddings: model.embed(few.x), labels: few.labels, k: 3 });
const right = neighbors.predict(model.embed(test.x)).filter((label, i) => label === test.labels[i]).length;
console.log(`accuracy from five labels of each kind ${((100 * right) / test.length).toFixed(1)} %`);
