import { type NoveltyDetector, rocArea, type Tensor } from 'dynaecg';
import type { NoveltyMetrics } from '../../report/metrics.ts';
import { collect } from '../../shared/collect.ts';
import { pieces } from '../outputs.ts';
import type { Plan } from '../plan.ts';
import type { Recordings } from '../recordings.ts';
import { cut, windowsOf } from '../samples.ts';

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
  const groups = new Map([...classes, ...untaught].map((name): [string, number[]] => [name, []]));
  const add = (x: Tensor, classOf: (i: number) => string): void => {
    for (const [i, distance] of clusters.distance(x).entries()) groups.get(classOf(i))!.push(distance);
  };
  for (const piece of pieces(judged)) add(windowsOf(piece), (i) => classes[piece.labels[i]]);
  const known = classes.flatMap((name) => groups.get(name)!);
  const own = untaught.length > 0 ? records.filter(({ name }) => names.has(name)) : [];
  for (const each of own) {
    const found = cut(each, configuration, task.untaught);
    if (found.labels.length > 0) add(windowsOf(found), (i) => untaught[found.labels[i]]);
    collect();
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
  const areas = untaught.map((name) => [name, groups.get(name)!] as const);
  if (areas.length > 1) areas.push([untaught.join(' and '), areas.flatMap(([, own]) => own)]);
  const { centroids, limit } = clusters;
  return {
    clusters: centroids.shape[0],
    limit,
    byClass: Object.fromEntries(
      [...groups]
        .filter(([, d]) => d.length > 0)
        .map(([name, d]) => [name, { beats: d.length, above: d.filter((v) => v > limit).length / d.length }]),
    ),
    rocArea: Object.fromEntries(areas.flatMap(([name, d]) => area(d).map((value) => [name, value]))),
  };
}
