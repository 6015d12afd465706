import { DEFAULT_GAIN } from '../ranges.ts';
import type { DigitalSamples } from './codec.ts';

/** How leads with unequal numbers of samples per frame share a sampling frequency. */
export const FRAMES = ['repeat', 'average'] as const;

/**
 * How leads with unequal numbers of samples per frame share a sampling frequency: that of the lead with most, where samples of
 * slower leads are repeated, or that of frames, where samples of faster leads are averaged.
 */
export type Frames = (typeof FRAMES)[number];

const like = (samples: DigitalSamples, length: number): DigitalSamples =>
  samples instanceof Int16Array ? new Int16Array(length) : new Int32Array(length);

/** A signal without the `skew` samples that precede sample 0, and as many invalid ones at its end. */
export function deskew(samples: DigitalSamples, skew: number, invalid: number): DigitalSamples {
  if (skew === 0) return samples;
  const out = like(samples, samples.length).fill(invalid);
  out.set(samples.subarray(Math.min(skew, samples.length)));
  return out;
}

/** A signal of `perFrame` samples a frame as one of `most`: of frame f, sample k is number `floor(perFrame k / most)`. */
export function repeatSamples(samples: DigitalSamples, perFrame: number, most: number): DigitalSamples {
  if (perFrame === most || samples.length === 0) return samples; // most may be claimed where there is no frame
  const out = like(samples, (samples.length / perFrame) * most);
  const from = new Int32Array(most);
  for (let k = 0; k < most; k++) from[k] = Math.floor((perFrame * k) / most);
  for (let i = 0, frame = 0; i < out.length; frame += perFrame)
    for (let k = 0; k < most; k++) out[i++] = samples[frame + from[k]];
  return out;
}

/** The mean of each frame in physical units; NaN for a frame with an invalid sample. */
export function averageFrames(
  samples: DigitalSamples,
  perFrame: number,
  { gain, baseline, invalid }: { gain: number; baseline: number; invalid: number },
): Float32Array {
  const out = new Float32Array(samples.length / perFrame);
  for (let f = 0, i = 0; f < out.length; f++) {
    let sum = 0;
    for (let k = 0; k < perFrame; k++, i++) sum += samples[i] === invalid ? Number.NaN : samples[i];
    out[f] = (sum / perFrame - baseline) / (gain || DEFAULT_GAIN);
  }
  return out;
}
