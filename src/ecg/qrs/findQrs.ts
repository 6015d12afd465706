import { QrsStream } from './qrsStream.ts';

export const REFRACTORY = 0.2; // s
export const LOWEST_RATE = 50; // Hz; below it the band of the QRS complex, up to 15 Hz, does not fit
export const HIGHEST_RATE = 1e6;
const AT_ONCE = 8192; // samples

/** A signal in pieces that do not need much memory each. */
export function* piecesOf(samples: Float32Array): Generator<Float32Array> {
  for (let i = 0; i < samples.length; i += AT_ONCE) yield samples.subarray(i, i + AT_ONCE);
}

/** The R peaks of a lead as `detectQrs` describes them, noise or not. */
export function findQrs(samples: Float32Array, samplingFrequency: number, refractory = REFRACTORY): Int32Array {
  const stream = new QrsStream(samplingFrequency, refractory);
  const peaks: number[] = [];
  const add = (found: ReturnType<QrsStream['end']>): void => {
    for (const { sample } of found) peaks.push(sample);
  };
  for (const piece of piecesOf(samples)) add(stream.push(piece));
  add(stream.end());
  return Int32Array.from(peaks);
}
