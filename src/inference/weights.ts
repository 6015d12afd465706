import { CheckpointError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { under } from '../formats/modelHeader.ts';
import type { DType, Vec } from '../kernels/types.ts';
import type { EmbedderConfig } from '../models/embedderConfig.ts';
import type { Weights } from '../models/forward.ts';
import type { MlpClassifierConfig } from '../models/mlpClassifier.ts';
import { firstUnsound } from '../nn/soundness.ts';

type Shapes = Record<string, readonly number[]>;

const linear = (name: string, O: number, D: number): Shapes => ({ [`${name}.weight`]: [O, D], [`${name}.bias`]: [O] });

/** The shapes of an Embedder's weights. */
export function embedderShapes(config: EmbedderConfig): Shapes {
  const { inChannels, channels, kernel, hidden: H, features, embedding, contextFeatures } = config;
  const [first, C] = channels;
  const R = Math.max(1, Math.floor(C / 4)); // the reduction of ChannelAttention
  const block = (i: number, I: number, O: number): Shapes => ({
    [`conv${i}.weight`]: [O, I, kernel],
    [`conv${i}.bias`]: [O],
    ...Object.fromEntries(['weight', 'bias', 'running_mean', 'running_var'].map((name) => [`bn${i}.${name}`, [O]])),
  });
  const direction = (suffix: string): Shapes => ({
    [`lstm.weight_ih_l0${suffix}`]: [4 * H, C],
    [`lstm.weight_hh_l0${suffix}`]: [4 * H, H],
    [`lstm.bias_ih_l0${suffix}`]: [4 * H],
    [`lstm.bias_hh_l0${suffix}`]: [4 * H],
  });
  return {
    ...block(1, inChannels, first),
    ...block(2, first, C),
    ...(config.channelAttention
      ? { ...linear('channel_attention.fc1', R, C), ...linear('channel_attention.fc2', C, R) }
      : {}),
    ...direction(''),
    ...direction('_reverse'),
    'attention.weight': [1, 2 * H],
    ...(config.attention === 'additive' ? linear('attention.proj', 2 * H, 2 * H) : {}),
    ...linear('fc1', features, 2 * H + contextFeatures),
    ...linear('fc2', embedding, features),
  };
}

/** The shapes of an MlpClassifier's weights. */
export function classifierShapes({ inFeatures, hidden, classes }: MlpClassifierConfig): Shapes {
  return { ...linear('fc1', hidden, inFeatures), ...linear('fc2', classes, hidden) };
}

/**
 * The weights of one part of a file.
 *
 * @throws CheckpointError unless all of them are there, in these shapes and one dtype, and sound
 */
export function readWeights(
  what: string,
  prefix: string,
  shapes: Shapes,
  file: Readonly<Record<string, { data: Vec; shape: readonly number[] }>>,
): Weights {
  const found = under(prefix, file);
  const broken = (expected: string, got: string): CheckpointError =>
    new CheckpointError(`decodeModel: expected ${expected} under ${what}, got ${got}`);
  const of: Record<string, Vec> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const own = found[name];
    if (!own || !sameShape(own.shape, shape))
      throw broken(`${name} ${formatShape(shape)}`, own ? formatShape(own.shape) : 'none');
    of[name] = own.data;
  }
  const dtypes = new Set(
    Object.values(of).map((data): DType => (data instanceof Float64Array ? 'float64' : 'float32')),
  );
  if (dtypes.size !== 1) throw broken('weights of one dtype', [...dtypes].join(', '));
  const fault = firstUnsound(Object.entries(of).map(([name, data]) => [name, { data }]));
  if (fault !== null) throw broken('finite weights and variances >= 0', fault);
  return { dtype: [...dtypes][0], of };
}
