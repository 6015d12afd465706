// Beats with all that a network is given of them, in a file: windows are cut record by record, and read as they are asked for.
import { concat, DataError, type DatasetLike, type DatasetSource, gather, noGrad, Tensor } from 'dynaecg';
import {
  type BeatInput,
  beatChannels,
  beatTiming,
  type ClassMap,
  extractBeats,
  type PlacedBeats,
  subset,
} from 'dynaecg/ecg';
import { openDataset, saveDataset } from 'dynaecg/node';
import { collect } from '../shared/collect.ts';
import { withoutName } from '../shared/withoutName.ts';
import type { Configuration } from './configuration.ts';
import { LEAD, type Recorded, type Recordings, withLead } from './recordings.ts';

/** Windows, and timing where the network is given it. */
export interface Read {
  /** windows (n,C,L): of each beat, and of those before it where the network is given them */
  x: Tensor;
  /** timing (n,F) */
  context?: Tensor;
}

/** Beats with all that a network is given of them, which is read when it is asked for. */
export interface Samples extends DatasetSource {
  beats: PlacedBeats;
  labels: Int32Array;
  get(indices: Int32Array): Read & { labels: Int32Array };
}

type Asked = Pick<Configuration, 'length' | 'before' | 'normalize' | 'align' | 'timing' | 'reference' | 'previous'>;
const HEIGHTS_MATTER: readonly Configuration['normalize'][] = ['center', 'none'];

/** Cuts the beats of the recordings as the configuration says, and writes their windows to a file. */
export function samples({ records, task }: Pick<Recordings, 'records' | 'task'>, configuration: Asked): Samples {
  const placed: PlacedBeats[] = [];
  function* parts(): Generator<DatasetLike> {
    for (const record of records) {
      const { beats, labels, ...read } = cut(record, configuration, task.classes);
      const [first] = placed;
      if (first && beats.units !== first.units && HEIGHTS_MATTER.includes(configuration.normalize))
        throw new DataError(
          `--data: expected leads in ${first.units}, as in record ${first.recordNames[0]}, got ${beats.units} in ${record.name}`,
        );
      placed.push(beats);
      yield { ...read, labels };
      collect();
    }
  }
  const file = withoutName((path) => {
    saveDataset(path, parts());
    return openDataset(path);
  });
  const beats = joined(placed);
  const { labels } = beats;
  const get = (indices: Int32Array): ReturnType<Samples['get']> => {
    const { x, context } = file.get(indices);
    return { x, context, labels: indices.map((i) => labels[i]) };
  };
  return { beats, labels, length: labels.length, get };
}

/** The beats of one recording with their windows. */
export function cut(
  record: Recorded,
  { length, before, normalize, align, timing, ...past }: Asked,
  classes: ClassMap,
): Read & { beats: PlacedBeats; labels: Int32Array } {
  const own = [withLead(record)];
  const { x, ...beats } = extractBeats(own, { lead: LEAD, length, before, normalize, align, classes, invalid: 'drop' });
  const n = beats.labels.length;
  const context =
    timing.length > 0 ? new Tensor(beatTiming(own, beats, { features: timing }).x, [n, timing.length]) : undefined;
  const channels = beatChannels({ ...beats, x }, channelsOf(past));
  return { beats, x: channels, context, labels: beats.labels };
}

/** What a network is given of the beats before one, as a model's file says it. */
export function channelsOf({
  reference,
  previous,
}: Pick<Configuration, 'reference' | 'previous'>): Pick<BeatInput, 'reference' | 'previous'> {
  return {
    ...(reference > 0 && { reference: { memory: reference, similarity: 0.9 } }),
    ...(previous > 0 && { previous }),
  };
}

/** The windows alone, without those before. */
export function windowsOf({ x }: Read): Tensor {
  const [n, C, L] = x.shape;
  if (C === 1) return x;
  const windows = new Float32Array(n * L);
  for (let i = 0; i < n; i++) windows.set(x.data.subarray(i * C * L, (i * C + 1) * L), i * L);
  return new Tensor(windows, [n, 1, L]);
}

/** The samples at the given positions. */
export function take({ beats, get }: Samples, indices: Int32Array): Samples {
  const part = subset(beats, indices);
  const { labels } = part;
  return { beats: part, labels, length: labels.length, get: (at) => get(at.map((i) => indices[i])) };
}

/** Those of both, the first ones first. */
export function together(first: Samples, second: Samples): Samples {
  const beats = joined([first.beats, second.beats]);
  const { labels } = beats;
  const n = first.length;
  const get = (indices: Int32Array): ReturnType<Samples['get']> => {
    const own = Int32Array.from(indices.keys()).filter((i) => indices[i] < n);
    const others = Int32Array.from(indices.keys()).filter((i) => indices[i] >= n);
    if (others.length === 0) return first.get(indices);
    if (own.length === 0) return second.get(indices.map((i) => i - n));
    const [a, b] = [first.get(own.map((i) => indices[i])), second.get(others.map((i) => indices[i] - n))];
    const at = new Int32Array(indices.length); // where each is among those of the first and then those of the second
    [...own, ...others].forEach((i, row) => {
      at[i] = row;
    });
    const both = (p: Tensor, q: Tensor): Tensor => noGrad(() => gather(concat([p, q]), at));
    return {
      x: both(a.x, b.x),
      context: a.context && b.context && both(a.context, b.context),
      labels: indices.map((i) => labels[i]),
    };
  };
  return { beats, labels, length: labels.length, get };
}

/** All of them in memory. */
export function readAll({ labels, get }: Samples): Read & { labels: Int32Array } {
  return get(Int32Array.from(labels.keys()));
}

/** The beats of several sets, which have no recording in common, as one. */
function joined(sets: readonly PlacedBeats[]): PlacedBeats {
  const [first] = sets;
  const list = (of: (set: PlacedBeats, r: number) => Int32Array): Int32Array =>
    Int32Array.from(sets.flatMap((set, r) => [...of(set, r)]));
  const before = (of: (set: PlacedBeats) => number): number[] =>
    sets.map((_, r) => sets.slice(0, r).reduce((sum, set) => sum + of(set), 0));
  const listed = before(({ labels, dropped }) => labels.length + dropped.length);
  const recorded = before(({ recordNames }) => recordNames.length);
  const counts = { ...first.counts };
  for (const { counts: own } of sets.slice(1))
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += own[name];
  return {
    ...first,
    record: list(({ record }, r) => record.map((own) => own + recorded[r])),
    recordNames: sets.flatMap(({ recordNames }) => recordNames),
    sample: list(({ sample }) => sample),
    fiducial: list(({ fiducial }) => fiducial),
    labels: list(({ labels }) => labels),
    index: list(({ index }, r) => index.map((i) => i + listed[r])),
    recordLengths: sets.flatMap(({ recordLengths }) => recordLengths),
    leadNames: sets.flatMap(({ leadNames }) => leadNames),
    counts,
    dropped: sets.flatMap(({ dropped }) => dropped),
  };
}
