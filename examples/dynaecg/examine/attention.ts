import type { Classified, Tensor } from 'dynaecg';
import type { AttentionExample } from '../../report/metrics.ts';
import { type Recordings, withSignals } from '../recordings.ts';
import { readAll, type Samples, take } from '../samples.ts';
import type { Member } from '../trainers.ts';

const DIGITS = 1e5; // more than a picture can show
const TYPICAL = 2; // of each class, from records that differ

/** Where attention looks in typical beats, and in the surest of each kind of mistake. */
export function attentionExamples(
  { records }: Recordings,
  members: readonly Member[],
  judged: Samples,
  { embeddings, probabilities }: Classified,
  predictions: Int32Array,
): AttentionExample[] {
  const { beats, labels } = judged;
  const K = beats.classes.length;
  const sureness = (i: number): number => probabilities.data[i * K + predictions[i]];
  const positions = [...labels.keys()];
  const chosen: [kind: AttentionExample['kind'], at: number][] = [];
  for (let k = 0; k < K; k++) {
    const right = positions.filter((i) => labels[i] === k && predictions[i] === k);
    for (const i of middle(embeddings, right, beats.record)) chosen.push(['typical', i]);
  }
  for (let k = 0; k < K; k++)
    for (let j = 0; j < K; j++) {
      const mistaken = j === k ? [] : positions.filter((i) => labels[i] === k && predictions[i] === j);
      if (mistaken.length > 0) chosen.push(['wrong', mistaken.reduce((a, b) => (sureness(b) > sureness(a) ? b : a))]);
    }
  if (chosen.length === 0) return [];

  const rows = Int32Array.from(chosen, ([, i]) => i);
  const { x } = readAll(take(judged, rows));
  const weights = members.map(({ embedder }) => embedder.attentionWeights(x));
  const T = weights[0].shape[1];
  const signals = withSignals(
    records,
    chosen,
    ([, i]) => beats.record[i],
    ([, i], signal) => {
      const start = beats.fiducial[i] - beats.before;
      return Array.from(signal.subarray(start, start + beats.length), rounded);
    },
  );
  return chosen.map(([kind, i], row) => {
    return {
      record: beats.recordNames[beats.record[i]],
      sample: beats.sample[i],
      kind,
      label: labels[i],
      predicted: predictions[i],
      probability: sureness(i),
      signal: signals[row],
      before: beats.before,
      samplingFrequency: beats.samplingFrequency,
      weights: Array.from({ length: T }, (_, t) =>
        rounded(weights.reduce((sum, { data }) => sum + data[row * T + t], 0) / weights.length),
      ),
    };
  });
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}

/** Of some beats those nearest to their middle among the embeddings, each from another record. */
function middle({ data, shape: [, D] }: Tensor, positions: readonly number[], record: Int32Array): number[] {
  const centre = new Float64Array(D);
  for (const i of positions) for (let d = 0; d < D; d++) centre[d] += data[i * D + d] / positions.length;
  const distance = (i: number): number => centre.reduce((sum, c, d) => sum + (data[i * D + d] - c) ** 2, 0);
  const nearest = positions.map((i): [number, number] => [distance(i), i]).sort(([a, i], [b, j]) => a - b || i - j);
  const found: number[] = [];
  for (const [, i] of nearest)
    if (found.length < TYPICAL && found.every((other) => record[other] !== record[i])) found.push(i);
  return found;
}
