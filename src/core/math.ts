/**
 * Our own elementary functions. ECMAScript leaves `Math.exp`, `Math.log`, `Math.sin` and similar functions to the
 * engine, so their last bits differ between V8, SpiderMonkey, QuickJS and Hermes; these use only the exactly specified
 * `+ - * /`, `Math.sqrt` and bit operations, and so give the same bits everywhere. All are float64, within 2 ulp of the
 * true value (`npm test` compares them with the engine's).
 */
import { HIGH, halves, word } from './words.ts';

const LN2_HIGH = 0.6931471803691238; // the upper bits of ln 2, so that k * LN2_HIGH is exact (fdlibm, e_exp.c)
const LN2_LOW = 1.9082149292705877e-10;
const INV_LN2 = Math.LOG2E;
const EXP_OVERFLOW = 709.782712893384; // ln of the largest double
const EXP_UNDERFLOW = -745.1332191019411; // ln of half the smallest one
const MIN_EXPONENT = -1074;

/** POW2[k - MIN_EXPONENT] = 2^k for every double that is a power of two; doubling and halving are exact. */
const POW2 = /* @__PURE__ */ (() => {
  const table = new Float64Array(1024 - MIN_EXPONENT);
  table[-MIN_EXPONENT] = 1;
  for (let k = 1; k < 1024; k++) table[k - MIN_EXPONENT] = table[k - 1 - MIN_EXPONENT] * 2;
  for (let k = -1; k >= MIN_EXPONENT; k--) table[k - MIN_EXPONENT] = table[k + 1 - MIN_EXPONENT] / 2;
  return table;
})();

/**
 * e^x: x = k ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r to r^13 (the remainder is below 2^-57), whose
 * coefficients 1/13! to 1/2 are written out, since interpreters would divide each time.
 */
export function exp(x: number): number {
  if (!(x <= EXP_OVERFLOW)) return x > EXP_OVERFLOW ? Number.POSITIVE_INFINITY : x;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * INV_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const p =
    1 +
    (r +
      r *
        r *
        (((((((((((1.6059043836821613e-10 * r + 2.08767569878681e-9) * r + 2.505210838544172e-8) * r +
          2.755731922398589e-7) *
          r +
          0.0000027557319223985893) *
          r +
          0.0000248015873015873) *
          r +
          0.0001984126984126984) *
          r +
          0.001388888888888889) *
          r +
          0.008333333333333333) *
          r +
          0.041666666666666664) *
          r +
          0.16666666666666666) *
          r +
          0.5));
  // 2^1024 and 2^-1075 are not doubles, but p times them may be.
  if (k === 1024) return p * 2 * POW2[1023 - MIN_EXPONENT];
  return k < MIN_EXPONENT ? p * 0.5 * POW2[0] : p * POW2[k - MIN_EXPONENT];
}

/** x (n) = e^x, with the bits of `exp`, but without a call for each: an interpreter spends half of its time on calls. */
export function expEach(x: Float64Array, n: number): void {
  const power = POW2;
  const floor = Math.floor;
  for (let i = 0; i < n; i++) {
    const v = x[i];
    if (!(v > -708 && v < 709)) {
      x[i] = exp(v);
      continue;
    }
    const k = floor(v * INV_LN2 + 0.5);
    const r = v - k * LN2_HIGH - k * LN2_LOW;
    const p =
      1 +
      (r +
        r *
          r *
          (((((((((((1.6059043836821613e-10 * r + 2.08767569878681e-9) * r + 2.505210838544172e-8) * r +
            2.755731922398589e-7) *
            r +
            0.0000027557319223985893) *
            r +
            0.0000248015873015873) *
            r +
            0.0001984126984126984) *
            r +
            0.001388888888888889) *
            r +
            0.008333333333333333) *
            r +
            0.041666666666666664) *
            r +
            0.16666666666666666) *
            r +
            0.5));
    x[i] = p * power[k - MIN_EXPONENT];
  }
}

/** Natural logarithm: x = 2^k m with m in [sqrt(1/2), sqrt(2)), and the series of ln((1+s)/(1-s)) (fdlibm, e_log.c). */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    k = -54; // subnormal
    x *= 18014398509481984;
  }
  word[0] = x;
  const high = halves[HIGH];
  k += (high >>> 20) - 1023;
  halves[HIGH] = (high & 0xfffff) | 0x3ff00000;
  let m = word[0];
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let r = 0.14798198605116586;
  r = r * z + 0.15313837699209373;
  r = r * z + 0.1818357216161805;
  r = r * z + 0.22222198432149784;
  r = r * z + 0.2857142874366239;
  r = r * z + 0.3999999999940942;
  r = r * z + 0.6666666666666735;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + r * z) + k * LN2_LOW) - f);
}

/** 1 / (1 + e^-x); for x below 0 as e^x / (1 + e^x), which rounds less and reaches the subnormals. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** Hyperbolic tangent: Moshier's rational form below 0.625 (Cephes, tanh.c), 1 - 2 / (e^2x + 1) above. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < TANH_SMALL) return smallTanh(x);
  const t = 1 - 2 / (exp(2 * a) + 1);
  return x < 0 ? -t : t;
}

/** Below this in size, `tanh` is `smallTanh`. */
export const TANH_SMALL = 0.625;

export function smallTanh(x: number): number {
  const z = x * x;
  const p = (-0.9643991794250523 * z - 99.28772310019185) * z - 1614.6876844170845;
  const q = ((z + 112.81167849163293) * z + 2235.4883906010045) * z + 4844.063053251255;
  return x + (x * z * p) / q;
}

const PIO2_HIGH = 1.5707963267341256; // pi/2 in three parts (fdlibm, e_rem_pio2.c)
const PIO2_MIDDLE = 6.077100506303966e-11;
const PIO2_LOW = 2.0222662487959506e-21;

function sinKernel(r: number): number {
  const z = r * r;
  let p = 1.58969099521155e-10;
  p = p * z - 2.5050760253406863e-8;
  p = p * z + 0.0000027557313707070068;
  p = p * z - 0.0001984126982985795;
  p = p * z + 0.00833333333332249;
  p = p * z - 0.16666666666666632;
  return r + r * z * p;
}

function cosKernel(r: number): number {
  const z = r * r;
  let p = -1.1359647557788195e-11;
  p = p * z + 2.087572321298175e-9;
  p = p * z - 2.7557314351390663e-7;
  p = p * z + 0.00002480158728947673;
  p = p * z - 0.001388888888887411;
  p = p * z + 0.0416666666666666;
  return 1 - (0.5 * z - z * z * p);
}

/** Sine of x radians, for |x| up to about a million (beyond that the reduction by pi/2 loses digits). */
export function sin(x: number): number {
  const k = Math.floor(x / PIO2_HIGH + 0.5);
  const r = x - k * PIO2_HIGH - k * PIO2_MIDDLE - k * PIO2_LOW;
  const q = ((k % 4) + 4) % 4;
  const s = q & 1 ? cosKernel(r) : sinKernel(r);
  return q & 2 ? -s : s;
}

/** Cosine of x radians; the range of `sin`. */
export function cos(x: number): number {
  const k = Math.floor(x / PIO2_HIGH + 0.5);
  const r = x - k * PIO2_HIGH - k * PIO2_MIDDLE - k * PIO2_LOW;
  const q = ((k % 4) + 4) % 4;
  const s = q & 1 ? sinKernel(r) : cosKernel(r);
  return q === 1 || q === 2 ? -s : s;
}
