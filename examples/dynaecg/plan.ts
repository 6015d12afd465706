import { ArgumentError, Random, stratifiedSplit } from 'dynaecg';
import {
  type BeatList,
  interPatientSplit,
  intraPatientSplit,
  listBeats,
  overlapWithTraining,
  type PatientOf,
  type PlacedBeats,
  type Split,
  splitPatients,
  temporalSplit,
} from 'dynaecg/ecg';
import { countAnnotated } from './classMap.ts';
import type { Configuration } from './configuration.ts';
import { closed, type Division } from './division.ts';
import { type Recordings, syntheticRecordings, trainedOnSynthetic } from './recordings.ts';
import { type Samples, samples, take, together } from './samples.ts';

/** What a model is trained on, decided before any training, so that what cannot be divided is known at once. */
export interface TrainingPlan {
  configuration: Configuration;
  /** of all recordings */
  all: Samples;
  /** to train on */
  train: Samples;
  /** of each class among them, or among those of recordings where there are synthetic ones too */
  shares: readonly number[];
  /** of recordings whose labels are not looked at, where the configuration asks for them */
  unlabelled?: Samples;
  /** to score every iteration on */
  validation: Samples;
  /** what the run draws from */
  random: Random;
  patientOf: PatientOf;
}

/** Which beats are for what. */
export interface Plan extends TrainingPlan {
  split: Split;
  /** whose records are for what where patients are kept apart */
  division: Division | null;
  /** beats of the recordings by class, those of no class too */
  annotated: Record<string, number>;
  /** share of the test windows that share samples with a training window of the same recording */
  overlap: number;
  /** to judge the finished model on */
  judged: Samples;
}

/**
 * Divides the beats. The test half is the same whatever the seed, and nothing but the final judgement of part `test` looks
 * at it: that of part `validation`, which settings are chosen by, is of beats (intra) or patients (inter) of the training
 * half. With another window a beat stays in its half, or is in neither where the window passes an edge of the recording or,
 * by time, a border between quarters.
 */
export function plan(
  recordings: Recordings,
  configuration: Configuration,
  seed: string,
  part: 'validation' | 'test' = 'test',
): Plan {
  const { protocol, halves, validationFraction, keep, trainOn } = configuration;
  if (trainOn !== 'recordings' && protocol !== 'inter')
    throw new ArgumentError(`trainOn ${trainOn}: expected protocol inter, got ${protocol}`);
  if (trainOn === 'synthetic') return planOnSynthetic(recordings, configuration, seed, part);
  if (trainOn === 'both') return planWithSynthetic(recordings, configuration, seed, part);
  const { records, task } = recordings;
  const { patientOf } = recordings.division;
  checkPerClass(configuration, Object.keys(task.classes));
  const random = new Random(`${seed}:${protocol}`);
  const all = samples(recordings, configuration);
  const byTime = protocol === 'intra' && halves === 'time';
  // By time, windows are divided, as they must not cross a border; otherwise beats are, with or without a window.
  const divided = byTime ? all.beats : listBeats(records, { classes: task.classes });
  const division = protocol === 'inter' ? closed(recordings.division, divided) : null;
  const split = byTime
    ? temporalSplit(all.beats, { patientOf })
    : division
      ? splitBy(divided, division)
      : intraPatientSplit(divided, { random: new Random('split'), patientOf });
  const draw = random.fork('validation');
  const stated = division?.validation;
  const aside = stated
    ? splitStated(divided, split.train, stated)
    : division
      ? splitPatients(divided, split.train, validationFraction, draw, patientOf)
      : splitBeats(divided, split.train, validationFraction, draw);

  const at = byTime ? null : rowsOf(all.beats, divided.sample.length);
  const present = (indices: Int32Array): Int32Array => (at ? indices.map((i) => at[i]).filter((i) => i >= 0) : indices);
  const sides = { train: present(split.train), test: present(split.test) };
  const whole = part === 'test' && keep === 'last' && !stated; // nothing is chosen any more: train on all that is for training
  // Where the last iteration is kept, scores are there to look at only, and a tenth of the beats will do.
  const watched = keep === 'last' ? aTenth(divided, aside.validation, draw) : aside.validation;
  const train = take(all, present(whole ? split.train : aside.train));
  return {
    ...{ configuration, division, patientOf, all, random, train, shares: sharesOf(train) },
    unlabelled: unlabelledOf(recordings, configuration),
    annotated: countAnnotated(records, task),
    split: { ...split, ...sides },
    overlap: overlapWithTraining(all.beats, sides).length / sides.test.length,
    validation: take(all, present(watched)),
    judged: take(all, present(part === 'test' ? split.test : aside.validation)),
  };
}

/** Trains on the training part of the recordings and on synthetic ones besides, of which none is watched or judged. */
function planWithSynthetic(
  given: Recordings,
  configuration: Configuration,
  seed: string,
  part: 'validation' | 'test',
): Plan {
  const own = plan(given, { ...configuration, trainOn: 'recordings' }, seed, part);
  return { ...own, configuration, train: withSynthetic(own.train, given, configuration, seed) };
}

/** Some beats of recordings, and behind them all of synthetic ones. */
function withSynthetic(own: Samples, { task }: Recordings, configuration: Configuration, seed: string): Samples {
  return together(own, samples({ records: syntheticRecordings(configuration, seed), task }, configuration));
}

/** @throws ArgumentError where a configuration asks for recordings without labels, and there are none */
function unlabelledOf({ unlabelled = [], task }: Recordings, configuration: Configuration): Samples | undefined {
  const { invariance } = configuration;
  if (invariance === 'none') return undefined;
  if (unlabelled.length === 0)
    throw new ArgumentError(`invariance ${invariance}: expected recordings without labels, got none`);
  return samples({ records: unlabelled, task }, configuration);
}

/** Trains on synthetic recordings; watches beats of the training patients of the given ones, and judges by those or by the others. */
function planOnSynthetic(
  given: Recordings,
  configuration: Configuration,
  seed: string,
  part: 'validation' | 'test',
): Plan {
  const { keep, protocol } = configuration;
  const random = new Random(`${seed}:${protocol}:synthetic`);
  const division = closed(given.division, listBeats(given.records, { classes: given.task.classes }));
  const recordings = trainedOnSynthetic({ ...given, division }, configuration, seed, part);
  const all = samples(recordings, configuration);
  const split = splitBy(all.beats, recordings.division);
  const known = beatsOf(all.beats, Int32Array.from(all.labels.keys()), division.train);
  const train = take(all, split.train);
  return {
    ...{ configuration, division: recordings.division, patientOf: division.patientOf, all, random },
    ...{ train, shares: sharesOf(train) },
    annotated: countAnnotated(recordings.records, given.task),
    split,
    overlap: 0,
    validation: take(all, keep === 'last' ? aTenth(all.beats, known, random.fork('validation')) : known),
    judged: take(all, split.test),
  };
}

/** Trains on all beats of the recordings, for a model that is judged by others; a tenth of the beats is watched. */
export function planOnAll(recordings: Recordings, configuration: Configuration, seed: string): TrainingPlan {
  const { keep, trainOn } = configuration;
  if (keep !== 'last') throw new ArgumentError(`keep: expected last, as no beats are left to choose by, got ${keep}`);
  if (trainOn === 'synthetic') throw new ArgumentError(`trainOn: expected recordings or both, got ${trainOn}`);
  const random = new Random(`${seed}:${configuration.protocol}`);
  const all = samples(recordings, configuration);
  const every = Int32Array.from(all.labels.keys());
  const watched = aTenth(all.beats, every, random.fork('validation'));
  const { patientOf } = recordings.division;
  const train = configuration.trainOn === 'both' ? withSynthetic(all, recordings, configuration, seed) : all;
  return { configuration, all, train, shares: sharesOf(all), validation: take(all, watched), random, patientOf };
}

/** The share of each class. */
function sharesOf({ beats: { classes }, labels }: Samples): number[] {
  return classes.map((_, k) => labels.filter((label) => label === k).length / labels.length);
}

/** Where each of n beats is among those that have a window; -1 for one that has none. */
function rowsOf({ index }: PlacedBeats, n: number): Int32Array {
  const rows = new Int32Array(n).fill(-1);
  index.forEach((i, row) => {
    rows[i] = row;
  });
  return rows;
}

/** @throws ArgumentError for a setting that is a list for other classes */
function checkPerClass({ perClass, bias }: Configuration, classes: readonly string[]): void {
  const lists = { perClass: typeof perClass === 'number' ? [] : perClass, bias: bias.some((b) => b !== 0) ? bias : [] };
  for (const [name, { length }] of Object.entries(lists))
    if (length > 0 && length !== classes.length)
      throw new ArgumentError(
        `configuration: expected ${name} with a number for each of ${classes.join(', ')}, got ${length} numbers`,
      );
}

/** A tenth of the beats of each class, and of a scarce one two, if it has as many. */
function aTenth({ labels }: BeatList, indices: Int32Array, random: Random): Int32Array {
  const own = indices.map((i) => labels[i]);
  const limit = (label: number): number => Math.max(2, Math.round(own.filter((l) => l === label).length / 10));
  return drawByClass(own, limit, random).map((i) => indices[i]);
}

function splitBy(beats: BeatList, { train, test, patientOf, allowShared }: Division): Split {
  return interPatientSplit(beats, { train, test, patientOf, allowShared });
}

/** Of some beats, those of the records named. */
function beatsOf({ record, recordNames }: BeatList, indices: Int32Array, names: readonly string[]): Int32Array {
  return indices.filter((i) => names.includes(recordNames[record[i]]));
}

function splitStated(beats: BeatList, indices: Int32Array, names: readonly string[]) {
  const others = beats.recordNames.filter((name) => !names.includes(name));
  return { train: beatsOf(beats, indices, others), validation: beatsOf(beats, indices, names) };
}

function splitBeats(beats: BeatList, indices: Int32Array, fraction: number, random: Random) {
  const { train, validation } = stratifiedSplit(
    indices.map((i) => beats.labels[i]),
    { fraction, random, atLeast: 2 }, // a triplet needs two of a class
  );
  return { train: train.map((i) => indices[i]), validation: validation.map((i) => indices[i]) };
}

/** Positions of at most `limit(class)` samples of each class, drawn at random, ascending. */
export function drawByClass(labels: Int32Array, limit: (label: number) => number, random: Random): Int32Array {
  const left = new Map<number, number>();
  const drawn = random.permutation(labels.length).filter((i) => {
    const open = left.get(labels[i]) ?? limit(labels[i]);
    left.set(labels[i], open - 1);
    return open > 0;
  });
  return drawn.sort();
}
