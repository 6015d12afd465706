import type { Random } from 'dynaecg';
import type { BeatSet } from 'dynaecg/ecg';

/** How many beats of a class t-SNE shows of either side, training and test: more would hide each other. */
export const MOST_LAID_OUT = { N: 800, other: 400 };

/** Positions of the beats that t-SNE shows of one side. */
export function drawToLayOut({ classes, labels }: BeatSet, random: Random): Int32Array {
  return drawByClass(labels, (k) => (classes[k] === 'N' ? MOST_LAID_OUT.N : MOST_LAID_OUT.other), random);
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
