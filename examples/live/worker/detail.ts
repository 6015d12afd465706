import { pairwiseSquaredEuclidean, scope, type Tensor, tensor } from 'dynaecg';
import { BeatChannels, type BeatInput, cutWindows, type Lead, peakTiming, resample } from 'dynaecg/ecg';
import type { Detail } from '../protocol.ts';
import type { Loaded } from './model.ts';

const NEIGHBOURS = 3;
const AROUND = 0.5; // s of signal on either side of a window: where a resampling filter and an R peak may reach
const RHYTHM = 40; // beats, more than the timing of one depends on

/** What a model makes of the beats of a recording, given one after the other, since networks may be given those before too. */
export class Details {
  readonly #loaded: Loaded;
  readonly #lead: Lead;
  readonly #rate: number;
  readonly #channels: BeatChannels;
  #peaks: number[] = [];

  constructor(loaded: Loaded, lead: Lead, rate: number) {
    const { reference, previous } = loaded.input;
    this.#loaded = loaded;
    this.#lead = lead;
    this.#rate = rate;
    this.#channels = new BeatChannels({ reference, previous });
  }

  /** What the networks saw of the last of these beats, where their attention was, and what it is near; null without beats, and at the edge. */
  next(beats: readonly { sample: number; label: string }[]): Detail | null {
    let last: Detail | null = null;
    for (const [i, beat] of beats.entries()) {
      this.#peaks = [...this.#peaks, beat.sample].slice(-RHYTHM);
      if (this.#channels.count === 1 && i < beats.length - 1) continue; // no other beat has a part in it
      const window = windowOf(this.#loaded.input, this.#lead, this.#rate, beat.sample);
      const channels = window && this.#channels.next(window);
      if (i < beats.length - 1) continue;
      last =
        window && channels && this.#detail(beat, window, tensor(channels, [1, this.#channels.count, window.length]));
    }
    return last;
  }

  #detail({ sample, label }: { sample: number; label: string }, window: Float32Array, x: Tensor): Detail {
    const { model, trained } = this.#loaded;
    const attention = attentionOf(this.#loaded, x);
    const own = { sample, label, window, attention, limit: model.novelty?.limit ?? null };
    if (trained) return { ...own, near: 'beats', neighbours: nearestBeats(this.#loaded, x, this.#peaks, this.#rate) };
    if (model.novelty) return { ...own, near: 'clusters', neighbours: nearestClusters(this.#loaded, window) };
    return { ...own, near: 'nothing', neighbours: [] };
  }
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
