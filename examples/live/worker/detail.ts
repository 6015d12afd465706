import { pairwiseSquaredEuclidean, scope, type Tensor, tensor } from 'dynaecg';
import { type BeatInput, cutWindows, type Lead, peakTiming, resample } from 'dynaecg/ecg';
import type { Detail } from '../protocol.ts';
import type { Loaded } from './model.ts';

const NEIGHBOURS = 3;
const AROUND = 0.5; // s of signal on either side of a window: where a resampling filter and an R peak may reach
const RHYTHM = 40; // beats, more than the timing of one depends on

/** What a model makes of one beat: what it saw, where its attention was, and what it is near. */
export function detailOf(
  loaded: Loaded,
  lead: Lead,
  rate: number,
  beats: readonly { sample: number; label: string }[],
): Detail | null {
  const { model, input } = loaded;
  const { sample, label } = beats[beats.length - 1];
  const window = windowOf(input, lead, rate, sample);
  if (!window) return null;
  const x = tensor(window, [1, 1, window.length]);
  const own = { sample, label, window, attention: attentionOf(loaded, x), limit: model.novelty?.limit ?? null };
  if (loaded.trained) {
    const peaks = beats.slice(-RHYTHM).map((beat) => beat.sample);
    return { ...own, near: 'beats', neighbours: nearestBeats(loaded, x, peaks, rate) };
  }
  if (model.novelty) return { ...own, near: 'clusters', neighbours: nearestClusters(loaded, window) };
  return { ...own, near: 'nothing', neighbours: [] };
}

/** The beat as the networks get it; null at the edge of a recording. */
function windowOf(
  { samplingFrequency, window }: BeatInput,
  lead: Lead,
  rate: number,
  sample: number,
): Float32Array | null {
  const reach = Math.ceil((window.length / samplingFrequency + AROUND) * rate);
  const from = Math.max(0, sample - reach);
  const cut = lead.samples.slice(from, sample + reach);
  const samples = rate === samplingFrequency ? cut : resample(cut, rate, samplingFrequency);
  const record = { name: 'beat', samplingFrequency, leads: [{ ...lead, samples }], annotations: [], comments: [] };
  const at = Math.min(Math.round(((sample - from) * samplingFrequency) / rate), samples.length - 1);
  const list = {
    record: Int32Array.of(0),
    recordNames: ['beat'],
    sample: Int32Array.of(at),
    labels: Int32Array.of(0),
    classes: ['N'] as const,
  };
  const { length, before, normalize } = window;
  const { x } = cutWindows([record], list, {
    length,
    before,
    normalize,
    lead: lead.name,
    align: 'rPeak',
    invalid: 'drop',
  });
  return x.length === length ? x : null;
}

/** Where the attention of the networks lies, the mean over them. */
function attentionOf({ model: { networks } }: Loaded, x: Tensor): Float32Array {
  const all = networks.map(({ embedder }) => embedder.attentionWeights(x).data);
  return Float32Array.from(all[0], (_, t) => all.reduce((sum, weights) => sum + weights[t], 0) / all.length);
}

type Neighbours = Detail['neighbours'];

/** The training beats whose embeddings are nearest. */
function nearestBeats({ model, input, trained }: Loaded, x: Tensor, peaks: number[], rate: number): Neighbours {
  const { timing, window, classes } = input;
  const F = timing.length;
  const rows = F > 0 ? peakTiming(peaks, rate, { features: timing }).x : new Float32Array(0);
  const context = F > 0 ? tensor(rows.slice(-F), [1, F]) : undefined;
  const z = model.embed(x, { context });
  const squares = scope(() => pairwiseSquaredEuclidean(z, trained!.embeddings)).data;
  return nearest(squares).map((i) => ({
    window: trained!.x.slice(i * window.length, (i + 1) * window.length),
    label: classes[trained!.labels[i]],
    distance: Math.sqrt(Math.max(0, squares[i])),
  }));
}

/** The clusters of training beats that are nearest, by the novelty detector's distance; each drawn from its means. */
function nearestClusters({ model }: Loaded, window: Float32Array): Neighbours {
  const { centroids, spread, pooling } = model.novelty!;
  const [K, W] = centroids.shape;
  const { data } = centroids;
  const means = Float64Array.from({ length: W }, (_, j) => {
    const own = window.subarray(j * pooling, (j + 1) * pooling);
    return own.reduce((sum, v) => sum + v, 0) / pooling / spread;
  });
  const distances = Float64Array.from({ length: K }, (_, k) =>
    Math.sqrt(means.reduce((sum, u, j) => sum + (u - data[k * W + j]) ** 2, 0)),
  );
  return nearest(distances).map((k) => ({
    window: Float32Array.from(data.subarray(k * W, (k + 1) * W), (u) => u * spread),
    label: null,
    distance: distances[k],
  }));
}

/** Positions of the smallest values, the smallest first. */
function nearest(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  return order.slice(0, NEIGHBOURS);
}
