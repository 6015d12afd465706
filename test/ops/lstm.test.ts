import * as d from 'dynaecg';
import { ShapeError } from 'dynaecg';
import { assertThrows } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';

const test = suite('ops/lstm');

const z = d.zeros;
const lstmWeights = { weight_ih: z([8, 3]), weight_hh: z([8, 2]), bias_ih: z([8]), bias_hh: z([8]) };

const errors: [() => unknown, new (message: string) => Error, string][] = [
  [() => d.lstm(z([0, 2, 3]), lstmWeights), ShapeError, 'lstm: expected at least one time step, got x [0,2,3]'],
  [() => d.lstm(z([4, 3]), lstmWeights), ShapeError, 'lstm: expected x (T,B,D), got [4,3]'],
  [() => d.lstm(z([4, 2, 5]), lstmWeights), ShapeError, 'lstm: expected weight_ih (G,D) with G=8 D=5, got [8,3]'],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, weight_hh: z([6, 2]) }),
    ShapeError,
    'lstm: expected weight_hh (G,H) with G=8 H=2, got [6,2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, bias_ih: z([2]) }),
    ShapeError,
    'lstm: expected bias_ih (G) with G=8, got [2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), { ...lstmWeights, bias_hh: z([8, 1]) }),
    ShapeError,
    'lstm: expected bias_hh (G) with G=8, got [8,1]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), lstmWeights, { h0: z([1, 2]) }),
    ShapeError,
    'lstm: expected h0 (B,H) with B=2 H=2, got [1,2]',
  ],
  [
    () => d.lstm(z([4, 2, 3]), lstmWeights, { c0: z([2, 3]) }),
    ShapeError,
    'lstm: expected c0 (B,H) with B=2 H=2, got [2,3]',
  ],
  [() => d.bilstm(z([4, 3]), lstmWeights, lstmWeights), ShapeError, 'bilstm: expected x (T,B,D), got [4,3]'],
  [
    () => d.bilstm(z([4, 2, 3]), lstmWeights, { ...lstmWeights, weight_ih: z([12, 3]), weight_hh: z([12, 3]) }),
    ShapeError,
    'bilstm: expected bias_ih (G) with G=12, got [8]',
  ],
];

for (const [f, type, message] of errors) test(message, () => assertThrows(f, type, message));

test.run();
