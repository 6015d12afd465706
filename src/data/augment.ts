import { newVec } from '../autograd/creation.ts';
import { checkLive, Tensor } from '../autograd/tensor.ts';
import { checkCount, checkFinite, checkKind, formatValue } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { cos, exp, log, sin } from '../core/math.ts';
import type { Random } from '../core/random.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';
import { Dataset } from './dataset.ts';

/** Changes a batch x (B,C,L) or (B,L) in place, with independent draws for each sample. Trainers pass it a copy. */
export type Augmentation = (x: Tensor, random: Random) => void;

/**
 * Applies several augmentations in the given order.
 *
 * @example
 *     declare const [model, data, random]: [Embedder, Dataset, Random];
 *     const augment = composeAugmentations(timeShift(3), amplitudeScale(0.1), gaussianNoise(0.05));
 *     const trainer = new TripletTrainer({ model, data, random, augment });
 */
export function composeAugmentations(...steps: Augmentation[]): Augmentation {
  for (const [i, step] of steps.entries()) checkKind('composeAugmentations', `steps[${i}]`, step, 'function');
  return (x, random) => {
    for (const step of steps) step(x, random);
  };
}

/**
 * Several views of each sample of a batch, each augmented by independent draws, for losses that compare views: x (V
 * B,...), with the first view of all samples before the second, and their labels; `groups` is the sample, 0 to B - 1,
 * that each view belongs to.
 *
 * @param views V, 2 by default
 * @example
 *     const augment = composeAugmentations(timeShift(3), gaussianNoise(0.05));
 *     const objective: Objective = (model, batch, random) => {
 *       const { x, groups } = augmentedViews(batch, augment, random);
 *       return { loss: ntXentLoss(model.forward(x), groups!) }; // without labels; with them, supConLoss(z, labels)
 *     };
 */
export function augmentedViews(batch: Dataset, augment: Augmentation, random: Random, views = 2): Dataset {
  if (!(batch instanceof Dataset))
    throw new ArgumentError(`augmentedViews: expected batch to be a Dataset, got ${formatValue(batch)}`);
  checkKind('augmentedViews', 'augment', augment, 'function');
  checkKind('augmentedViews', 'random', random, 'random');
  checkCount('augmentedViews', 'views', views, 1);
  const B = batch.length;
  const taken = batch.take(Int32Array.from({ length: views * B }, (_, i) => i % B));
  augment(taken.x, random);
  const { x, context, labels } = taken;
  return new Dataset({ x, context, labels, groups: labels.map((_, i) => i % B) });
}

/** The sizes of a batch; C is 1 if there is no such axis. */
function sizes(op: string, x: Tensor, random: Random): { B: number; C: number; L: number } {
  if (!(x instanceof Tensor))
    throw new ArgumentError(`${op}: expected x to be a Tensor, which is changed in place, got ${formatValue(x)}`);
  checkKind(op, 'random', random, 'random');
  checkLive(op, x);
  const rank = x.shape.length;
  if (rank !== 2 && rank !== 3) throw new ShapeError(`${op}: expected x (B,C,L) or (B,L), got ${formatShape(x.shape)}`);
  return { B: x.shape[0], C: sizeOf(x.shape.slice(1, -1)), L: x.shape[rank - 1] };
}

/**
 * Shifts a sample along the time axis, y[t] = x[t - s], all channels together; beyond an end, the end value is
 * repeated.
 *
 * @param max the shift s is a whole number of samples, uniform from -max to max
 */
export function timeShift(max: number): Augmentation {
  checkCount('timeShift', 'max', max, 0);
  return (x, random) => {
    const { B, C, L } = sizes('timeShift', x, random);
    for (let b = 0; b < B; b++) {
      const drawn = random.integer(2 * max + 1) - max;
      const s = Math.min(Math.max(drawn, 1 - L), L - 1); // a shift beyond L - 1 also leaves only the end value
      for (let from = b * C * L, end = from + C * L; from < end; from += L) {
        const first = x.data[from];
        const last = x.data[from + L - 1];
        if (s > 0) x.data.copyWithin(from + s, from, from + L - s).fill(first, from, from + s);
        else if (s < 0) x.data.copyWithin(from, from - s, from + L).fill(last, from + L + s, from + L);
      }
    }
  };
}

/**
 * Stretches a sample's time axis about a fixed point: y[t] = x[c + (t - c) / (1 + u)], all channels together, with
 * linear interpolation; beyond an end, the end value is repeated.
 *
 * @param max u is uniform in [-max, max], max < 1: above 0 the sample gets longer, below 0 shorter
 * @param center c in samples, such as the position of the R peak; the middle by default
 */
export function timeStretch(max: number, center?: number): Augmentation {
  if (!(typeof max === 'number' && max >= 0 && max < 1))
    throw new ArgumentError(`timeStretch: expected max from 0 to below 1, got ${formatValue(max)}`);
  if (center !== undefined) checkFinite('timeStretch', 'center', center);
  return (x, random) => {
    const { B, C, L } = sizes('timeStretch', x, random);
    const c = center ?? (L - 1) / 2;
    const { data } = x;
    const old = newVec(x.dtype, L);
    for (let b = 0; b < B; b++) {
      const u = random.uniform(-max, max);
      const k = u / (1 + u); // c + (t - c) / (1 + u) = t + (c - t) k, which is t exactly for u = 0
      for (let from = b * C * L, end = from + C * L; from < end; from += L) {
        for (let t = 0; t < L; t++) old[t] = data[from + t];
        for (let t = 0; t < L; t++) {
          const at = Math.min(Math.max(t + (c - t) * k, 0), L - 1);
          const i = Math.floor(at);
          const w = at - i;
          data[from + t] = w > 0 ? old[i] + w * (old[i + 1] - old[i]) : old[i];
        }
      }
    }
  };
}

/**
 * Multiplies each sample by its own factor e^g.
 *
 * @param deviation g is normal with mean 0 and this standard deviation; 0.1 is about a tenth
 */
export function amplitudeScale(deviation: number): Augmentation {
  checkFinite('amplitudeScale', 'deviation', deviation, 0);
  return (x, random) => {
    const { B, C, L } = sizes('amplitudeScale', x, random);
    const { data } = x;
    for (let b = 0; b < B; b++) {
      const factor = exp(random.normal(0, deviation));
      for (let i = b * C * L, end = i + C * L; i < end; i++) data[i] *= factor;
    }
  };
}

/** Cycles per window: for a window of 0.7 s this is 0.15 to 0.85 Hz, the band of breathing and slow movement. */
const WANDER_CYCLES = [0.1, 0.6] as const;

/**
 * Adds a slow sinusoid to each sample, the same to all its channels: y[t] = x[t] + A sin(2 pi f t / L + p).
 *
 * @param amplitude A is uniform in [0, amplitude]
 * @param cycles f, in cycles over the L samples, is uniform between these two; p is uniform over the circle
 */
export function baselineWander(amplitude: number, cycles: readonly [number, number] = WANDER_CYCLES): Augmentation {
  checkKind('baselineWander', 'cycles', cycles, 'array');
  if (cycles.length !== 2)
    throw new ArgumentError(`baselineWander: expected two numbers of cycles, got ${formatValue(cycles)}`);
  const [low, high] = cycles;
  checkFinite('baselineWander', 'amplitude', amplitude, 0);
  checkFinite('baselineWander', 'cycles[0]', low, 0);
  checkFinite('baselineWander', 'cycles[1]', high, low);
  return (x, random) => {
    const { B, C, L } = sizes('baselineWander', x, random);
    const { data } = x;
    for (let b = 0; b < B; b++) {
      const a = random.uniform(0, amplitude);
      const step = (2 * Math.PI * random.uniform(low, high)) / L;
      const phase = random.uniform(0, 2 * Math.PI);
      const first = b * C * L;
      const end = first + C * L;
      // A point rotated by `step` each time: rounding errors grow to about L * 1e-16 only, at the cost of 4 products.
      const stepCos = cos(step);
      const stepSin = sin(step);
      let re = a * cos(phase);
      let im = a * sin(phase);
      for (let t = first; t < first + L; t++) {
        for (let i = t; i < end; i += L) data[i] += im;
        const turned = re * stepCos - im * stepSin;
        im = re * stepSin + im * stepCos;
        re = turned;
      }
    }
  };
}

/**
 * Smooths each sample like a recorder of lower bandwidth: y[t] = mean of x[t - k] to x[t + k], with the same k for all channels;
 * beyond an end, the end value is repeated.
 *
 * @param max k is a whole number of samples, uniform from 0, which leaves the sample as it is, to max
 */
export function movingAverage(max: number): Augmentation {
  checkCount('movingAverage', 'max', max, 0);
  return (x, random) => {
    const { B, C, L } = sizes('movingAverage', x, random);
    const { data } = x;
    const old = newVec(x.dtype, L);
    for (let b = 0; b < B; b++) {
      const k = random.integer(max + 1);
      if (k === 0) continue;
      for (let from = b * C * L, end = from + C * L; from < end; from += L) {
        for (let t = 0; t < L; t++) old[t] = data[from + t];
        for (let t = 0; t < L; t++) {
          let sum = 0;
          for (let j = t - k; j <= t + k; j++) sum += old[Math.min(Math.max(j, 0), L - 1)];
          data[from + t] = sum / (2 * k + 1);
        }
      }
    }
  };
}

/**
 * Adds independent normal numbers to all values of a sample.
 *
 * @param deviation the noise's standard deviation is uniform in [0, deviation], drawn per sample
 */
export function gaussianNoise(deviation: number): Augmentation {
  checkFinite('gaussianNoise', 'deviation', deviation, 0);
  return (x, random) => {
    const { B, C, L } = sizes('gaussianNoise', x, random);
    for (let b = 0; b < B; b++)
      addNoise(x.data.subarray(b * C * L, (b + 1) * C * L), random.uniform(0, deviation), random);
  };
}

// The polar method of Random.normal in pairs: without a spare number to store, 96 x 253 values take 0.8 ms, not 1.4.
function addNoise(data: Vec, deviation: number, random: Random): void {
  for (let i = 0; i < data.length; i += 2) {
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * random.uniform() - 1;
      v = 2 * random.uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = deviation * Math.sqrt((-2 * log(s)) / s);
    data[i] += u * scale;
    if (i + 1 < data.length) data[i + 1] += v * scale;
  }
}
