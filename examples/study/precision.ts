import { averagePrecision } from 'dynaecg';
import * as v from 'valibot';
import { dictionary } from '../shared/schema.ts';

/** Probabilities of the beats of a record, and their classes. */
export const scored = v.object({ labels: v.array(v.number()), probabilities: v.array(v.array(v.number())) });
export type Scored = v.InferOutput<typeof scored>;

/** Average precision of each class, by all beats together and by record; null where none or all are of the class. */
export const precisions = v.object({
  all: v.array(v.nullable(v.number())),
  records: dictionary(v.array(v.nullable(v.number()))),
});
export type Precisions = v.InferOutput<typeof precisions>;

/**
 * Average precision, which unlike F1 depends on no threshold: none carries over between databases whose shares of a class are
 * different.
 */
export function precisionsOf(records: Readonly<Record<string, Scored>>, classes: number): Precisions {
  const of = (all: readonly Scored[]): (number | null)[] =>
    Array.from({ length: classes }, (_, k) => {
      const isOwn = all.flatMap(({ labels }) => labels.map((label) => label === k));
      const scores = all.flatMap(({ probabilities }) => probabilities.map((p) => p[k]));
      return isOwn.includes(true) && isOwn.includes(false) ? averagePrecision(scores, isOwn) : null;
    });
  return {
    all: of(Object.values(records)),
    records: Object.fromEntries(Object.entries(records).map(([name, own]) => [name, of([own])])),
  };
}
