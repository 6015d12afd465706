import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { AttentionPool } from '../nn/attentionPool.ts';
import { BatchNorm1d } from '../nn/batchNorm1d.ts';
import { ChannelAttention } from '../nn/channelAttention.ts';
import { Conv1d } from '../nn/conv1d.ts';
import { Dropout } from '../nn/dropout.ts';
import { Linear } from '../nn/linear.ts';
import { BiLSTM } from '../nn/lstm.ts';
import { Layer } from '../nn/module.ts';
import { l2Normalize } from '../ops/distance.ts';
import { relu } from '../ops/elementwise.ts';
import { concat, transpose } from '../ops/movement.ts';
import { checkConfig, defaultEmbedderConfig, type EmbedderConfig } from './embedderConfig.ts';
import { contextOf, signalsOf } from './embedderInput.ts';
import { type PredictOptions, predictInBatches } from './predict.ts';
import { PreparedEmbedder } from './prepared.ts';

/**
 * DynaECG-Net's embedding network (section 2.2, Figure 1): two blocks of convolution, batch norm, ReLU and max-pooling
 * by 2; a BiLSTM over time; attention pooling, equation (1); two fully connected layers; unit length. Signals x (B,C,L)
 * or, with one lead, (B,L) become embeddings z (B,d) with |z| = 1. With `contextFeatures` F, which goes beyond the
 * paper, numbers (B,F) that accompany each signal are concatenated with the output of attention pooling.
 *
 * @example
 *     declare const x: Tensor; // (B,253)
 *     const embedder = new Embedder({ random: new Random(0), length: 253, embedding: 64 });
 *     const z = embedder.embed(x); // (B,64)
 */
export class Embedder extends Layer {
  readonly config: EmbedderConfig;
  readonly conv1: Conv1d;
  readonly bn1: BatchNorm1d;
  readonly conv2: Conv1d;
  readonly bn2: BatchNorm1d;
  readonly channel_attention: ChannelAttention | null;
  readonly lstm: BiLSTM;
  readonly attention: AttentionPool;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(options: Partial<EmbedderConfig> & { random: Random }) {
    super();
    checkOptions('Embedder', options, ['random'], Object.keys(defaultEmbedderConfig));
    const { random, ...config } = options;
    const given = Object.entries(config).filter(([, value]) => value !== undefined);
    const all: EmbedderConfig = { ...defaultEmbedderConfig, ...Object.fromEntries(given) };
    checkConfig(all);
    checkKind('Embedder', 'random', random, 'random');
    const { inChannels, channels, kernel, hidden, features, embedding, contextFeatures } = all;
    const padding = (kernel - 1) / 2;
    this.config = all;
    this.conv1 = new Conv1d(inChannels, channels[0], kernel, { padding, random });
    this.bn1 = new BatchNorm1d(channels[0]);
    this.conv2 = new Conv1d(channels[0], channels[1], kernel, { padding, random });
    this.bn2 = new BatchNorm1d(channels[1]);
    this.channel_attention = all.channelAttention ? new ChannelAttention(channels[1], { random }) : null;
    this.lstm = new BiLSTM(channels[1], hidden, { random });
    this.attention = new AttentionPool(2 * hidden, { random, score: all.attention });
    this.fc1 = new Linear(2 * hidden + contextFeatures, features, { random });
    this.fc2 = new Linear(features, embedding, { random });
    this.dropout = new Dropout(all.dropout, { random: random.fork('dropout') });
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    const pooled = this.dropout.forward(this.attention.forward(this.sequence(x)));
    const numbers = contextOf(this.config, context, pooled.shape[0]);
    const features = relu(this.fc1.forward(numbers ? concat([pooled, numbers], 1) : pooled));
    return l2Normalize(this.fc2.forward(this.dropout.forward(features)));
  }

  /** Embeddings (N,d) of signals x (N,C,L) or (N,L), in inference mode, in batches, without recording. */
  embed(x: TensorLike, options: PredictOptions = {}): Tensor {
    return predictInBatches(this, (batch, context) => this.forward(batch, context), x, options, 'embed');
  }

  /**
   * A copy for inference alone, with the same bits: it records nothing and keeps its weights as they are now. A single beat takes it
   * four fifths of the time. A subclass with a `forward` of its own is returned as it is.
   *
   * @example
   *     declare const [embedder, beat]: [Embedder, Tensor];
   *     const z = predict(embedder.prepare(), beat);
   */
  override prepare(): Layer {
    return this.forward === Embedder.prototype.forward ? new PreparedEmbedder(this.config, this) : this;
  }

  /** Attention weights (N,T) of signals x: how much each time step (4 samples wide) contributes to an embedding. */
  attentionWeights(x: TensorLike, options: { batchSize?: number } = {}): Tensor {
    const forward = (batch: Tensor): Tensor => transpose(this.attention.attend(this.sequence(batch)).alpha);
    checkOptions('attentionWeights', options, [], ['batchSize']);
    return predictInBatches(this, forward, x, options, 'attentionWeights');
  }

  /** The BiLSTM's hidden states H (T,B,2h). */
  private sequence(x: TensorLike): Tensor {
    let t = signalsOf(this.config, x);
    t = this.bn1.reluPool(this.conv1.forward(t), 2);
    t = this.bn2.reluPool(this.conv2.forward(t), 2);
    if (this.channel_attention) t = this.channel_attention.forward(t);
    return this.lstm.forward(transpose(t, [2, 0, 1]));
  }
}
