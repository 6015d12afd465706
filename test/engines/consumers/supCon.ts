// Pre-training by SupCon on two views of each sample, then a classifier on frozen embeddings, as one model.
import {
  type Augmentation,
  augmentedViews,
  ClassifierTrainer,
  composeAugmentations,
  Dataset,
  Embedder,
  EmbeddingClassifier,
  gaussianNoise,
  MlpClassifier,
  type Objective,
  Random,
  supConLoss,
  Trainer,
  tensor,
  timeShift,
} from 'dynaecg';

const random = new Random('SupCon');
const draw = (n: number): Dataset => {
  const labels = Array.from({ length: n }, (_, i) => ['slow', 'middle', 'fast'][i % 3]);
  const x = labels.map((_, i) => {
    const phase = random.uniform(0, 6);
    return Array.from({ length: 32 }, (_, t) => Math.sin(((i % 3) + 1) * 0.3 * t + phase) + 0.2 * random.normal());
  });
  return new Dataset({ x: tensor(x), labels });
};
const data = draw(180);
const embedder = new Embedder({
  length: 32,
  channels: [6, 8],
  kernel: 3,
  hidden: 6,
  features: 12,
  embedding: 6,
  random,
});
const augment: Augmentation = composeAugmentations(timeShift(4), gaussianNoise(0.3));
const objective: Objective = (model, batch, random) => {
  const { x, labels } = augmentedViews(batch, augment, random);
  return { loss: supConLoss(model.forward(x), labels, { temperature: 0.1 }) };
};
const losses = [...new Trainer({ model: embedder, data, random, objective, batchSize: 30 }).iterations(12)];

const classifier = new MlpClassifier({ inFeatures: 6, hidden: 12, classes: 3, random });
const embedded = { x: embedder.embed(data.x), labels: data.labels };
new ClassifierTrainer({ model: classifier, data: embedded, random, batchSize: 30 }).fit(30);
const model = new EmbeddingClassifier({ embedder, classifier }, { classes: data.classes });
const asked = draw(90);
const { labels } = model.classify(asked.x);
if (!(losses[11].validationLoss < losses[0].validationLoss)) throw new Error('expected the loss to fall');
console.log(model.decode(labels).filter((name, i) => name === asked.classes![asked.labels[i]]).length / asked.length);
