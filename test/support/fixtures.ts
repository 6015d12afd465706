/** The figures that test/support/fixtures/make.py computes with PyTorch. */
import './poison.ts';
import { readFileSync } from 'node:fs';
import { type DType, type Tensor, tensor } from 'dynaecg';

/** A tensor as test/support/fixtures/make.py writes it. */
export interface Stored {
  shape: number[];
  data: number[];
}

/** A JSON file of test/support/fixtures. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

/** A leaf of the stored values, which are float32 numbers in enough digits: rounding them gives the numbers themselves. */
export function restored({ shape, data }: Stored, dtype: DType = 'float32', requiresGrad = false): Tensor {
  return tensor(data.map(Math.fround), shape, { dtype, requiresGrad });
}
