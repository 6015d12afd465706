import { concat, drive, gather, noGrad, Random, type Tensor, trustworthiness, tsne } from 'dynaecg';
import type { BeatList } from 'dynaecg/ecg';
import { type Layout, MOST_LAID_OUT } from '../../report/metrics.ts';
import { Progress } from '../../shared/progress.ts';
import { drawByClass } from '../plan.ts';
import { type Samples, take } from '../samples.ts';

const PERPLEXITY = 30; // Barnes-Hut t-SNE's usual one, less where there are few beats
/**
 * Four times scikit-learn's rate, and 100 iterations with exaggeration for its 250: after 500 iterations the divergence of 1,500 to 3,200
 * embeddings is within 2 % of that after 1,000 of scikit-learn's, and their trustworthiness within 0.0003.
 */
const ITERATIONS = 500;
const EXAGGERATED = 100;
const POINTS_PER_RATE = 12;
const LEAST_RATE = 200;
const DIGITS = 1000; // places that a picture can show

/** Beats with their embeddings and the classes they are taken for. */
export interface Placed {
  samples: Samples;
  embedding: Tensor;
  predictions: Int32Array;
}

/** t-SNE of some training beats, alone or with some of those to judge by in one picture; it draws the same training beats. */
export async function layOut(known: Placed, judged: Placed | null, name: string, quiet: boolean): Promise<Layout> {
  const random = new Random('layout');
  const placed = judged ? [known, judged] : [known];
  const sides = placed.map(({ samples, embedding, predictions }) => {
    const drawn = drawToLayOut(samples.beats, random);
    return {
      beats: take(samples, drawn).beats,
      embedding: noGrad(() => gather(embedding, drawn)),
      predicted: drawn.map((i) => predictions[i]),
    };
  });
  const x = noGrad(() => concat(sides.map(({ embedding }) => embedding)));
  const [n] = x.shape;
  const perplexity = Math.min(PERPLEXITY, Math.floor((n - 1) / 3));
  const progress = new Progress(name, quiet);
  const learningRate = Math.max(n / POINTS_PER_RATE, LEAST_RATE);
  const own = { perplexity, iterations: ITERATIONS, exaggerationIterations: EXAGGERATED, learningRate, random };
  const { layout, klDivergence } = await drive(tsne(x, own), {
    onStep: ({ iteration }) => progress.update(iteration / ITERATIONS, `iteration ${iteration} of ${ITERATIONS}`),
  });
  const trust = trustworthiness(x, layout);
  progress.finish(`${n} beats, trustworthiness ${trust.toFixed(3)}`);
  const column = (c: number): number[] =>
    Array.from({ length: n }, (_, i) => Math.round(layout.data[2 * i + c] * DIGITS) / DIGITS);
  return {
    perplexity,
    divergence: klDivergence,
    trustworthiness: trust,
    samplingFrequency: known.samples.beats.samplingFrequency,
    x: column(0),
    y: column(1),
    trained: sides.flatMap(({ beats }, s) => Array.from(beats.labels, () => s === 0)),
    record: sides.flatMap(({ beats }) => Array.from(beats.record, (r) => beats.recordNames[r])),
    sample: sides.flatMap(({ beats }) => Array.from(beats.sample)),
    label: sides.flatMap(({ beats }) => Array.from(beats.labels)),
    predicted: sides.flatMap(({ predicted }) => Array.from(predicted)),
  };
}

/** Positions of the beats that t-SNE shows of one side. */
export function drawToLayOut({ labels }: BeatList, random: Random): Int32Array {
  return drawByClass(labels, (k) => (k === 0 ? MOST_LAID_OUT.first : MOST_LAID_OUT.other), random);
}
