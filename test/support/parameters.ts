/** Parameters to optimise, and what PyTorch made of them. */
import { type DType, type Optimizer, Parameter, Random, Tensor } from 'dynaecg';
import { fixture, type Stored } from './fixtures.ts';

interface Golden {
  name: string;
  op: string;
  options: Record<string, number | boolean | [number, number]>;
  inputs: Record<string, Stored>;
  outputs: Record<string, Stored>;
}
export const golden = (op: string): Golden[] =>
  fixture<{ cases: Golden[] }>('golden.json').cases.filter((c) => c.op === op);
/** 9 digits are stored, of values computed in float64; float32 rounds at the 8th, in each of five steps. */
export const TOLERANCE = { float64: { relative: 1e-8, absolute: 1e-9 }, float32: { relative: 1e-6, absolute: 1e-6 } };
export const DTYPES = ['float64', 'float32'] as const;
export const vector = (values: ArrayLike<number>, dtype: DType) =>
  dtype === 'float64' ? Float64Array.from(values, Math.fround) : Float32Array.from(values);
export const parameter = (values: ArrayLike<number>, dtype: DType = 'float64'): Parameter =>
  new Parameter(vector(values, dtype), [values.length]);

export const setGrad = (p: Parameter, values: ArrayLike<number>): void => {
  p.grad = new Tensor(vector(values, p.dtype), p.shape);
};

/** Steps with random gradients, the same for the same seed. */
export function walk(optimizer: Optimizer, steps: number, seed: string): void {
  const random = new Random(seed);
  for (let i = 0; i < steps; i++) {
    for (const p of optimizer.parameters)
      setGrad(
        p,
        Array.from(p.data, () => random.normal()),
      );
    optimizer.step();
  }
}
