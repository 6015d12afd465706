// Fine-tuning: new classes, another length, a new head. 2 s; 99.5 % of the new waves are classified correctly.
// An embedding learns three kinds of waves; then, all but its last layers frozen, two new kinds of twice the length, from ten each.
import * as dynaecg from 'dynaecg';

const random = new dynaecg.Random('fine-tuning');
const NOISE = 0.5; // deviation; the waves reach from -1 to 1

/** Waves of some shapes, of any frequency and phase, with noise. */
function waves(shapes: readonly ((t: number) => number)[], each: number, length: number): dynaecg.Dataset {
  const labels = Array.from({ length: each * shapes.length }, (_, i) => i % shapes.length);
  const x = labels.map((label) => {
    const [step, phase] = [random.uniform(0.04, 0.08), random.uniform()];
    return Array.from({ length }, (_, t) => shapes[label]((step * t + phase) % 1) + NOISE * random.normal());
  });
  return new dynaecg.Dataset({ x: dynaecg.tensor(x), labels });
}
const sine = (t: number): number => Math.sin(2 * Math.PI * t);
const square = (t: number): number => (t < 0.5 ? 1 : -1);
const sawtooth = (t: number): number => 2 * t - 1;
const triangle = (t: number): number => 1 - 4 * Math.abs(t - 0.5);
const pulse = (t: number): number => (t < 0.15 ? 2 : -0.35);

// Trained on much of three kinds.
const sizes = { channels: [8, 16], hidden: 8, features: 16, embedding: 8 } as const;
const pretrained = new dynaecg.Embedder({ ...sizes, length: 64, random });
const known = waves([sine, square, sawtooth], 200, 64);
new dynaecg.TripletTrainer({ model: pretrained, data: known, random, perClass: 16, stepsPerIteration: 40 }).fit(4);

// The same weights for another length and a larger embedding: everything fits but the last layer, which is new.
const embedder = new dynaecg.Embedder({ ...sizes, embedding: 12, length: 128, random });
const { missing } = embedder.loadMatching(pretrained.stateDict());
console.log(`new: ${missing.join(', ')}`);
embedder.freeze();
for (const layer of [embedder.fc1, embedder.fc2]) layer.freeze(false);

// A head for the new number of classes learns with what is not frozen.
const model = new dynaecg.Sequential(embedder, new dynaecg.Linear(12, 2, { random }));
const optimizer = new dynaecg.AdamW(
  model.parameters().filter((p) => p.requiresGrad),
  { learningRate: 0.01 },
);
const few = waves([triangle, pulse], 10, 128);
new dynaecg.ClassifierTrainer({ model, data: few, validation: few, random, optimizer, batchSize: 20 }).fit(40);
const test = waves([triangle, pulse], 200, 128);
const labels = dynaecg.argmaxRows(dynaecg.predict(model, test.x));
const right = labels.filter((label, i) => label === test.labels[i]).length;
console.log(`accuracy on the new kinds ${((100 * right) / test.length).toFixed(1)} %`);
