import * as math from '../../core/math.ts';
import type { Vec } from '../types.ts';

// y (n) += alpha x (n)
export function axpy(y: Vec, alpha: number, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] += alpha * x[i];
}

// y (n) = alpha x (n) + beta
export function affine(y: Vec, x: Vec, alpha: number, beta: number, n: number): void {
  for (let i = 0; i < n; i++) y[i] = alpha * x[i] + beta;
}

// y (n) += a (n) b (n)
export function multiplyAdd(y: Vec, a: Vec, b: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] += a[i] * b[i];
}

// y (n) from a (n), b (n)
export function add(y: Vec, a: Vec, b: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = a[i] + b[i];
}

export function sub(y: Vec, a: Vec, b: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = a[i] - b[i];
}

export function mul(y: Vec, a: Vec, b: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = a[i] * b[i];
}

export function div(y: Vec, a: Vec, b: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = a[i] / b[i];
}

// da (n) += dy / b, db (n) -= dy y / b
export function divBackward(da: Vec | null, db: Vec | null, dy: Vec, y: Vec, b: Vec, n: number): void {
  if (da) for (let i = 0; i < n; i++) da[i] += dy[i] / b[i];
  if (db) for (let i = 0; i < n; i++) db[i] -= (dy[i] * y[i]) / b[i];
}

// y (n) from x (n); backward dx (n) += dy (n) times the derivative, from y or x
export function exp(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = math.exp(x[i]);
}

export function expBackward(dx: Vec, dy: Vec, y: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * y[i];
}

export function log(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = math.log(x[i]);
}

export function logBackward(dx: Vec, dy: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += dy[i] / x[i];
}

export function sqrt(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i]);
}

export function sqrtBackward(dx: Vec, dy: Vec, y: Vec, n: number): void {
  for (let i = 0; i < n; i++) if (y[i] !== 0) dx[i] += (0.5 * dy[i]) / y[i];
}

export function square(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = x[i] * x[i];
}

export function squareBackward(dx: Vec, dy: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += 2 * dy[i] * x[i];
}

export function abs(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]);
}

export function absBackward(dx: Vec, dy: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * Math.sign(x[i]);
}

// A NaN stays NaN, as Math.max has it: a broken sample must not turn into a clean 0.
export function relu(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = Math.max(x[i], 0);
}

export function reluBackward(dx: Vec, dy: Vec, y: Vec, n: number): void {
  for (let i = 0; i < n; i++) if (y[i] !== 0) dx[i] += dy[i];
}

export function sigmoid(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = math.sigmoid(x[i]);
}

export function sigmoidBackward(dx: Vec, dy: Vec, y: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * y[i] * (1 - y[i]);
}

export function tanh(y: Vec, x: Vec, n: number): void {
  for (let i = 0; i < n; i++) y[i] = math.tanh(x[i]);
}

export function tanhBackward(dx: Vec, dy: Vec, y: Vec, n: number): void {
  for (let i = 0; i < n; i++) dx[i] += dy[i] * (1 - y[i] * y[i]);
}
