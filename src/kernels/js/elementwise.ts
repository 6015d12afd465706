import { erfc } from '../../core/erfc.ts';
import * as math from '../../core/math.ts';
import { pow as power } from '../../core/pow.ts';
import type { Kernels } from '../types.ts';
import { sigmoids, tanhs } from './activate.ts';

// y (n) += alpha x (n)
export const axpy: Kernels['axpy'] = (y, alpha, x, n) => {
  for (let i = 0; i < n; i++) y[i] += alpha * x[i];
};

// y (n) = alpha x (n) + beta
export const affine: Kernels['affine'] = (y, x, alpha, beta, n) => {
  for (let i = 0; i < n; i++) y[i] = alpha * x[i] + beta;
};

// y (n) += a (n) b (n)
export const multiplyAdd: Kernels['multiplyAdd'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] += a[i] * b[i];
};

// y (n) from a (n), b (n)
export const add: Kernels['add'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = a[i] + b[i];
};

export const sub: Kernels['sub'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = a[i] - b[i];
};

export const mul: Kernels['mul'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = a[i] * b[i];
};

export const div: Kernels['div'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = a[i] / b[i];
};

// da (n) += dy / b, db (n) -= dy y / b
export const divBackward: Kernels['divBackward'] = (da, db, dy, y, b, n) => {
  if (da) for (let i = 0; i < n; i++) da[i] += dy[i] / b[i];
  if (db) for (let i = 0; i < n; i++) db[i] -= (dy[i] * y[i]) / b[i];
};

// y (n) from x (n); backward dx (n) += dy (n) times the derivative, from y or x
export const exp: Kernels['exp'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = math.exp(x[i]);
};

export const expBackward: Kernels['expBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * y[i];
};

export const log: Kernels['log'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = math.log(x[i]);
};

export const logBackward: Kernels['logBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] / x[i];
};

export const sqrt: Kernels['sqrt'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i]);
};

export const sqrtBackward: Kernels['sqrtBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) if (y[i] !== 0) dx[i] += (0.5 * dy[i]) / y[i];
};

export const square: Kernels['square'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] * x[i];
};

export const squareBackward: Kernels['squareBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) dx[i] += 2 * dy[i] * x[i];
};

export const abs: Kernels['abs'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]);
};

export const absBackward: Kernels['absBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * Math.sign(x[i]);
};

// A NaN stays NaN, as Math.max has it: a broken sample must not turn into a clean 0.
export const relu: Kernels['relu'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.max(x[i], 0);
};

export const reluBackward: Kernels['reluBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) if (y[i] !== 0) dx[i] += dy[i];
};

export const sigmoid: Kernels['sigmoid'] = (y, x, n) => sigmoids(y, 0, x, 0, n);

export const sigmoidBackward: Kernels['sigmoidBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * y[i] * (1 - y[i]);
};

export const tanh: Kernels['tanh'] = (y, x, n) => tanhs(y, 0, x, 0, n);

export const tanhBackward: Kernels['tanhBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * (1 - y[i] * y[i]);
};

// y (n) from x (n), slope
export const leakyRelu: Kernels['leakyRelu'] = (y, x, slope, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
};

export const leakyReluBackward: Kernels['leakyReluBackward'] = (dx, dy, x, slope, n) => {
  for (let i = 0; i < n; i++) dx[i] += x[i] > 0 ? dy[i] : slope * dy[i];
};

export const silu: Kernels['silu'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] * math.sigmoid(x[i]);
};

export const siluBackward: Kernels['siluBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) {
    const s = math.sigmoid(x[i]);
    dx[i] += dy[i] * s * (1 + x[i] * (1 - s));
  }
};

export const gelu: Kernels['gelu'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] * 0.5 * erfc(-x[i] * Math.SQRT1_2);
};

const DENSITY_AT_0 = 0.3989422804014327; // 1 / sqrt(2 pi)

export const geluBackward: Kernels['geluBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) {
    const density = DENSITY_AT_0 * math.exp(-0.5 * x[i] * x[i]);
    dx[i] += dy[i] * (0.5 * erfc(-x[i] * Math.SQRT1_2) + x[i] * density);
  }
};

const GELU_SLOPE = 1.5957691216057308; // 2 sqrt(2 / pi)
const GELU_CUBIC = 0.044715; // Hendrycks and Gimpel, 2016

export const geluTanh: Kernels['geluTanh'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] * math.sigmoid(GELU_SLOPE * x[i] * (1 + GELU_CUBIC * x[i] * x[i]));
};

export const geluTanhBackward: Kernels['geluTanhBackward'] = (dx, dy, x, n) => {
  for (let i = 0; i < n; i++) {
    const z = GELU_CUBIC * x[i] * x[i];
    const s = math.sigmoid(GELU_SLOPE * x[i] * (1 + z));
    dx[i] += dy[i] * s * (1 + GELU_SLOPE * x[i] * (1 + 3 * z) * (1 - s));
  }
};

// y (n) from x (n), min, max; a NaN stays NaN
export const clamp: Kernels['clamp'] = (y, x, min, max, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] < min ? min : x[i] > max ? max : x[i];
};

export const clampBackward: Kernels['clampBackward'] = (dx, dy, x, min, max, n) => {
  for (let i = 0; i < n; i++) if (x[i] >= min && x[i] <= max) dx[i] += dy[i];
};

// y (n) from condition (n), a (n), b (n)
export const where: Kernels['where'] = (y, condition, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = condition[i] !== 0 ? a[i] : b[i];
};

export const whereBackward: Kernels['whereBackward'] = (da, db, dy, condition, n) => {
  if (da) for (let i = 0; i < n; i++) if (condition[i] !== 0) da[i] += dy[i];
  if (db) for (let i = 0; i < n; i++) if (condition[i] === 0) db[i] += dy[i];
};

// y (n) from a (n), b (n)
export const pow: Kernels['pow'] = (y, a, b, n) => {
  for (let i = 0; i < n; i++) y[i] = power(a[i], b[i]);
};

export const powBackward: Kernels['powBackward'] = (da, db, dy, y, a, b, n) => {
  if (da) for (let i = 0; i < n; i++) if (b[i] !== 0) da[i] += dy[i] * b[i] * power(a[i], b[i] - 1);
  if (db) for (let i = 0; i < n; i++) if (!(a[i] === 0 && b[i] >= 0)) db[i] += dy[i] * y[i] * math.log(a[i]);
};

// y (n) from x (n), exponent
export const powConstant: Kernels['powConstant'] = (y, x, exponent, n) => {
  for (let i = 0; i < n; i++) y[i] = power(x[i], exponent);
};

export const powConstantBackward: Kernels['powConstantBackward'] = (dx, dy, x, exponent, n) => {
  if (exponent === 0) return;
  for (let i = 0; i < n; i++) dx[i] += dy[i] * exponent * power(x[i], exponent - 1);
};
