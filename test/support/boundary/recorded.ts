/** Small recordings, their beats, and a model of them. */
import { Embedder, MlpClassifier, type ModelParts, Random } from 'dynaecg';
import * as e from 'dynaecg/ecg';

export const random = (): Random => new Random(1);
const SECONDS = 20;
const many = { supraventricular: 0.2, ventricular: 0.2 }; // so that every record has all classes

const made = ['a', 'b', 'c', 'd'].map((name) => {
  const whole = e.syntheticRecord({ seed: 1, name, duration: SECONDS, ...many });
  return { ...whole, annotations: whole.annotations.filter(({ label }) => e.isBeat(label)) };
});

/** Recordings that a mutation may spoil. */
export const records = (): e.EcgRecord[] =>
  made.map((record) => ({
    ...record,
    leads: record.leads.map(({ digital, ...lead }) => ({
      ...lead,
      samples: lead.samples.slice(),
      digital: digital && { ...digital, samples: digital.samples.slice() },
    })),
    annotations: record.annotations.map((a) => ({ ...a })),
    comments: [...record.comments],
  }));
export const record = (): e.EcgRecord => records()[0];

export const beats = (): e.BeatSet => {
  const set = e.extractBeats(made);
  return { ...set, labels: set.labels.slice() };
};
export const annotations = (): e.Annotation[] => record().annotations.slice(0, 4);
/** What is read of annotations where only their places and labels count. */
export const labels = (): unknown[] => annotations().map(({ sample, label }) => ({ sample, label, subtype: 0 }));

/** What is read of a recording that beats are cut from. */
export const plain = ({ name, samplingFrequency, leads }: e.EcgRecord): unknown => ({
  ...{ name, samplingFrequency, annotations: labels() },
  leads: leads.map((lead) => ({ name: lead.name, units: lead.units, samples: lead.samples })),
});
export const any = 'nonsense |  | case';
export const A_NUMBER = 'any finite number';
export const matrix = (): number[][] => e.COMPARED_CLASSES.map((_, i) => e.COMPARED_CLASSES.map((_, j) => i + j));

export const about = {
  classes: ['N', 'S', 'V'],
  samplingFrequency: 360,
  window: { length: 32, before: 16, normalize: 'zscore', lead: 'MLII', units: 'mV' },
  timing: [],
};

const embedder = new Embedder({
  ...{ length: 32, channels: [2, 2], kernel: 3, hidden: 2, features: 3, embedding: 2 },
  random: random(),
});
const classifier = new MlpClassifier({ inFeatures: 2, hidden: 3, classes: 3, random: random() });
export const model = (): ModelParts => ({ networks: [{ embedder, classifier }], about: structuredClone(about) });

/** A decoder of FLAC that these calls have no file for. */
export const flac = (): e.FlacSamples => ({ channels: [], bitsPerSample: 16 });
