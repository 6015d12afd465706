// The paper's method on one screen, on synthetic recordings. 10 s; ends at a macro F1 of 0.89.
import * as dynaecg from 'dynaecg';
import { beatTiming, extractBeats, intraPatientSplit, syntheticRecords } from 'dynaecg/ecg';

const random = new dynaecg.Random(0);

// Records, beats, and a split: half of the beats of each class for training.
const { records } = syntheticRecords({ seed: 0, duration: 180 });
const beats = extractBeats(records, { length: 192, before: 120 });
const { classes } = beats;
const n = beats.labels.length;
const x = dynaecg.tensor(beats.x, [n, beats.length]);
const timing = beatTiming(records, beats, { features: ['previous', 'change', 'rate', 'irregularity'] });
const context = dynaecg.tensor(timing.x, [n, 4]);
const all = new dynaecg.Dataset({ x, context, labels: beats.labels });
const split = intraPatientSplit(beats, { random });
const [train, test] = [split.train, split.test].map((side) => all.take(side));

// An embedding learns from triplets with a margin that grows.
const sizes = { channels: [8, 16], hidden: 16, features: 32, embedding: 16 } as const;
const embedder = new dynaecg.Embedder({ ...sizes, length: beats.length, contextFeatures: 4, random });
const optimizer = new dynaecg.AdamW(embedder.parameters(), { learningRate: 5e-3 });
const how = { model: embedder, data: train, random, optimizer, perClass: 16, stepsPerIteration: 100 };
const triplets = new dynaecg.TripletTrainer(how);
for (const { iteration, loss, margin } of triplets.iterations(8))
  console.log(`iteration ${iteration}: loss ${loss.toFixed(3)}, margin ${margin.toFixed(2)}`);

// It is frozen, and a perceptron learns the classes from embeddings.
const classifier = new dynaecg.MlpClassifier({ inFeatures: 16, hidden: 32, classes: classes.length, random });
const data = { x: embedder.embed(train.x, { context: train.context }), labels: train.labels };
new dynaecg.ClassifierTrainer({ model: classifier, data, random, classWeights: 'balanced' }).fit(20);

// Table 1 of the paper.
const model = new dynaecg.EmbeddingClassifier({ embedder, classifier }, { classes });
const { labels } = model.classify(test.x, { context: test.context });
const { perClass, macro } = dynaecg.classificationScores(dynaecg.confusionMatrix(test.labels, labels, classes.length));
console.table(Object.fromEntries([...classes.map((name, k) => [name, perClass[k]]), ['overall', macro]]));
