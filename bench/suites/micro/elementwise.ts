import { add, exp, gelu, mul, relu, sigmoid, type Tensor, tanh } from 'dynaecg';
import { normal, type Workload } from './workload.ts';

const N = 65536; // 256 KB of floats: more than the nearest cache holds
const ROW = 256;

const sigmoidOf = (v: number): number => 1 / (1 + Math.exp(-v));

function unary(name: string, op: (x: Tensor) => Tensor, f: (v: number) => number): Workload {
  return {
    name: `${name} of ${N}`,
    make: () => {
      const x = normal([N], { seed: 'x' });
      return { run: () => [op(x).data], expected: () => [Array.from(x.data, f)] };
    },
  };
}

/** With a row that is broadcast, where `shape` has two axes. */
function binary(name: string, op: typeof add, f: (a: number, b: number) => number, row: boolean): Workload {
  return {
    name: row ? `${name} of ${N / ROW} x ${ROW} and a row` : `${name} of ${N}`,
    make: () => {
      const a = normal(row ? [N / ROW, ROW] : [N], { seed: 'a' });
      const b = normal(row ? [ROW] : [N], { seed: 'b' });
      return {
        run: () => [op(a, b).data],
        expected: () => [Array.from(a.data, (v, i) => f(v, b.data[i % b.size]))],
      };
    },
  };
}

export const ELEMENTWISE: readonly Workload[] = [
  binary('add', add, (a, b) => a + b, false),
  binary('add', add, (a, b) => a + b, true),
  binary('mul', mul, (a, b) => a * b, false),
  unary('relu', relu, (v) => Math.max(0, v)),
  unary('exp', exp, Math.exp),
  unary('sigmoid', sigmoid, sigmoidOf),
  unary('tanh', tanh, Math.tanh),
  unary(
    'gelu, approximate',
    (x) => gelu(x, { approximate: 'tanh' }),
    (v) => v * sigmoidOf(2 * Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)),
  ),
];
