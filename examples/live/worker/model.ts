import { CheckpointError, decodeModel, type SavedModel, type Tensor, tensor } from 'dynaecg';
import { type BeatInput, beatInput } from 'dynaecg/ecg';
import type { ModelCard, TrainingBeats } from '../protocol.ts';

/** A model that beats are classified with, and what is known of its training. */
export interface Loaded {
  id: string;
  model: SavedModel;
  input: BeatInput;
  /** the beats that it was trained on, embedded by it */
  trained: (TrainingBeats & { embeddings: Tensor }) | null;
}

/** A model of beats out of a file, or that of the package, which comes as a file of its own when it is asked for. */
export async function loadModel(id: string, file: Uint8Array | null, beats: TrainingBeats | null): Promise<Loaded> {
  const model = file ? decodeModel(file) : (await import('./shipped.ts')).beatModel();
  const input = beatInput(model);
  if (model.networks.some(({ classifier }) => classifier === null))
    throw new CheckpointError('expected a model with a classifier, got one that only embeds');
  return { id, model, input, trained: beats && embedded(model, input, beats) };
}

function embedded(model: SavedModel, { window, timing }: BeatInput, beats: TrainingBeats): Loaded['trained'] {
  const n = beats.labels.length;
  const context = timing.length > 0 ? tensor(beats.context, [n, timing.length]) : undefined;
  return { ...beats, embeddings: model.embed(tensor(beats.x, [n, 1, window.length]), { context }) };
}

/** What is said of a model. */
export function cardOf({ id, model, input }: Loaded): ModelCard {
  return {
    id,
    networks: model.networks.length,
    weights: model.parameters().reduce((sum, { size }) => sum + size, 0),
    classes: [...input.classes],
    rate: input.samplingFrequency,
    length: input.window.length,
    before: input.window.before,
    timing: [...input.timing],
    clusters: model.novelty?.centroids.shape[0] ?? 0,
  };
}
