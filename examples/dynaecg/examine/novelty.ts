import { type NoveltyDetector, rocArea } from 'dynaecg';
import type { NoveltyMetrics } from '../../report/metrics.ts';
import { type Plan, samples } from '../plan.ts';
import type { Recordings } from '../recordings.ts';

/**
 * How the distance to the nearest cluster tells beats of no class (F and Q, for AAMI's N, S and V) from the others, of the records that
 * were judged.
 */
export function novelty(
  { records, task }: Recordings,
  { configuration, judged }: Plan,
  clusters: NoveltyDetector,
): NoveltyMetrics {
  const { classes, record, recordNames } = judged.beats;
  const names = new Set(Array.from(record, (r) => recordNames[r]));
  const untaught = Object.keys(task.untaught);
  const own = records.filter(({ name }) => names.has(name));
  const distances = clusters.distance(judged.x);
  const groups = classes.map((name, k): [string, Float64Array] => [
    name,
    distances.filter((_, i) => judged.labels[i] === k),
  ]);
  const known = groups.flatMap(([, distance]) => [...distance]);
  const unknown = untaught.length > 0 ? samples({ records: own, task }, configuration, task.untaught) : null;
  if (unknown && unknown.labels.length > 0) {
    const distances = clusters.distance(unknown.x);
    for (const [k, name] of untaught.entries())
      groups.push([name, distances.filter((_, i) => unknown.labels[i] === k)]);
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
  const areas = untaught.map((name) => [name, of(name)] as const);
  if (areas.length > 1) areas.push([untaught.join(' and '), areas.flatMap(([, own]) => own)]);
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
