// Functions of a Sequential, recognised by identity: what an arrow function computes cannot be seen.
import { gelu, leakyRelu } from '../../ops/activation.ts';
import { l2Normalize } from '../../ops/distance.ts';
import { abs, exp, log, neg, relu, sigmoid, silu, sqrt, square, tanh } from '../../ops/elementwise.ts';
import { logSoftmax, softmax } from '../../ops/reduce.ts';
import { float, type Graph, int, ints } from './graph.ts';
import type { OnnxValue } from './protobuf.ts';

const L2_EPS = 1e-12; // the default of l2Normalize
const LEAKY_SLOPE = 0.01; // the default of leakyRelu

type Operator = (graph: Graph, x: OnnxValue) => OnnxValue;

/** An operator of one input that changes no size. */
const same =
  (type: string, attributes = {}): Operator =>
  (g, x) =>
    g.op(type, [x], x.shape, attributes);

/** Rows of unit length; one of length `eps` or less has no direction, and becomes zeros. */
export function addL2Normalize(g: Graph, x: OnnxValue): OnnxValue {
  const norm = g.op('ReduceL2', [x], [x.shape[0], 1], { axes: ints(1), keepdims: int(1) });
  const long = g.op('Greater', [norm, g.scalar(L2_EPS)], norm.shape);
  return g.op('Where', [long, g.op('Div', [x, norm], x.shape), g.scalar(0)], x.shape);
}

/** x Phi(x), Phi through the error function. */
function addGelu(g: Graph, x: OnnxValue): OnnxValue {
  const erf = g.op('Erf', [g.op('Mul', [x, g.scalar(Math.SQRT1_2)], x.shape)], x.shape);
  const twice = g.op('Mul', [x, g.op('Add', [erf, g.scalar(1)], x.shape)], x.shape);
  return g.op('Mul', [twice, g.scalar(0.5)], x.shape);
}

export const FUNCTIONS: ReadonlyMap<unknown, Operator> = new Map<unknown, Operator>([
  [relu, same('Relu')],
  [sigmoid, same('Sigmoid')],
  [tanh, same('Tanh')],
  [exp, same('Exp')],
  [log, same('Log')],
  [sqrt, same('Sqrt')],
  [abs, same('Abs')],
  [neg, same('Neg')],
  [square, (g, x) => g.op('Mul', [x, x], x.shape)],
  [silu, (g, x) => g.op('Mul', [x, g.op('Sigmoid', [x], x.shape)], x.shape)],
  [gelu, addGelu],
  [leakyRelu, same('LeakyRelu', { alpha: float(LEAKY_SLOPE) })],
  [softmax, same('Softmax', { axis: int(-1) })],
  [logSoftmax, same('LogSoftmax', { axis: int(-1) })],
  [l2Normalize, addL2Normalize],
]);
