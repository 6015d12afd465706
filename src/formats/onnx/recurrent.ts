import type { Tensor } from '../../autograd/tensor.ts';
import { BiGRU, GRU } from '../../nn/gru.ts';
import { BiLSTM, LSTM } from '../../nn/lstm.ts';
import type { Recurrent } from '../../nn/recurrent.ts';
import { type Graph, int, ints, rule } from './graph.ts';
import type { Attribute, OnnxValue } from './protobuf.ts';

/** An operator: the positions of its gates in ours, in its order. */
interface Cell {
  type: string;
  gates: readonly number[];
  attributes: Readonly<Record<string, Attribute>>;
}

const LSTM_CELL: Cell = { type: 'LSTM', gates: [0, 3, 1, 2], attributes: {} }; // i o f c from i f g o
const GRU_CELL: Cell = {
  type: 'GRU',
  gates: [1, 0, 2], // z r h from r z n
  attributes: { linear_before_reset: int(1) }, // r scales W h + b, as in PyTorch
};

const FORWARD = [''];
const BOTH = ['', '_reverse'];

/** (T,B,D) from (B,T,D), or back. */
export function addSwapped(g: Graph, x: OnnxValue): OnnxValue {
  const [B, T, D] = x.shape;
  return g.op('Transpose', [x], [T, B, D], { perm: ints(1, 0, 2) });
}

/** One operator per layer, both directions in it: W (directions,rows,D), R (directions,rows,H), B (directions,2 rows). */
function addRecurrent(g: Graph, layer: Recurrent, x: OnnxValue, cell: Cell, directions: readonly string[]): OnnxValue {
  const { hiddenSize: H, numLayers, batchFirst } = layer;
  const { type, gates, attributes } = cell;
  const [n, rows] = [directions.length, gates.length * H];
  const direction: Attribute = { text: n > 1 ? 'bidirectional' : 'forward' };
  let t = batchFirst ? addSwapped(g, x) : x;
  const [T, B] = t.shape;
  for (let k = 0; k < numLayers; k++) {
    const joined = (...names: string[]): number[] =>
      directions.flatMap((d) => names.flatMap((name) => reordered(layer, `${name}_l${k}${d}`, gates)));
    const D = t.shape[2] as number;
    const W = g.weights(`W_l${k}`, joined('weight_ih'), [n, rows, D]);
    const R = g.weights(`R_l${k}`, joined('weight_hh'), [n, rows, H]);
    const biases = g.weights(`B_l${k}`, joined('bias_ih', 'bias_hh'), [n, 2 * rows]);
    const y = g.op(type, [t, W, R, biases], [T, n, B, H], { hidden_size: int(H), direction, ...attributes });
    const perStep = g.op('Transpose', [y], [T, B, n, H], { perm: ints(0, 2, 1, 3) });
    t = g.op('Reshape', [perStep, g.integers(0, 0, n * H)], [T, B, n * H]);
  }
  return batchFirst ? addSwapped(g, t) : t;
}

/** A layer's tensor with its blocks of rows, one per gate, in another order. */
function reordered(layer: Recurrent, name: string, gates: readonly number[]): number[] {
  const { data } = (layer as unknown as Record<string, Tensor>)[name];
  const block = data.length / gates.length;
  return gates.flatMap((gate) => Array.from(data.subarray(gate * block, (gate + 1) * block)));
}

/** The rules of recurrent layers. */
export const RECURRENT = [
  rule(LSTM, (g, layer, x) => addRecurrent(g, layer, x, LSTM_CELL, FORWARD)),
  rule(BiLSTM, (g, layer, x) => addRecurrent(g, layer, x, LSTM_CELL, BOTH)),
  rule(GRU, (g, layer, x) => addRecurrent(g, layer, x, GRU_CELL, FORWARD)),
  rule(BiGRU, (g, layer, x) => addRecurrent(g, layer, x, GRU_CELL, BOTH)),
];
