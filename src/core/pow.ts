import { exp } from './math.ts';
import { HIGH, halves, word } from './words.ts';

const LN2_HIGH = 0.6931471803691238; // as in math.ts: k * LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const SPLITTER = 134217729; // 2^27 + 1 (Dekker, Numerische Mathematik 18, 1971)
const THIRD_HIGH = 1 / 3;
const THIRD_LOW = 1.850371707708594e-17; // 1/3 minus the double nearest to it
const OUT_OF_RANGE = 800; // e^800 and e^-800 are outside the range of doubles

/** The rounding error of the product a b (Dekker): a b is exactly `product` plus this. */
function lost(a: number, b: number, product: number): number {
  const p = SPLITTER * a;
  const q = SPLITTER * b;
  const ah = p - (p - a);
  const bh = q - (q - b);
  const al = a - ah;
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

/** x^y for finite x > 0: e^(y ln x), with the logarithm and its product with y in double-double precision. */
function positivePow(x: number, y: number): number {
  let k = -1023;
  if (x < 2.2250738585072014e-308) {
    k -= 54; // subnormal
    x *= 18014398509481984;
  }
  word[0] = x;
  k += halves[HIGH] >>> 20;
  halves[HIGH] = (halves[HIGH] & 0xfffff) | 0x3ff00000;
  let m = word[0];
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  // ln m = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1) = s + sl
  const f = m - 1;
  const d = 1 + m;
  const s = f / d;
  const sd = s * d;
  const sl = (f - sd - lost(s, d, sd) - s * (m - (d - 1))) / d;
  const z = s * s;
  const zl = lost(s, s, z) + 2 * s * sl;
  let p = 1 / 27;
  p = p * z + 1 / 25;
  p = p * z + 1 / 23;
  p = p * z + 1 / 21;
  p = p * z + 1 / 19;
  p = p * z + 1 / 17;
  p = p * z + 1 / 15;
  p = p * z + 1 / 13;
  p = p * z + 1 / 11;
  p = p * z + 1 / 9;
  p = p * z + 1 / 7;
  p = p * z + 1 / 5;
  p *= z * z;
  const t = z * THIRD_HIGH;
  const u = t + p;
  const ul = t - u + p + (lost(z, THIRD_HIGH, t) + z * THIRD_LOW + zl * THIRD_HIGH);
  const v = s * u;
  const w = s + v;
  const wl = s - w + v + (lost(s, u, v) + s * ul + sl * u + sl);
  const large = k * LN2_HIGH;
  const sum = large + 2 * w;
  const rest = large - sum + 2 * w + (2 * wl + k * LN2_LOW);
  const log = sum + rest;
  const product = y * log;
  if (!(Math.abs(product) < OUT_OF_RANGE)) return product > 0 ? Number.POSITIVE_INFINITY : 0;
  const low = lost(y, log, product) + y * (sum - log + rest);
  const exponent = product + low;
  const power = exp(exponent);
  return power === Number.POSITIVE_INFINITY ? power : power + power * (product - exponent + low);
}

/**
 * x^y as in C and PyTorch: NaN for x below 0 if y is not a whole number; 1 for y = 0 and for x = 1, whatever the other
 * operand. (ECMAScript's `**` leaves the last bits to the engine, and gives NaN for 1^NaN and 1^Infinity.)
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === 3) return x * x * x;
  if (y === -1) return 1 / x;
  if (y === 0.5 && x > 0) return Math.sqrt(x);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const a = Math.abs(x);
  if (Math.abs(y) === Number.POSITIVE_INFINITY) return a === 1 ? 1 : a > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  const sign = Math.abs(y % 2) === 1 && (x < 0 || Object.is(x, -0)) ? -1 : 1;
  if (a === 0 || a === Number.POSITIVE_INFINITY) return sign * (a > 0 === y > 0 ? Number.POSITIVE_INFINITY : 0);
  if (x < 0 && !Number.isInteger(y)) return Number.NaN;
  return sign * positivePow(a, y);
}
