import type { Classified } from 'dynaecg';
import { isBeat } from 'dynaecg/ecg';
import type { MistakeMetrics } from '../../report/examined.ts';
import { type Recordings, withSignals } from '../recordings.ts';
import type { Samples } from '../samples.ts';

const SHOWN = 6; // mistakes of each pair of classes
const OF_A_RECORD = 2; // at most, so that they are of several patients
const SURE = 0.9;
const SECONDS = 1.5; // to either side of the R peak: a neighbour or two
const RATE = 120; // Hz, about: enough for the eye
const DIGITS = 100; // of a millivolt

/** The surest mistakes of each pair of classes, with the beats around them, and how many each record has. */
export function mistakes(
  { records }: Pick<Recordings, 'records'>,
  { beats, labels }: Samples,
  { probabilities, labels: predictions }: Classified,
): MistakeMetrics {
  const { classes, record, recordNames, sample, samplingFrequency } = beats;
  const K = classes.length;
  const sureness = (i: number): number => probabilities.data[i * K + predictions[i]];
  const wrong = [...labels.keys()].filter((i) => labels[i] !== predictions[i]);
  wrong.sort((a, b) => sureness(b) - sureness(a) || a - b);
  const sure: Record<string, number> = {};
  for (const i of wrong)
    if (sureness(i) >= SURE) sure[recordNames[record[i]]] = (sure[recordNames[record[i]]] ?? 0) + 1;

  const step = Math.max(1, Math.round(samplingFrequency / RATE));
  const reach = Math.floor((SECONDS * samplingFrequency) / step);
  const examples = classes.flatMap((_, k) =>
    classes.flatMap((_, j) =>
      few(
        wrong.filter((i) => labels[i] === k && predictions[i] === j),
        record,
      ),
    ),
  );
  const rowAt = new Map(examples.map((i): [number, Map<number, number>] => [record[i], new Map()]));
  for (const [i, r] of record.entries()) rowAt.get(r)?.set(sample[i], i);
  return {
    recorded: samplingFrequency,
    samplingFrequency: samplingFrequency / step,
    sure: { from: SURE, records: sure },
    examples: withSignals(
      records,
      examples,
      (i) => record[i],
      (i, samples) => {
        const { annotations } = records[record[i]];
        const before = Math.min(reach, Math.floor(sample[i] / step));
        const start = sample[i] - before * step;
        const length = Math.min(before + reach + 1, Math.floor((samples.length - start) / step));
        const inside = annotations.filter(
          (a) =>
            (isBeat(a.label) || rowAt.get(record[i])!.has(a.sample)) &&
            a.sample >= start &&
            a.sample < start + length * step,
        );
        return {
          record: recordNames[record[i]],
          sample: sample[i],
          label: labels[i],
          predicted: predictions[i],
          probability: sureness(i),
          signal: Array.from({ length }, (_, t) => mean(samples.subarray(start + t * step, start + (t + 1) * step))),
          before,
          beats: inside.map((a) => {
            const row = rowAt.get(record[i])!.get(a.sample);
            const at = Math.floor((a.sample - start) / step);
            const isWrong = row !== undefined && predictions[row] !== labels[row];
            return { at, label: a.label, taken: isWrong ? predictions[row] : null };
          }),
        };
      },
    ),
  };
}

/** The first of these, not too many of one record while there are others. */
function few(ordered: readonly number[], record: Int32Array): number[] {
  const times = new Map<number, number>();
  const chosen = ordered.filter((i) => {
    const n = (times.get(record[i]) ?? 0) + 1;
    times.set(record[i], n);
    return n <= OF_A_RECORD;
  });
  return chosen.slice(0, SHOWN);
}

function mean(values: Float32Array): number {
  return Math.round((DIGITS * values.reduce((a, b) => a + b, 0)) / values.length) / DIGITS;
}
