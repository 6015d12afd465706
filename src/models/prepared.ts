import { argument } from '../autograd/argument.ts';
import { empty } from '../autograd/creation.ts';
import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { arena } from '../backend/arena.ts';
import { ShapeError } from '../core/errors.ts';
import { expectShape } from '../core/shape.ts';
import { Layer, type Module } from '../nn/module.ts';
import type { EmbedderConfig } from './embedderConfig.ts';
import { contextOf, signalsOf } from './embedderInput.ts';
import { type Engine, embedBatch, logitsOf, scaled, type Weights } from './forward.ts';

const engine: Engine = { kernels, arena };

/** A copy of a module's weights and statistics. */
function weightsOf(module: Module): Weights {
  const tensors = Object.entries(module.stateDict());
  return {
    dtype: tensors[0][1].dtype,
    of: Object.fromEntries(tensors.map(([name, { data }]) => [name, data.slice()])),
  };
}

/** The values of an input, which have to be of the weights' dtype. */
function valuesOf(op: string, name: string, { data, dtype }: Tensor, { dtype: wanted }: Weights): Tensor['data'] {
  if (dtype !== wanted) throw new ShapeError(`${op}: expected ${name} of ${wanted}, got ${dtype}`);
  return data;
}

/** A tensor of values that a scope would take away. */
function resultOf(values: Tensor['data'], shape: readonly number[], { dtype }: Weights): Tensor {
  const result = empty(shape, dtype);
  result.data.set(values);
  return result;
}

/** What `Embedder.prepare` returns: its embeddings, to the bit, without a tape. */
export class PreparedEmbedder extends Layer {
  readonly config: EmbedderConfig;
  private readonly weights: Weights;

  /** To be made by `Embedder.prepare`. */
  constructor(config: EmbedderConfig, embedder: Module) {
    super();
    this.config = config;
    this.weights = scaled(weightsOf(embedder));
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    const { config, weights } = this;
    const signals = signalsOf(config, x);
    const [B] = signals.shape;
    const numbers = contextOf(config, context, B);
    const extra = numbers && valuesOf('Embedder', 'context', numbers, weights);
    const z = embedBatch(engine, config, weights, valuesOf('Embedder', 'x', signals, weights), extra, B);
    return resultOf(z, [B, config.embedding], weights);
  }
}

/** What `MlpClassifier.prepare` returns: its logits, to the bit, without a tape. */
export class PreparedMlp extends Layer {
  readonly config: { readonly inFeatures: number; readonly classes: number };
  private readonly weights: Weights;

  /** To be made by `MlpClassifier.prepare`. */
  constructor(config: PreparedMlp['config'], classifier: Module) {
    super();
    this.config = config;
    this.weights = weightsOf(classifier);
  }

  forward(z: TensorLike): Tensor {
    const { config, weights } = this;
    const t = argument('MlpClassifier', 'z', z);
    const { B } = expectShape<'B' | 'D'>('MlpClassifier', 'z (B,D)', t.shape, { D: config.inFeatures });
    const logits = logitsOf(engine, weights, valuesOf('MlpClassifier', 'z', t, weights), B);
    return resultOf(logits, [B, config.classes], weights);
  }
}
