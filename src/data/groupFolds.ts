import { checkCount } from '../core/check.ts';
import { checkLabels } from '../core/checkArrays.ts';
import { DataError } from '../core/errors.ts';

/** One of k ways to train on most samples and test on the others, as ascending positions. */
export interface Fold {
  train: Int32Array;
  test: Int32Array;
}

/**
 * Divides samples into k folds for cross-validation: each is the test set once, while the others are for training. A
 * group, such as the beats of a patient, stays in one fold, and each class is spread over the folds as evenly as groups
 * allow.
 *
 * Groups are placed one by one, starting with those whose class counts vary most (largest deviation), each in the fold
 * that leaves the class proportions most similar across folds (smallest mean over classes of the deviation over folds);
 * ties go to the smallest fold. Nothing is random.
 *
 * @param labels (N)
 * @param groups (N), the group number of every sample; `[...labels.keys()]` if samples are independent
 * @param folds k, at least 2
 * @throws DataError if there are fewer groups than folds
 * @see StratifiedGroupKFold of scikit-learn, without shuffling
 */
export function groupFolds(labels: ArrayLike<number>, groups: ArrayLike<number>, folds: number): Fold[] {
  return groupFoldsOf('groupFolds', labels, groups, folds);
}

/** `groupFolds` for `op`, whose errors call groups `what`. */
export function groupFoldsOf(
  op: string,
  labels: ArrayLike<number>,
  groups: ArrayLike<number>,
  folds: number,
  what = 'groups',
): Fold[] {
  checkLabels(op, 'labels', labels);
  checkLabels(op, what, groups, labels.length);
  checkCount(op, 'folds', folds, 2);
  const classOf = ranks(labels);
  const groupOf = ranks(groups);
  const [classes, size] = [classOf.count, groupOf.count];
  if (size < folds) throw new DataError(`${op}: expected at least ${folds} ${what}, got ${size}`);
  const counts = Array.from({ length: size }, () => new Array<number>(classes).fill(0));
  const totals = new Array<number>(classes).fill(0);
  groupOf.rank.forEach((g, i) => {
    counts[g][classOf.rank[i]]++;
    totals[classOf.rank[i]]++;
  });
  const spread = counts.map(deviation);
  const order = [...counts.keys()].sort((a, b) => spread[b] - spread[a]);
  const held = Array.from({ length: folds }, () => new Array<number>(classes).fill(0));
  const foldOf = new Int32Array(size);
  for (const g of order) {
    foldOf[g] = bestFold(held, counts[g], totals);
    add(held[foldOf[g]], counts[g], 1);
  }
  const positions = Int32Array.from(groupOf.rank.keys());
  return held.map((_, f) => ({
    train: positions.filter((i) => foldOf[groupOf.rank[i]] !== f),
    test: positions.filter((i) => foldOf[groupOf.rank[i]] === f),
  }));
}

const TIE = 1e-5; // relative difference below which deviations count as equal, and the smaller fold is taken
const TIE_NEAR_0 = 1e-8;

/** The fold in which a group with these class counts leaves the folds most similar. */
function bestFold(held: number[][], counts: readonly number[], totals: readonly number[]): number {
  let best = { fold: 0, apart: Number.POSITIVE_INFINITY, samples: Number.POSITIVE_INFINITY };
  for (const [fold, own] of held.entries()) {
    const samples = own.reduce((sum, n) => sum + n, 0);
    add(own, counts, 1);
    const apart = totals.reduce((sum, total, k) => sum + deviation(held.map((h) => h[k] / total)), 0) / totals.length;
    add(own, counts, -1);
    const tied = Math.abs(apart - best.apart) <= TIE_NEAR_0 + TIE * best.apart;
    if (apart < best.apart || (tied && samples < best.samples)) best = { fold, apart, samples };
  }
  return best.fold;
}

function add(sum: number[], counts: readonly number[], sign: 1 | -1): void {
  for (let k = 0; k < sum.length; k++) sum[k] += sign * counts[k];
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length);
}

/** The rank of each number among the distinct ones, ascending. */
function ranks(numbers: ArrayLike<number>): { rank: Int32Array; count: number } {
  const ascending = [...new Set(Array.from(numbers))].sort((a, b) => a - b);
  const places = new Map(ascending.map((n, place) => [n, place]));
  return { rank: Int32Array.from(numbers, (n) => places.get(n)!), count: ascending.length };
}
