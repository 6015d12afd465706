/** Streams of beats, and what comes out of them. */
import type { BeatStream, StreamedBeat, StreamedBeats, StreamNote } from 'dynaecg/ecg';

/** Some results as one. */
export function joined(parts: readonly StreamedBeats[]): StreamedBeats {
  return { beats: parts.flatMap(({ beats }) => beats), notes: parts.flatMap(({ notes }) => notes) };
}

/** What comes of samples that are pushed so many at a time, without the end. */
export function pushed(stream: BeatStream, samples: Float32Array, size = samples.length): StreamedBeats {
  const parts: StreamedBeats[] = [];
  for (let i = 0; i < samples.length; i += size) parts.push(stream.push(samples.subarray(i, i + size)));
  return joined(parts);
}

/** The same with the end. */
export function streamed(stream: BeatStream, samples: Float32Array, size?: number): StreamedBeats {
  return joined([pushed(stream, samples, size), stream.flush()]);
}

export const samplesOf = (beats: readonly StreamedBeat[]): number[] => beats.map(({ sample }) => sample);

/** `kind start-end` of each note, without those of learning. */
export const summaryOf = (notes: readonly StreamNote[]): string[] =>
  notes
    .filter(({ kind }) => kind !== 'learning')
    .map(({ kind, start, end }) => `${kind} ${start}-${end === null ? '' : end}`);
