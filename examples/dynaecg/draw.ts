import type { Random } from 'dynaecg';

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
