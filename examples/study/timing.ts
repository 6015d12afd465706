import { averagePrecision, ClassifierTrainer, MlpClassifier, MPerClassSampler, Random, Tensor } from 'dynaecg';
import { beatTiming, DS1, extractBeats, patientFolds, type TimingFeature } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { align } from '../shared/text.ts';

const FOLDS = 5;
const MANY = 10; // S beats of a record for its own figure to say anything
const CAUSAL: readonly TimingFeature[] = ['previous', 'change', 'rate'];

/** The sets of features that are compared. */
const SETS: readonly (readonly TimingFeature[])[] = [
  CAUSAL,
  [...CAUSAL, 'irregularity'],
  [...CAUSAL, 'irregularity', 'median'],
  [...CAUSAL, 'irregularity', 'shortest'],
  [...CAUSAL, 'irregularity', 'median', 'shortest'],
  [...CAUSAL, 'irregularity', 'next'],
  [...CAUSAL, 'irregularity', 'next', 'delayedShortest'],
  [...CAUSAL, 'irregularity', 'next', 'delayedPause'],
  [...CAUSAL, 'irregularity', 'shortest', 'next', 'delayedShortest', 'delayedPause'],
];

/** A small perceptron on timing alone, for each set of features, trained on four fifths of DS1's patients and judged on the others. */
export function compareTimings({ data, seeds }: { data: string; seeds: readonly string[] }): void {
  const records = DS1.map((name) => loadRecord(`${data}/${name}`));
  const beats = extractBeats(records, { length: 1, before: 0 });
  const folds = patientFolds(beats, FOLDS);
  const n = beats.labels.length;
  const rows = SETS.map((features) => {
    const { x } = beatTiming(records, beats, { features });
    const F = features.length;
    const at = (rows: Int32Array): Tensor =>
      new Tensor(
        Float32Array.from({ length: rows.length * F }, (_, i) => x[rows[Math.floor(i / F)] * F + (i % F)]),
        [rows.length, F],
      );
    const figures = seeds.map((seed) => {
      const probabilities = new Float32Array(3 * n);
      for (const [f, { train, test }] of folds.entries()) {
        const random = new Random(`timing ${seed} ${f}`);
        const labels = train.map((i) => beats.labels[i]);
        const model = new MlpClassifier({ inFeatures: F, hidden: 16, classes: 3, random });
        const counts = [64, 64, 64];
        const shift = counts.map((m, k) => Math.log(m / 192 / (labels.filter((l) => l === k).length / labels.length)));
        const trainer = new ClassifierTrainer({
          ...{ model, data: { x: at(train), labels }, random, keep: 'last' },
          sampler: (own, random) => new MPerClassSampler(own, { perClass: counts, random }),
          stepsPerEpoch: 150,
          logitAdjustment: shift,
        });
        for (const _ of trainer.epochs(8));
        const p = model.probabilities(at(test)).data;
        for (const [row, i] of test.entries()) probabilities.set(p.subarray(3 * row, 3 * row + 3), 3 * i);
      }
      return figuresOf(beats, probabilities);
    });
    return [features.join(' '), ...[0, 1, 2].map((k) => spread(figures.map((own) => own[k])))];
  });
  console.log(
    align([['DS1, five folds of patients, timing alone', 'S AP', 'V AP', 'S AP by record'], ...rows]).join('\n'),
  );
}

/** Average precision of S and V over all beats, and of S as the mean over the records that have some. */
function figuresOf({ labels, record }: { labels: Int32Array; record: Int32Array }, p: Float32Array): number[] {
  const of = (k: number, positions: readonly number[]): number =>
    averagePrecision(
      positions.map((i) => p[3 * i + k]),
      positions.map((i) => labels[i] === k),
    );
  const all = [...labels.keys()];
  const own = [...new Set(record)]
    .map((r) => all.filter((i) => record[i] === r))
    .filter((positions) => positions.filter((i) => labels[i] === 1).length >= MANY);
  return [of(1, all), of(2, all), own.reduce((sum, positions) => sum + of(1, positions), 0) / own.length];
}

/** The mean over the seeds, and from the least to the most. */
function spread(values: readonly number[]): string {
  const percent = (x: number): string => (100 * x).toFixed(1);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length === 1) return percent(mean);
  return `${percent(mean)} (${percent(Math.min(...values))}-${percent(Math.max(...values))})`;
}
