// Few-shot: an embedding of three kinds of signals names two kinds that it has never seen from five examples of each.
import { Embedder, NearestNeighborClassifier, Random, TripletTrainer, tensor } from 'dynaecg';

const random: Random = new Random('few shot');
const signal = (kind: number): number[] => {
  const phase = random.uniform(0, 6);
  return Array.from({ length: 32 }, (_, t) => Math.sin((kind + 1) * 0.25 * t + phase) + 0.1 * random.normal());
};
const draw = (kinds: readonly number[], each: number): { x: number[][]; labels: string[] } => {
  const drawn = kinds.flatMap((kind) => Array.from({ length: each }, () => kind));
  return { x: drawn.map(signal), labels: drawn.map((kind) => `kind ${kind}`) };
};

const { x, labels } = draw([0, 2, 4], 40);
const model = new Embedder({ length: 32, channels: [6, 8], kernel: 3, hidden: 6, features: 12, embedding: 6, random });
const trainer = new TripletTrainer({
  model,
  data: { x: tensor(x), labels },
  random,
  perClass: 8,
  stepsPerIteration: 30,
});
trainer.fit(4);

const classes: string[] = ['kind 1', 'kind 3'];
const few = draw([1, 3], 5);
const asked = draw([1, 3], 50);
const neighbors = new NearestNeighborClassifier({
  embeddings: model.embed(tensor(few.x)),
  labels: few.labels.map((name) => classes.indexOf(name)),
  k: 3,
});
const predicted: Int32Array = neighbors.predict(model.embed(tensor(asked.x)));
const right = asked.labels.filter((name, i) => classes[predicted[i]] === name).length;
console.log(right / asked.labels.length);
