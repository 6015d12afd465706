import { argument } from '../autograd/argument.ts';
import { noGrad } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { DataError } from '../core/errors.ts';
import { Random } from '../core/random.ts';
import { checkScores } from '../eval/calibration/scores.ts';
import { withoutDrawing } from '../nn/init.ts';
import { checkFewLabels } from './fewLabels.ts';
import { MlpClassifier } from './mlpClassifier.ts';
import { predict } from './predict.ts';

/** Options of `correctHead`. */
export interface CorrectHeadOptions {
  /** squared distance from a prototype up to which it has an influence, at most 4, the largest between unit vectors
   * @defaultValue 0.05, for embeddings of cross-entropy or triplets, whose classes are about 1 apart */
  radius?: number;
  /** by how much the logit of the right class has to exceed the others
   * @defaultValue 0.5 */
  margin?: number;
  /** the largest change of a prototype's logits in a pass
   * @defaultValue 10 */
  step?: number;
  /** passes over the samples at most; it ends sooner when all are right by the margin
   * @defaultValue 20 */
  passes?: number;
}

const UNIT = 1e-3; // by how much the length of an embedding may differ from 1

/**
 * A classifier with prototypes: embeddings that it got wrong, or right by less than the margin, and whose class is
 * known. It classifies as before, but near a prototype p, where its logits are
 *
 *   logits(z) + a_p max(0, 1 - |z - p|^2 / radius)
 *
 * The a_p (K) are found by passive-aggressive updates: for a sample of class y whose logit does not exceed that of the
 * strongest other class j by the margin, both are moved as far as needed, up by t for y and down by t for j. Right
 * samples have no influence, so that one corrected sample is enough, and many right ones do no harm. On unit vectors
 * each prototype is one more hidden unit: the result is a classifier like any other, and can be saved as such.
 *
 * @param classifier is left as it is
 * @param z (N,D) embeddings of unit length, in the order in which they were labelled
 * @param labels (N), from 0 to K - 1
 * @throws ShapeError for sizes that do not fit; ArgumentError for a label outside 0 to K - 1 and options out of range;
 * DataError for embeddings that are not of unit length, or not finite
 * @see Crammer, Dekel, Keshet, Shalev-Shwartz and Singer, "Online passive-aggressive algorithms", JMLR 7, 2006, PA-I.
 * @example
 *     declare const [embedder, classifier, x]: [Embedder, MlpClassifier, Tensor];
 *     const corrected = correctHead(classifier, embedder.embed(x), [1, 0, 1]);
 *     const model = new EmbeddingClassifier({ embedder, classifier: corrected });
 */
export function correctHead(
  classifier: MlpClassifier,
  z: TensorLike,
  labels: ArrayLike<number>,
  options: CorrectHeadOptions = {},
): MlpClassifier {
  const op = 'correctHead';
  checkOptions(op, options, [], ['radius', 'margin', 'step', 'passes']);
  const { radius = 0.05, margin = 0.5, step = 10, passes = 20 } = options;
  checkRange(op, 'radius', radius, 1e-6, 4);
  checkRange(op, 'margin', margin, 0);
  checkRange(op, 'step', step, 1e-6);
  checkCount(op, 'passes', passes, 1);
  const { x, N, D, K } = checkFewLabels(op, classifier, argument(op, 'z', z), labels);
  for (let i = 0; i < N; i++) {
    const length = Math.hypot(...x.data.subarray(i * D, (i + 1) * D));
    if (Math.abs(length - 1) > UNIT)
      throw new DataError(`${op}: expected z of unit length, got ${length} at position ${i}`);
  }
  if (N === 0) return copyWith(classifier, x, [], new Map(), radius);

  const before = noGrad(() => predict(classifier, x));
  checkScores(op, 'logits', before, labels);
  const logits = Float64Array.from(before.data);
  const influence = (i: number, j: number): number => {
    let square = 0;
    for (let d = 0; d < D; d++) square += (x.data[i * D + d] - x.data[j * D + d]) ** 2;
    return Math.max(0, 1 - square / radius);
  };
  const changes = new Map<number, Float64Array>();
  for (let pass = 0, moved = true; moved && pass < passes; pass++) {
    moved = false;
    for (let i = 0; i < N; i++) {
      const y = labels[i];
      let other = y === 0 ? 1 : 0;
      for (let k = 0; k < K; k++) if (k !== y && logits[i * K + k] > logits[i * K + other]) other = k;
      const lacking = margin - (logits[i * K + y] - logits[i * K + other]);
      if (!(lacking > 1e-9) || K === 1) continue;
      const t = Math.min(lacking / 2, step);
      const own = changes.get(i) ?? new Float64Array(K);
      own[y] += t;
      own[other] -= t;
      changes.set(i, own);
      for (let j = 0; j < N; j++) {
        const h = influence(i, j);
        logits[j * K + y] += t * h;
        logits[j * K + other] -= t * h;
      }
      moved = true;
    }
  }
  const prototypes = [...changes.keys()].sort((a, b) => a - b);
  return copyWith(classifier, x, prototypes, changes, radius);
}

/** A copy with a hidden unit more for each prototype: max(0, 2/r p.z + 1 - 2/r) is the influence, as |z| = |p| = 1. */
function copyWith(
  { config, fc1, fc2 }: MlpClassifier,
  { data }: Tensor,
  prototypes: readonly number[],
  changes: ReadonlyMap<number, Float64Array>,
  radius: number,
): MlpClassifier {
  const { inFeatures: D, hidden, classes: K } = config;
  const H = hidden + prototypes.length;
  const copy = withoutDrawing(() => new MlpClassifier({ ...config, hidden: H, random: new Random(0) })).to(
    fc1.weight.dtype,
  );
  copy.fc1.weight.data.set(fc1.weight.data);
  copy.fc1.bias!.data.set(fc1.bias!.data);
  copy.fc2.bias!.data.set(fc2.bias!.data);
  for (let k = 0; k < K; k++) copy.fc2.weight.data.set(fc2.weight.data.subarray(k * hidden, (k + 1) * hidden), k * H);
  for (const [n, i] of prototypes.entries()) {
    for (let d = 0; d < D; d++) copy.fc1.weight.data[(hidden + n) * D + d] = (2 / radius) * data[i * D + d];
    copy.fc1.bias!.data[hidden + n] = 1 - 2 / radius;
    for (let k = 0; k < K; k++) copy.fc2.weight.data[k * H + hidden + n] = changes.get(i)![k];
  }
  return copy.eval();
}
