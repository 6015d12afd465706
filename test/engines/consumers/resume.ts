// Training that is cut short is saved, resumed by another trainer to the same bits, and the model saved, loaded and used.
import {
  AdamW,
  decodeTrainingState,
  Embedder,
  EmbeddingClassifier,
  encodeTrainingState,
  MlpClassifier,
  Random,
  TripletTrainer,
  tensor,
} from 'dynaecg';
import { loadModel, saveModel } from 'dynaecg/node';

const labels: number[] = Array.from({ length: 60 }, (_, i) => i % 3);
const noise = new Random('noise');
const x = tensor(
  labels.map((label) => Array.from({ length: 16 }, (_, t) => Math.sin((label + 1) * 0.5 * t) + 0.3 * noise.normal())),
);
const make = (): { model: Embedder; trainer: TripletTrainer } => {
  const random = new Random('resume');
  const model = new Embedder({ length: 16, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4, random });
  const optimizer = new AdamW(model.parameters(), { learningRate: 0.01 });
  const data = { x, labels };
  return { model, trainer: new TripletTrainer({ model, data, random, optimizer, perClass: 4, stepsPerIteration: 5 }) };
};

const whole = make();
whole.trainer.fit(4);
let saved: Uint8Array = new Uint8Array();
const first = make();
for (const { iteration } of first.trainer.iterations(4)) {
  saved = encodeTrainingState(first.trainer.state);
  if (iteration === 2) break;
}
const second = make();
second.trainer.state = decodeTrainingState(saved);
second.trainer.fit(4);
const bits = (model: Embedder): string => JSON.stringify(Object.values(model.stateDict()).map(({ data }) => [...data]));
if (bits(second.model) !== bits(whole.model)) throw new Error('expected the same bits');

const classifier = new MlpClassifier({ inFeatures: 4, hidden: 6, classes: 3, random: new Random(1) });
const network = { embedder: second.model, classifier };
saveModel('model.safetensors', { networks: [network], classes: ['a', 'b', 'c'], about: {} });
const loaded = loadModel('model.safetensors');
const [ours, theirs] = [new EmbeddingClassifier(network), loaded].map((model) => model.classify(x).probabilities.data);
console.log(ours.every((p, i) => p === theirs[i]) ? 1 : 0);
