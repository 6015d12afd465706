import { backward, type LstmWeights, lstm, type Tensor } from 'dynaecg';
import { gradients, normal, type Workload } from './workload.ts';

const [T, D, H] = [63, 64, 64]; // one direction of the default network

interface Operands {
  x: Tensor;
  weights: Record<keyof LstmWeights, Tensor>;
}

function operands(B: number, requiresGrad: boolean): Operands {
  const own = (seed: string, ...shape: number[]): Tensor => normal(shape, { seed, deviation: 1 / 8, requiresGrad });
  const weights = {
    weight_ih: own('weight_ih', 4 * H, D),
    weight_hh: own('weight_hh', 4 * H, H),
    bias_ih: own('bias_ih', 4 * H),
    bias_hh: own('bias_hh', 4 * H),
  };
  return { x: normal([T, B, D], { seed: 'x', requiresGrad }), weights };
}

const flops = (B: number): number => 2 * T * B * 4 * H * (D + H);

function forward(B: number): Workload {
  return {
    name: `${T} steps of ${B} ${B === 1 ? 'beat' : 'beats'}`,
    flops: flops(B),
    make: () => {
      const given = operands(B, false);
      return { run: () => [lstm(given.x, given.weights).y.data], expected: () => [outputsByLoops(given, B)] };
    },
  };
}

/** No loops: the gradients of one backend are compared with those of the other. */
function withGradients(B: number): Workload {
  return {
    name: `${T} steps of ${B} beats and their gradients`,
    flops: 3 * flops(B),
    make: () => {
      const { x, weights } = operands(B, true);
      const dy = normal([T, B, H], { seed: 'dy' });
      return { run: () => gradients([x, ...Object.values(weights)], () => backward(lstm(x, weights).y, dy)) };
    },
  };
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** The hidden states (T,B,H) by the formula of `lstm`, gates in the order i f g o, from zero states. */
function outputsByLoops({ x, weights }: Operands, B: number): Float64Array {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = weights;
  const y = new Float64Array(T * B * H);
  const c = new Float64Array(B * H);
  for (let t = 0; t < T; t++)
    for (let b = 0; b < B; b++) {
      const gate = (row: number): number => {
        let sum = bias_ih.data[row] + bias_hh.data[row];
        for (let d = 0; d < D; d++) sum += weight_ih.data[row * D + d] * x.data[(t * B + b) * D + d];
        if (t > 0) for (let h = 0; h < H; h++) sum += weight_hh.data[row * H + h] * y[((t - 1) * B + b) * H + h];
        return sum;
      };
      for (let h = 0; h < H; h++) {
        const [i, f, o] = [h, H + h, 3 * H + h].map((row) => sigmoid(gate(row)));
        c[b * H + h] = f * c[b * H + h] + i * Math.tanh(gate(2 * H + h));
        y[(t * B + b) * H + h] = o * Math.tanh(c[b * H + h]);
      }
    }
  return y;
}

export const LSTM: readonly Workload[] = [forward(1), forward(32), withGradients(32)];
