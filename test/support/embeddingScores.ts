/** The scores of an embedding by plain loops. */
import type { Dataset, Tensor } from 'dynaecg';
import { range } from './trainers.ts';

/** The triplets of a batch, as [anchor, positive, negative]. */
export const triplets = (labels: ArrayLike<number>): [number, number, number][] => {
  const all = range(labels.length);
  return all.flatMap((a) =>
    all
      .filter((p) => p !== a && labels[p] === labels[a])
      .flatMap((p) => all.filter((n) => labels[n] !== labels[a]).map((n): [number, number, number] => [a, p, n])),
  );
};

/** Macro F1 over the classes that the validation data have, by the votes of the 9 nearest, sample by sample. */
export function neighborF1(
  known: Dataset,
  asked: Dataset,
  { reference = [1, 1, 1, 1], validation = [1, 1, 1, 1] } = {},
): number {
  const at = ({ data, shape: [, D] }: Tensor, i: number): number[] => [...data.subarray(i * D, (i + 1) * D)];
  const rows = range(known.labels.length).map((i) => at(known.x, i));
  const predicted = range(asked.labels.length).map((i) => {
    const own = at(asked.x, i);
    const far = rows.map((row) => row.reduce((sum, v, k) => sum + (v - own[k]) ** 2, 0));
    const nearest = [...far.keys()].sort((a, b) => far[a] - far[b] || a - b).slice(0, 9);
    const votes = reference.map((w, c) => w * nearest.filter((j) => known.labels[j] === c).length);
    return votes.indexOf(Math.max(...votes));
  });
  const weight = (counts: (label: number, prediction: number) => boolean): number =>
    predicted.reduce((sum, p, i) => sum + (counts(asked.labels[i], p) ? validation[asked.labels[i]] : 0), 0);
  const scores = [...new Set(asked.labels)].map((c) => {
    const right = weight((label, p) => label === c && p === c);
    return (2 * right) / (weight((label) => label === c) + weight((_, p) => p === c)); // 2 TP / (2 TP + FN + FP)
  });
  return scores.reduce((a, b) => a + b) / scores.length;
}
