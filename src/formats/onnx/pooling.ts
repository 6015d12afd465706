import { AdaptiveAvgPool1d, AdaptiveMaxPool1d, AvgPool1d, MaxPool1d } from '../../nn/pool1d.ts';
import type { Pool1dOptions } from '../../ops/pooling.ts';
import { type Graph, int, ints, rule } from './graph.ts';
import type { Attribute, OnnxValue } from './protobuf.ts';

function addPool(
  g: Graph,
  type: string,
  kernel: number,
  { stride = kernel, padding = 0 }: Pool1dOptions,
  x: OnnxValue,
  more: Record<string, Attribute> = {},
): OnnxValue {
  const [B, C, L] = x.shape;
  const P = Math.floor(((L as number) + 2 * padding - kernel) / stride) + 1;
  const geometry = { kernel_shape: ints(kernel), strides: ints(stride), pads: ints(padding, padding) };
  return g.op(type, [x], [B, C, P], { ...geometry, ...more });
}

/** The windows of `adaptiveAvgPool1d`. */
function windows(L: number, P: number): [start: number, end: number][] {
  return Array.from({ length: P }, (_, p) => [Math.floor((p * L) / P), Math.ceil(((p + 1) * L) / P)]);
}

/** A product with a matrix (L,P) of the weights of means: the windows differ in width if P does not divide L. */
function addAdaptiveAvgPool(g: Graph, { outputSize: P }: AdaptiveAvgPool1d, x: OnnxValue): OnnxValue {
  const [B, C, L] = x.shape;
  const matrix = new Float32Array((L as number) * P);
  for (const [p, [start, end]] of windows(L as number, P).entries())
    for (let i = start; i < end; i++) matrix[i * P + p] = 1 / (end - start);
  return g.op('MatMul', [x, g.weights('means', matrix, [L as number, P])], [B, C, P]);
}

function addAdaptiveMaxPool(g: Graph, { outputSize: P }: AdaptiveMaxPool1d, x: OnnxValue): OnnxValue {
  const [B, C, L] = x.shape;
  const maxima = windows(L as number, P).map(([start, end]) => {
    const bounds = [start, end, 2].map((n) => g.integers(n));
    const window = g.op('Slice', [x, ...bounds], [B, C, end - start]);
    return g.op('ReduceMax', [window], [B, C, 1], { axes: ints(2), keepdims: int(1) });
  });
  return g.op('Concat', maxima, [B, C, P], { axis: int(2) });
}

/** The rules of pooling over positions. */
export const POOLING = [
  rule(MaxPool1d, (g, { kernel, options }, x) => addPool(g, 'MaxPool', kernel, options, x)),
  rule(AvgPool1d, (g, { kernel, options }, x) =>
    addPool(g, 'AveragePool', kernel, options, x, {
      count_include_pad: int(options.countIncludePad === false ? 0 : 1),
    }),
  ),
  rule(AdaptiveAvgPool1d, addAdaptiveAvgPool),
  rule(AdaptiveMaxPool1d, addAdaptiveMaxPool),
];
