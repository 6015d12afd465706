import { type Classified, EmbeddingClassifier, NoveltyDetector } from 'dynaecg';
import { classifyAll } from '../outputs.ts';
import { drawByClass, type Plan, type Samples, take } from '../plan.ts';
import type { Member } from '../trainers.ts';

const DRAWN = 4000; // training beats of a class at most

/** Some training beats, what the networks make of them, and where they lie. */
export interface Known {
  samples: Samples;
  classified: Classified;
  clusters: NoveltyDetector;
}

/** Draws training beats and clusters them. */
export async function knownBeats(plan: Plan, members: readonly Member[], quiet: boolean): Promise<Known> {
  const random = plan.random.fork('clusters');
  const samples = take(
    plan.train,
    drawByClass(plan.train.labels, () => DRAWN, random),
  );
  const model = new EmbeddingClassifier(members);
  const name = `${plan.configuration.protocol}: embed training`;
  const classified = (await classifyAll(model, samples, name, { quiet }))!; // nothing stops it
  const clusters = NoveltyDetector.fit(classified.embeddings, samples.x, samples.labels, { random });
  return { samples, classified, clusters };
}
