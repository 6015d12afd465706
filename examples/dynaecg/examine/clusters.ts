import { type Classified, classify, fitTrainingClusters, type Tensor, type TrainingClusters } from 'dynaecg';
import { drawByClass } from '../draw.ts';
import { outputs } from '../outputs.ts';
import { type Plan, type Samples, take } from '../plan.ts';
import { complete, type Member } from '../trainers.ts';

const DRAWN = 4000; // training beats of a class at most

/** Some training beats, what the networks make of them, and where they lie. */
export interface Known {
  samples: Samples;
  classified: Classified;
  clusters: TrainingClusters;
}

/** Draws training beats and clusters them. */
export async function knownBeats(plan: Plan, members: readonly Member[], quiet: boolean): Promise<Known> {
  const random = plan.random.fork('clusters');
  const samples = take(
    plan.train,
    drawByClass(plan.train.labels, () => DRAWN, random),
  );
  const networks = complete(members);
  const ask = (x: Tensor, context?: Tensor): Classified => classify(networks, x, { context });
  const classified = await outputs(ask, samples, `${plan.configuration.protocol}: embed training`, { quiet });
  const clusters = fitTrainingClusters(classified.embedding, samples.x, samples.labels, { random });
  return { samples, classified, clusters };
}
