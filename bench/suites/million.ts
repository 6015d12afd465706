import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ClassifierTrainer,
  type DatasetLike,
  Embedder,
  MlpClassifier,
  MPerClassSampler,
  Random,
  Sequential,
  Tensor,
} from 'dynaecg';
import { extractBeats, syntheticRecords } from 'dynaecg/ecg';
import { type DatasetFile, openDataset, saveDataset } from 'dynaecg/node';
import type { Report } from '../support/report.ts';

const BEATS = 1_000_000;
const PATIENTS = 8; // whose recordings are cut again and again
const DURATION = 600; // s
const STEPS = 200;
const PER_CLASS = 32;

/** A million windows written recording by recording, and an embedder trained on them from the file: memory, and no time. */
export function benchMillion(report: Report): void {
  const { records } = syntheticRecords({
    seed: 'million',
    patients: PATIENTS,
    duration: DURATION,
    supraventricular: 0.1,
    ventricular: 0.1,
  });
  let n = 0;
  function* parts(): Generator<DatasetLike> {
    for (let r = 0; n < BEATS; r++) {
      const { x, labels, length } = extractBeats([records[r % PATIENTS]]);
      const own = Math.min(labels.length, BEATS - n);
      n += own;
      const windows = new Tensor(x.subarray(0, own * length), [own, 1, length]);
      yield { x: windows, labels: labels.subarray(0, own), groups: new Int32Array(own).fill(r) };
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-bench-'));
  const path = join(folder, 'beats.safetensors');
  try {
    const before = process.memoryUsage().rss / 2 ** 20;
    const tell = (what: string): void => {
      const peak = process.resourceUsage().maxRSS / 1024 - before;
      report.print(`  ${what}: ${peak.toFixed(0)} MiB at most`);
    };
    report.print(`\na million beats: resident memory above the ${before.toFixed(0)} MiB of the bench itself`);
    saveDataset(path, parts());
    tell(`${n} windows written, ${(statSync(path).size / 1e6).toFixed(0)} MB`);
    const data = openDataset(path);
    check(data.get([0]).x.data, extractBeats([records[0]]).x);
    train(data);
    tell(`trained on them, ${STEPS} batches of ${3 * PER_CLASS}`);
    data.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An epoch of the default network, scored on ten thousand other beats. */
function train(data: DatasetFile): void {
  const random = new Random('million');
  const embedder = new Embedder({ random });
  const classifier = new MlpClassifier({ inFeatures: 64, hidden: 64, classes: 3, random });
  new ClassifierTrainer({
    ...{ model: new Sequential(embedder, classifier), data, validationFraction: 0.01, random, stepsPerEpoch: STEPS },
    sampler: (labels, source) => new MPerClassSampler(labels, { perClass: PER_CLASS, random: source }),
  }).fit(1);
}

/** Throws unless the first window is the first that was cut. */
function check(found: ArrayLike<number>, cut: Float32Array): void {
  for (let i = 0; i < found.length; i++)
    if (found[i] !== cut[i])
      throw new Error(`million: expected ${cut[i]} at ${i} of the first window, got ${found[i]}`);
}
