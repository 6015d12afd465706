import { type Classified, EmbeddingClassifier, type NoveltyDetector, rocArea } from 'dynaecg';
import type { AamiClass } from 'dynaecg/ecg';
import type { NoveltyMetrics } from '../../report/metrics.ts';
import { classifyAll } from '../outputs.ts';
import { type Plan, samples } from '../plan.ts';
import type { Recordings } from '../recordings.ts';
import type { Member } from '../trainers.ts';

const UNKNOWN = ['F', 'Q'] as const satisfies AamiClass[]; // annotated beats of classes that no network was trained on

/**
 * How the distance to the nearest cluster tells F and Q beats of the records that were judged from their beats of the known
 * classes.
 */
export async function novelty(
  { records }: Recordings,
  { configuration, judged }: Plan,
  members: readonly Member[],
  { embeddings }: Classified,
  clusters: NoveltyDetector,
  quiet: boolean,
): Promise<NoveltyMetrics> {
  const { classes, record, recordNames } = judged.beats;
  const names = new Set(Array.from(record, (r) => recordNames[r]));
  const unknown = samples({ records: records.filter(({ name }) => names.has(name)) }, configuration, UNKNOWN);
  const distances = clusters.distance(embeddings, judged.x);
  const groups = classes.map((name, k): [string, Float64Array] => [
    name,
    distances.filter((_, i) => judged.labels[i] === k),
  ]);
  const known = groups.flatMap(([, distance]) => [...distance]);
  if (unknown.labels.length > 0) {
    const model = new EmbeddingClassifier(members);
    const name = `${configuration.protocol}: F and Q beats`;
    const classified = (await classifyAll(model, unknown, name, { quiet }))!; // nothing stops it
    const own = clusters.distance(classified.embeddings, unknown.x);
    for (const [k, name] of UNKNOWN.entries()) groups.push([name, own.filter((_, i) => unknown.labels[i] === k)]);
  }
  const area = (distances: readonly number[]): [number] | [] => {
    const scores = [...known, ...distances];
    return distances.length > 0
      ? [
          rocArea(
            scores,
            scores.map((_, i) => i >= known.length),
          ),
        ]
      : [];
  };
  const of = (name: string): number[] => groups.flatMap(([group, distance]) => (group === name ? [...distance] : []));
  const areas = [
    ['F', of('F')],
    ['Q', of('Q')],
    ['F and Q', [...of('F'), ...of('Q')]],
  ] as const;
  const { centroids, limit } = clusters;
  return {
    clusters: centroids.shape[0],
    limit,
    byClass: Object.fromEntries(
      groups
        .filter(([, d]) => d.length > 0)
        .map(([name, d]) => [name, { beats: d.length, above: d.filter((v) => v > limit).length / d.length }]),
    ),
    rocArea: Object.fromEntries(areas.flatMap(([name, d]) => area(d).map((value) => [name, value]))),
  };
}
