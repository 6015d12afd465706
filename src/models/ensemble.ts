import { noGrad } from '../autograd/tape.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkFields, checkKind, checkOptions } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { Layer } from '../nn/module.ts';
import { add, affine } from '../ops/elementwise.ts';
import { concat } from '../ops/movement.ts';
import { softmax } from '../ops/reduce.ts';
import type { Embedder } from './embedder.ts';
import type { MlpClassifier } from './mlpClassifier.ts';
import { type PredictOptions, predict } from './predict.ts';

/**
 * Several models of one task as one: the mean of their outputs, y = sum_i f_i(x) / n. Of logits that is the geometric mean of
 * the probabilities. Networks that differ in nothing but their seed err on different samples, and the mean on fewer
 * (Hansen and Salamon, IEEE TPAMI 12(10), 1990).
 */
export class Ensemble extends Layer {
  readonly members: readonly Layer[];

  /** @throws ArgumentError where there is no member */
  constructor(members: readonly Layer[]) {
    super();
    checkKind('Ensemble', 'members', members, 'array');
    if (members.length === 0) throw new ArgumentError('Ensemble: expected at least one member, got none');
    for (const [i, member] of members.entries()) checkKind('Ensemble', `members[${i}]`, member, 'layer');
    this.members = members;
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    return mean(this.members.map((member) => member.forward(x, context)));
  }
}

function mean(outputs: readonly Tensor[]): Tensor {
  return affine(outputs.reduce(add), 1 / outputs.length, 0);
}

/** What networks, each an embedder with its classifier, make of samples. */
export interface Classified {
  /**
   * (N,D), the embeddings z_i (N,d_i) of n networks side by side, divided by sqrt(n): of unit length, so that a squared distance
   * is the mean of those that each network sees
   */
  embedding: Tensor;
  /** (N,K) by the mean of the networks' logits, as `Ensemble` */
  probabilities: Tensor;
}

/**
 * Embeds and classifies samples x (N,...) by all networks, in inference mode, in batches, without recording.
 *
 * @throws ArgumentError where there is no network
 */
export function classify(
  networks: readonly { embedder: Embedder; classifier: MlpClassifier }[],
  x: TensorLike,
  options: PredictOptions = {},
): Classified {
  checkOptions('classify', options, [], ['batchSize', 'context', 'progress']);
  checkKind('classify', 'networks', networks, 'array');
  if (networks.length === 0) throw new ArgumentError('classify: expected at least one network, got none');
  for (const [i, network] of networks.entries())
    checkFields('classify', `networks[${i}]`, network, { embedder: 'layer', classifier: 'layer' });
  const { batchSize, progress } = options;
  if (progress !== undefined) checkKind('classify', 'progress', progress, 'function');
  const told = (i: number) => progress && ((done: number) => progress((i + done) / networks.length));
  const embeddings = networks.map(({ embedder }, i) => predict(embedder, x, { ...options, progress: told(i) }));
  const logits = networks.map(({ classifier }, i) => predict(classifier, embeddings[i], { batchSize }));
  return noGrad(() => ({
    embedding: affine(concat(embeddings, 1), 1 / Math.sqrt(networks.length), 0),
    probabilities: softmax(mean(logits)),
  }));
}
