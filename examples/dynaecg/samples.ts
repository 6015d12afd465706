// Beats with all that a network is given of them, in a file: windows are cut record by record, and read as they are asked for.
import { DataError, type DatasetLike, type DatasetSource, Tensor } from 'dynaecg';
import { beatTiming, type ClassMap, extractBeats, type PlacedBeats, subset } from 'dynaecg/ecg';
import { openDataset, saveDataset } from 'dynaecg/node';
import { collect } from '../shared/collect.ts';
import { withoutName } from '../shared/withoutName.ts';
import type { Configuration } from './configuration.ts';
import { LEAD, type Recorded, type Recordings, withLead } from './recordings.ts';

/** Windows, and timing where the network is given it. */
export interface Read {
  /** windows (n,1,L) */
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

type Asked = Pick<Configuration, 'length' | 'before' | 'normalize' | 'align' | 'timing'>;
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
  { length, before, normalize, align, timing }: Asked,
  classes: ClassMap,
): Read & { beats: PlacedBeats; labels: Int32Array } {
  const own = [withLead(record)];
  const { x, ...beats } = extractBeats(own, { lead: LEAD, length, before, normalize, align, classes, invalid: 'drop' });
  const n = beats.labels.length;
  const context =
    timing.length > 0 ? new Tensor(beatTiming(own, beats, { features: timing }).x, [n, timing.length]) : undefined;
  return { beats, x: new Tensor(x, [n, 1, length]), context, labels: beats.labels };
}

/** The samples at the given positions. */
export function take({ beats, get }: Samples, indices: Int32Array): Samples {
  const part = subset(beats, indices);
  const { labels } = part;
  return { beats: part, labels, length: labels.length, get: (at) => get(at.map((i) => indices[i])) };
}

/** All of them in memory. */
export function readAll({ labels, get }: Samples): Read & { labels: Int32Array } {
  return get(Int32Array.from(labels.keys()));
}

/** The beats of several recordings as one set, each recording with a set of its own. */
function joined(sets: readonly PlacedBeats[]): PlacedBeats {
  const [first] = sets;
  const list = (of: (set: PlacedBeats, r: number) => Int32Array): Int32Array =>
    Int32Array.from(sets.flatMap((set, r) => [...of(set, r)]));
  const listed = sets.map(({ labels, dropped }) => labels.length + dropped.length);
  const before = listed.map((_, r) => listed.slice(0, r).reduce((sum, n) => sum + n, 0));
  const counts = { ...first.counts };
  for (const { counts: own } of sets.slice(1))
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += own[name];
  return {
    ...first,
    record: list(({ record }, r) => record.map(() => r)),
    recordNames: sets.flatMap(({ recordNames }) => recordNames),
    sample: list(({ sample }) => sample),
    fiducial: list(({ fiducial }) => fiducial),
    labels: list(({ labels }) => labels),
    index: list(({ index }, r) => index.map((i) => i + before[r])),
    recordLengths: sets.flatMap(({ recordLengths }) => recordLengths),
    leadNames: sets.flatMap(({ leadNames }) => leadNames),
    counts,
    dropped: sets.flatMap(({ dropped }) => dropped),
  };
}
