import { type Classified, EmbeddingClassifier, NoveltyDetector } from 'dynaecg';
import { classifyAll } from '../outputs.ts';
import { drawByClass, type TrainingPlan } from '../plan.ts';
import { readAll, type Samples, take, windowsOf } from '../samples.ts';
import type { Member } from '../trainers.ts';

const DRAWN = 4000; // training beats of a class at most
const DETAIL = 0.044; // s, the means that beats are compared by: about half a QRS complex

/** Some training beats, what the networks make of them, and where they lie. */
export interface Known {
  samples: Samples;
  classified: Classified;
  clusters: NoveltyDetector;
}

/** Draws training beats and clusters them. */
export async function knownBeats(plan: TrainingPlan, members: readonly Member[], quiet: boolean): Promise<Known> {
  const random = plan.random.fork('clusters');
  const samples = take(
    plan.train,
    drawByClass(plan.train.labels, () => DRAWN, random),
  );
  const model = new EmbeddingClassifier(members);
  const name = `${plan.configuration.protocol}: embed training`;
  const classified = (await classifyAll(model, samples, name, { quiet }))!; // nothing stops it
  const { record, recordNames, samplingFrequency } = samples.beats;
  const patients = recordNames.map((name) => plan.patientOf(name));
  const groups = record.map((r) => patients.indexOf(patients[r]));
  const pooling = Math.round(DETAIL * samplingFrequency);
  const clusters = NoveltyDetector.fit(windowsOf(readAll(samples)), samples.labels, { random, groups, pooling });
  return { samples, classified, clusters };
}
