/** A source of data in memory that remembers what it was asked for. */
import { Dataset, type DatasetLike, type DatasetSource } from 'dynaecg';
import * as assert from 'uvu/assert';

export const NAMES = ['TripletTrainer', 'ClassifierTrainer', 'Trainer'] as const;

/** A source of data in memory, and the positions that it was asked for. */
export function sourceOf(data: DatasetLike, known: Partial<DatasetSource> = { labels: data.labels }) {
  const whole = new Dataset(data);
  const asked: number[][] = [];
  const source: DatasetSource = {
    length: whole.length,
    ...known,
    get(indices) {
      assert.instance(indices, Int32Array);
      asked.push([...indices]);
      const { x, context } = whole.take(indices);
      const labels = Array.from(indices, (i) => data.labels[i]);
      indices.fill(-1); // of no consequence
      return { x, context, labels: labels as number[] };
    },
  };
  return { source, asked };
}
