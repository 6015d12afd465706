import * as math from '../../core/math.ts';
import type { Kernels } from '../types.ts';

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

export const sigmoid: Kernels['sigmoid'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = math.sigmoid(x[i]);
};

export const sigmoidBackward: Kernels['sigmoidBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * y[i] * (1 - y[i]);
};

export const tanh: Kernels['tanh'] = (y, x, n) => {
  for (let i = 0; i < n; i++) y[i] = math.tanh(x[i]);
};

export const tanhBackward: Kernels['tanhBackward'] = (dx, dy, y, n) => {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * (1 - y[i] * y[i]);
};
