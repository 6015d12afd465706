import { checkCount, checkOneOf, checkRange, formatValue, wrongKind } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { ATTENTION_SCORES, type AttentionScore } from '../nn/attentionPool.ts';

/** Configuration of an Embedder: plain data that is saved with its weights. */
export interface EmbedderConfig {
  /** samples of one signal, L */
  length: number;
  /** leads, C */
  inChannels: number;
  /** filters of the two convolutional blocks */
  channels: readonly [number, number];
  /** kernel width of both, odd, so that the convolution preserves the length */
  kernel: number;
  /** LSTM units per direction, h */
  hidden: number;
  /** units of the first fully connected layer */
  features: number;
  /** numbers in an embedding, d */
  embedding: number;
  /** how attention scores a time step: `dot`, as in equation (1), or `additive` */
  attention: AttentionScore;
  /** squeeze-and-excitation after the convolutions */
  channelAttention: boolean;
  /** probability of dropout before each fully connected layer */
  dropout: number;
  /** numbers F that join a signal before the first fully connected layer, such as a beat's timing; not in the paper */
  contextFeatures: number;
}

/** The sizes used for MIT-BIH's beats; the paper specifies only the length. */
export const defaultEmbedderConfig: EmbedderConfig = {
  length: 253,
  inChannels: 1,
  channels: [32, 64],
  kernel: 5,
  hidden: 64,
  features: 128,
  embedding: 64,
  attention: 'dot',
  channelAttention: false,
  dropout: 0,
  contextFeatures: 0,
};

/** Throws unless all of the configuration is in range. */
export function checkConfig(config: EmbedderConfig): void {
  const op = 'Embedder';
  const { length, inChannels, channels, kernel, hidden, features, embedding, contextFeatures } = config;
  checkCount(op, 'length', length, 4); // two poolings by 2
  for (const [name, size] of Object.entries({ inChannels, kernel, hidden, features, embedding }))
    checkCount(op, name, size, 1);
  if (!Array.isArray(channels)) throw wrongKind(op, 'channels', 'an array', formatValue(channels));
  if (channels.length !== 2) throw new ArgumentError(`${op}: expected two channels, got ${formatValue(channels)}`);
  for (const [i, size] of channels.entries()) checkCount(op, `channels[${i}]`, size, 1);
  checkCount(op, 'contextFeatures', contextFeatures, 0);
  if (kernel % 2 === 0) throw new ArgumentError(`${op}: expected an odd kernel, got ${kernel}`);
  checkOneOf(op, 'attention', config.attention, ATTENTION_SCORES);
  if (typeof config.channelAttention !== 'boolean')
    throw wrongKind(op, 'channelAttention', 'true or false', formatValue(config.channelAttention));
  checkRange(op, 'dropout', config.dropout, 0, 1);
}

/** The number of weights in the matrices of an embedder, known before any of them is made; NaN if the configuration is invalid. */
export function embedderWeights(config: Partial<EmbedderConfig>): number {
  const all = { ...defaultEmbedderConfig, ...config };
  const { inChannels, channels, kernel, hidden, features, embedding, contextFeatures } = all;
  const [first, second] = Array.isArray(channels) ? channels : [Number.NaN, Number.NaN];
  return (
    first * kernel * (inChannels + second) +
    8 * hidden * (second + hidden) +
    features * (2 * hidden + contextFeatures + embedding)
  );
}
