import type { Acc, In, Out } from './arrays.ts';

/** `y[i] = f(x[i])`. */
type Unary = (y: Out, x: In, n: number) => void;
/** `dx[i] += dy[i] f'(...)`; `saved` is y or x, as the forward kernel's comment says. */
type UnaryBackward = (dx: Acc, dy: In, saved: In, n: number) => void;
/** `y[i] = f(a[i], b[i])`. */
type Binary = (y: Out, a: In, b: In, n: number) => void;

/** One element after another. */
export interface Elementwise {
  /** y (n) += alpha x (n) */
  axpy: (y: Acc, alpha: number, x: In, n: number) => void;
  /** y (n) = alpha x (n) + beta */
  affine: (y: Out, x: In, alpha: number, beta: number, n: number) => void;
  /** y (n) += a (n) b (n) */
  multiplyAdd: (y: Acc, a: In, b: In, n: number) => void;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  /** y = a / b: da += dy / b, db -= dy y / b */
  divBackward: (da: Acc | null, db: Acc | null, dy: In, y: In, b: In, n: number) => void;
  /** saves y */
  exp: Unary;
  expBackward: UnaryBackward;
  /** saves x */
  log: Unary;
  logBackward: UnaryBackward;
  /** saves y; the gradient at 0 is taken as 0 */
  sqrt: Unary;
  sqrtBackward: UnaryBackward;
  /** saves x */
  square: Unary;
  squareBackward: UnaryBackward;
  /** saves x; the gradient at 0 is taken as 0 */
  abs: Unary;
  absBackward: UnaryBackward;
  /** saves y; the gradient at 0 is taken as 0 */
  relu: Unary;
  reluBackward: UnaryBackward;
  /** saves y */
  sigmoid: Unary;
  sigmoidBackward: UnaryBackward;
  /** saves y */
  tanh: Unary;
  tanhBackward: UnaryBackward;
  /** y = x above 0, slope x elsewhere; saves x; the gradient at 0 is taken as slope */
  leakyRelu: (y: Out, x: In, slope: number, n: number) => void;
  leakyReluBackward: (dx: Acc, dy: In, x: In, slope: number, n: number) => void;
  /** y = x sigmoid(x); saves x */
  silu: Unary;
  siluBackward: UnaryBackward;
  /** y = x Phi(x), Phi the normal distribution; saves x */
  gelu: Unary;
  geluBackward: UnaryBackward;
  /** the same with Phi(x) taken as sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)); saves x */
  geluTanh: Unary;
  geluTanhBackward: UnaryBackward;
  /** y = x, but not below `min` nor above `max`; saves x; where x is a bound, the gradient passes */
  clamp: (y: Out, x: In, min: number, max: number, n: number) => void;
  clampBackward: (dx: Acc, dy: In, x: In, min: number, max: number, n: number) => void;
  /** y = a where `condition` is not 0, b elsewhere */
  where: (y: Out, condition: In, a: In, b: In, n: number) => void;
  whereBackward: (da: Acc | null, db: Acc | null, dy: In, condition: In, n: number) => void;
  /** y = a^b */
  pow: Binary;
  /** da += dy b a^(b-1), 0 where b is; db += dy y ln a, 0 where a is 0 and b >= 0 */
  powBackward: (da: Acc | null, db: Acc | null, dy: In, y: In, a: In, b: In, n: number) => void;
  /** y = x^exponent, one number for all; saves x */
  powConstant: (y: Out, x: In, exponent: number, n: number) => void;
  powConstantBackward: (dx: Acc, dy: In, x: In, exponent: number, n: number) => void;
}
