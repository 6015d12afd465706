import { basename, dirname, join } from 'node:path';
import { EmbeddingClassifier, pairwiseSquaredEuclidean, Random, type Tensor } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';
import { type Configuration, readConfiguration } from '../dynaecg/configuration.ts';
import { drawToLayOut, layOut } from '../dynaecg/examine/layout.ts';
import { planOfMember, trainTeacher } from '../dynaecg/members.ts';
import { json } from '../dynaecg/output.ts';
import { classifyAll } from '../dynaecg/outputs.ts';
import { plan } from '../dynaecg/plan.ts';
import { JUST, openRecordings, type Recordings } from '../dynaecg/recordings.ts';
import { take } from '../dynaecg/samples.ts';
import type { History } from '../dynaecg/train.ts';
import { keptRound, trainMember } from '../dynaecg/train.ts';
import { makeNetwork } from '../dynaecg/trainers.ts';
import { type Distances, drawLayouts, type LaidOut, type Layouts } from '../report/layouts.ts';
import { prepareFolder } from '../shared/folder.ts';
import { fingerprint } from './fingerprint.ts';

/** What to lay out, of which recordings, and the page to write, or the folder for it. */
export interface LayoutsAsked {
  names: readonly string[];
  data: string;
  seed: string;
  out: string;
}

const MEMBER = 0;

/**
 * Trains a network of each configuration on what is for training where settings are chosen, never touching the test half,
 * and draws its training beats side by side with those of the others: a page, and its figures as JSON next to it, written
 * anew after each configuration.
 *
 * @returns where they are
 */
export async function writeLayouts({
  names,
  data,
  seed,
  out,
}: LayoutsAsked): Promise<{ page: string; figures: string }> {
  const page = out.endsWith('.html') ? out : join(out, 'layout.html');
  const figures = join(dirname(page), `${basename(page, '.html')}.json`);
  const asked = [...new Set(names)].map((name) => ({ name, configuration: readConfiguration(name) }));
  prepareFolder('--out', dirname(page));
  const recordings = await openRecordings({ ...JUST, data: [data], quiet: false, seed, configurations: [] });
  const layouts: Layouts = { source: recordings.source, seed, classes: [], configurations: [] };
  for (const [i, { name, configuration }] of asked.entries()) {
    process.stderr.write(`${name}, ${i + 1} of ${asked.length}\n`);
    const { classes, ...laidOut } = await layOutTraining(recordings, { name, configuration, seed }, false);
    layouts.classes = classes;
    layouts.configurations.push(laidOut);
    writeFileAtomic(figures, json(layouts));
    writeFileAtomic(page, drawLayouts(layouts));
  }
  return { page, figures };
}

/** Trains the first network of a configuration, and lays out training beats as it embeds them. */
export async function layOutTraining(
  recordings: Recordings,
  { name, configuration, seed }: { name: string; configuration: Configuration; seed: string },
  quiet: boolean,
): Promise<LaidOut & Pick<Layouts, 'classes'>> {
  const whole = plan(recordings, configuration, seed, 'validation');
  const own = planOfMember(whole, MEMBER);
  const history: History = { iterations: [], epochs: [] };
  const seconds = { embedder: 0, embedding: 0, classifier: 0 };
  const place = { before: [], finished: [], teacher: await trainTeacher(whole, { quiet }) };
  const member = await trainMember(own, makeNetwork(own), place, history, seconds, { quiet });

  const { protocol, keep } = configuration;
  const samples = take(whole.train, drawToLayOut(whole.train.beats, new Random('layout'))); // the same for all networks
  const model = new EmbeddingClassifier(member);
  const found = (await classifyAll(model, samples, `${protocol}: embed training`, { quiet }))!;
  const { embeddings: embedding, labels: predictions } = found;
  const layout = await layOut({ samples, embedding, predictions }, null, `${protocol}: t-SNE`, quiet);
  const { iterations } = history;
  const rounds = iterations.length > 0 ? iterations : history.epochs;
  const kept = keptRound(rounds, keep);
  const margins = iterations.map(({ margin }) => margin);
  return {
    classes: [...samples.beats.classes],
    name,
    settings: fingerprint(configuration),
    configuration,
    member: MEMBER,
    train: whole.train.labels.length,
    rounds: rounds.length,
    kept,
    margin:
      margins.length > 0 ? { start: margins[0], end: margins[margins.length - 1], kept: margins[kept - 1] } : null,
    distances: meanDistances(embedding, samples.labels),
    layout,
  };
}

/** Over all pairs of different rows of embeddings (N,D); NaN where there is no such pair. */
export function meanDistances(embedding: Tensor, labels: ArrayLike<number>): Distances {
  const N = labels.length;
  const { data } = pairwiseSquaredEuclidean(embedding);
  const sums = { positive: 0, negative: 0 };
  const pairs = { positive: 0, negative: 0 };
  for (let a = 0; a < N; a++)
    for (let b = a + 1; b < N; b++) {
      const side = labels[a] === labels[b] ? 'positive' : 'negative';
      sums[side] += data[a * N + b];
      pairs[side]++;
    }
  return { positive: sums.positive / pairs.positive, negative: sums.negative / pairs.negative };
}
