import type { Tensor } from '../../autograd/tensor.ts';
import { AttentionPool } from '../../nn/attentionPool.ts';
import { BatchNorm1d } from '../../nn/batchNorm1d.ts';
import { ChannelAttention } from '../../nn/channelAttention.ts';
import { Conv1d } from '../../nn/conv1d.ts';
import { Dropout } from '../../nn/dropout.ts';
import { GroupNorm } from '../../nn/groupNorm.ts';
import { LayerNorm } from '../../nn/layerNorm.ts';
import { Linear } from '../../nn/linear.ts';
import { MeanPool } from '../../nn/meanPool.ts';
import { Module, Sequential } from '../../nn/module.ts';
import { ResidualBlock } from '../../nn/residualBlock.ts';
import { FUNCTIONS } from './functions.ts';
import { float, type Graph, int, ints, rule } from './graph.ts';
import { POOLING } from './pooling.ts';
import type { OnnxValue } from './protobuf.ts';
import { addSwapped, RECURRENT } from './recurrent.ts';

/** x W^T + b over the last axis. */
function addLinear(g: Graph, { weight, bias }: { weight: Tensor; bias: Tensor | null }, x: OnnxValue): OnnxValue {
  const [O, D] = weight.shape;
  const shape = [...x.shape.slice(0, -1), O];
  if (x.shape.length === 2)
    return g.op('Gemm', [x, g.tensor('weight', weight), g.tensor('bias', bias)], shape, { transB: int(1) });
  const transposed = g.weights('weight_t', transposedRows(weight.data, O, D), [D, O]);
  const product = g.op('MatMul', [x, transposed], shape);
  return bias ? g.op('Add', [product, g.tensor('bias', bias)], shape) : product;
}

function transposedRows(data: ArrayLike<number>, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
}

function addConv1d(g: Graph, { weight, bias, geometry }: Conv1d, x: OnnxValue): OnnxValue {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = geometry;
  const [O, , K] = weight.shape;
  const reach = dilation * (K - 1);
  const number = padding === 'valid' ? 0 : padding;
  const [left, both] = number === 'same' ? [Math.floor(reach / 2), reach] : [number, 2 * number];
  const P = Math.floor(((x.shape[2] as number) + both - reach - 1) / stride) + 1;
  return g.op('Conv', [x, g.tensor('weight', weight), g.tensor('bias', bias)], [x.shape[0], O, P], {
    kernel_shape: ints(K),
    strides: ints(stride),
    pads: ints(left, both - left),
    dilations: ints(dilation),
    group: int(groups),
  });
}

function addBatchNorm(g: Graph, layer: BatchNorm1d, x: OnnxValue): OnnxValue {
  const { weight, bias, running_mean, running_var, eps } = layer;
  const tensors = Object.entries({ weight, bias, running_mean, running_var }).map(([k, v]) => g.tensor(k, v));
  return g.op('BatchNormalization', [x, ...tensors], x.shape, { epsilon: float(eps) });
}

function addLayerNorm(g: Graph, { normalizedShape, weight, bias, eps }: LayerNorm, x: OnnxValue): OnnxValue {
  const ones = new Float32Array(normalizedShape.reduce((a, b) => a * b, 1)).fill(1);
  const scale = g.tensor('weight', weight) ?? g.weights('weight', ones, normalizedShape);
  const attributes = { axis: int(-normalizedShape.length), epsilon: float(eps) };
  return g.op('LayerNormalization', [x, scale, g.tensor('bias', bias)], x.shape, attributes);
}

/** Groups as the channels of an instance normalisation: the operator of groups is younger than the operators used here. */
function addGroupNorm(g: Graph, { numGroups, weight, bias, eps }: GroupNorm, x: OnnxValue): OnnxValue {
  const [, C, ...rest] = x.shape as readonly number[];
  const size = rest.reduce((a, b) => a * b, C / numGroups);
  const grouped = g.op('Reshape', [x, g.integers(0, numGroups, -1)], [x.shape[0], numGroups, size]);
  const ones = g.weights('ones', new Float32Array(numGroups).fill(1), [numGroups]);
  const zeros = g.weights('zeros', new Float32Array(numGroups), [numGroups]);
  const even = g.op('InstanceNormalization', [grouped, ones, zeros], grouped.shape, { epsilon: float(eps) });
  const y = g.op('Reshape', [even, g.integers(0, C, ...rest)], x.shape);
  if (!weight || !bias) return y;
  const perChannel = [C, ...rest.map(() => 1)];
  const scaled = g.op('Mul', [y, g.weights('weight', weight.data, perChannel)], x.shape);
  return g.op('Add', [scaled, g.weights('bias', bias.data, perChannel)], x.shape);
}

function addChannelAttention(g: Graph, { fc1, fc2 }: ChannelAttention, x: OnnxValue): OnnxValue {
  const [B, C] = x.shape;
  const mean = g.op('ReduceMean', [x], [B, C], { axes: ints(2), keepdims: int(0) });
  const hidden = g.layer('fc1', fc1, mean);
  const logits = g.layer('fc2', fc2, g.op('Relu', [hidden], hidden.shape));
  const gate = g.op('Sigmoid', [logits], [B, C]);
  return g.op('Mul', [x, g.op('Unsqueeze', [gate, g.integers(2)], [B, C, 1])], x.shape);
}

/** Softmax over time of a score of each step, and the sum of steps with these weights. */
function addAttentionPool(g: Graph, { weight, proj, batchFirst }: AttentionPool, x: OnnxValue): OnnxValue {
  const h = batchFirst ? addSwapped(g, x) : x;
  const [T, B, D] = h.shape;
  let keys = h;
  if (proj) {
    const projected = g.layer('proj', proj, h);
    keys = g.op('Tanh', [projected], projected.shape);
  }
  const E = weight.shape[1];
  const scores = g.op('MatMul', [keys, g.weights('weight', weight.data, [E, 1])], [T, B, 1]);
  const alpha = g.op('Softmax', [scores], scores.shape, { axis: int(0) });
  return g.op('ReduceSum', [g.op('Mul', [h, alpha], h.shape), g.integers(0)], [B, D], { keepdims: int(0) });
}

function addMeanPool(g: Graph, { batchFirst }: MeanPool, x: OnnxValue): OnnxValue {
  const h = batchFirst ? addSwapped(g, x) : x;
  return g.op('ReduceMean', [h], h.shape.slice(1), { axes: ints(0), keepdims: int(0) });
}

function addResidualBlock(g: Graph, block: ResidualBlock, x: OnnxValue): OnnxValue {
  const first = g.layer('bn1', block.bn1, g.layer('conv1', block.conv1, x));
  const inner = g.op('Relu', [first], first.shape);
  const second = g.layer('bn2', block.bn2, g.layer('conv2', block.conv2, inner));
  const shortcut = block.downsample ? g.layer('downsample', block.downsample, x) : x;
  return g.op('Relu', [g.op('Add', [second, shortcut], second.shape)], second.shape);
}

function addSequential(g: Graph, { layers }: Sequential, x: OnnxValue, context?: OnnxValue): OnnxValue {
  return layers.reduce<OnnxValue>((t, layer, i) => {
    if (layer instanceof Module) return g.layer(String(i), layer, t, i === 0 ? context : undefined);
    return g.within(String(i), () => {
      const add = FUNCTIONS.get(layer);
      if (!add) throw g.missing('function', layer.name);
      return add(g, t);
    });
  }, x);
}

/** The rules of all layers. */
export const LAYERS = [
  rule(Linear, addLinear),
  rule(Conv1d, addConv1d),
  rule(BatchNorm1d, addBatchNorm),
  rule(LayerNorm, addLayerNorm),
  rule(GroupNorm, addGroupNorm),
  rule(Dropout, (_g, _layer, x) => x),
  rule(ChannelAttention, addChannelAttention),
  rule(AttentionPool, addAttentionPool),
  rule(MeanPool, addMeanPool),
  rule(ResidualBlock, addResidualBlock),
  rule(Sequential, addSequential),
  ...POOLING,
  ...RECURRENT,
];
