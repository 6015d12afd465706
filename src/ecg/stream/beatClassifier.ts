import { Tensor } from '../../autograd/tensor.ts';
import { CheckpointError } from '../../core/errors.ts';
import type { ModelParts } from '../../formats/model.ts';
import { EmbeddingClassifier } from '../../models/embeddingClassifier.ts';
import type { NoveltyDetector } from '../../models/noveltyDetector.ts';
import type { AnnotatedBeat } from '../annotate/annotated.ts';
import { type BeatInput, labelsOf } from '../annotate/beatInput.ts';
import { labelBeat } from '../annotate/labelBeats.ts';
import type { ReadyBeat } from './windowStream.ts';

/** Gives beats their classes; how many at a time makes no difference. */
export class BeatClassifier {
  private readonly input: BeatInput;
  private readonly model: EmbeddingClassifier;
  private readonly inChannels: number;
  private readonly novelty: NoveltyDetector | null;

  /** @throws CheckpointError for a model without a classifier */
  constructor(op: string, model: ModelParts, input: BeatInput) {
    if (model.networks.some(({ classifier }) => classifier === null))
      throw new CheckpointError(`${op}: expected a model with a classifier, got none`);
    this.input = input;
    this.model = new EmbeddingClassifier(model.networks, { temperature: model.temperature }).prepare();
    this.inChannels = model.networks[0].embedder.config.inChannels;
    this.novelty = model.novelty ?? null;
  }

  classify(beats: readonly ReadyBeat[]): AnnotatedBeat[] {
    const { classes, timing, window } = this.input;
    const labelOf = labelsOf(this.input);
    const whole = beats.filter(({ x }) => x !== null);
    const [n, L, F, K] = [whole.length, window.length, timing.length, classes.length];
    const C = this.inChannels;
    const x = new Tensor(new Float32Array(n * C * L), [n, C, L]);
    const alone = C === 1 ? x : new Tensor(new Float32Array(n * L), [n, 1, L]);
    const context = new Tensor(new Float32Array(n * F), [n, F]);
    whole.forEach((beat, row) => {
      x.data.set(beat.channels!, row * C * L);
      if (C > 1) alone.data.set(beat.x!, row * L);
      context.data.set(beat.context, row * F);
    });
    const classified = n === 0 ? null : this.model.classify(x, F > 0 ? { context } : {});
    const distances = n === 0 ? undefined : this.novelty?.distance(alone);
    let row = 0;
    return beats.map(({ sample, x: own, noisy, dropped }) => {
      if (own === null || classified === null)
        return { sample, label: 'Q', why: dropped ?? 'edge', nearest: null, probabilities: [], distance: null };
      const probabilities = Array.from(classified.probabilities.data.subarray(row * K, (row + 1) * K));
      const [nearest, label] = [classes[classified.labels[row]], labelOf[classified.labels[row]]];
      const facts = { window: own, nearest, label, distance: distances?.[row] ?? null, noisy };
      row++;
      return labelBeat(sample, facts, probabilities, this.novelty);
    });
  }
}
