/**
 * Elementary functions of four float32 lanes, the twins of core/math.ts: the same range reductions, x = k ln 2 + r, and
 * series cut at float32's precision. They have no branches, and NaN stays NaN. The errors given are the
 * greatest over every fifth of all float32 arguments, against float64.
 *
 * e^r = (A + rB) / (A - rB), that is tanh(r/2) = rB / A, with A and B linear in r^2: a rational minimax fit (relative
 * error 2^-30 for |r| <= ln 2 / 2), which costs five operations less than a polynomial and shares the division that
 * sigmoid and tanh need anyway. The fit's free scale keeps A and B just below a power of 2, where they round least.
 *
 * k is rounded by adding 1.5 * 2^23 and some bias, which leaves it in the lower bits of the mantissa: those, shifted by
 * 23, are the exponent bits of 2^k. pmin and pmax are one instruction each, and let NaN pass as their first argument.
 */

const ROUND: f32 = 12582912; // 1.5 * 2^23: between 2^23 and 2^24 floats are 1 apart
const LOG2E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375; // 9 bits, so that k * LN2_HIGH is exact
const LN2_LOW: f32 = -2.1219444e-4;

/** e^x, within 1.9 ulp; underflow is gradual, down to 2^-149. */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const t = f32x4.add(f32x4.mul(clamped, f32x4.splat(LOG2E)), f32x4.splat(ROUND + 254));
  const k = f32x4.sub(t, f32x4.splat(ROUND + 254));
  const r = f32x4.sub(f32x4.sub(clamped, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const z = f32x4.mul(r, r);
  const a = f32x4.add(f32x4.mul(z, f32x4.splat(12.01195788)), f32x4.splat(120.14358336));
  const b = f32x4.mul(r, f32x4.add(z, f32x4.splat(60.07179168)));
  const p = f32x4.div(f32x4.add(a, b), f32x4.sub(a, b));
  // 2^k in two factors, as neither 2^128 nor 2^-150 is a float; each has half of the bias of 254
  const half = i32x4.shr_u(t, 1);
  const power = i32x4.shl(half, 23);
  return f32x4.mul(f32x4.mul(p, power), i32x4.shl(i32x4.sub(t, half), 23));
}

/** ln x, within 0.9 ulp; -Infinity at 0, NaN below, subnormals in full. */
@inline
export function log4(x: v128): v128 {
  const small = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, small);
  // m in [sqrt(1/2), sqrt(2)): its bits are those of x less k exponents
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.add(i32x4.shr_s(bits, 23), v128.and(small, i32x4.splat(-23)));
  const k = f32x4.convert_i32x4_s(exponent);
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  // fdlibm, e_logf.c
  let r = f32x4.add(f32x4.mul(z, f32x4.splat(0.24279078841)), f32x4.splat(0.28498786688));
  r = f32x4.add(f32x4.mul(z, r), f32x4.splat(0.40000972152));
  r = f32x4.add(f32x4.mul(z, r), f32x4.splat(0.66666662693));
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const low = f32x4.add(f32x4.mul(s, f32x4.add(half, f32x4.mul(z, r))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const y = f32x4.sub(f32x4.mul(k, f32x4.splat(LN2_HIGH)), f32x4.sub(f32x4.sub(half, low), f));
  const infinite = f32x4.eq(x, f32x4.splat(f32.POSITIVE_INFINITY));
  const zero = f32x4.eq(x, f32x4.splat(0));
  const special = v128.bitselect(f32x4.splat(f32.NEGATIVE_INFINITY), x, zero);
  const invalid = v128.not(f32x4.ge(x, f32x4.splat(0))); // all bits set is a NaN
  return v128.or(v128.bitselect(special, y, v128.or(zero, infinite)), invalid);
}

/** 1 / (1 + e^-x), within 2.6 ulp (2 except for one argument in 5000); underflow is gradual, 1 from about 17 on. */
@inline
export function sigmoid4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(56));
  // -x = k ln 2 - r, and so (A + rB) / (A + rB + 2^k (A - rB)), all of it scaled by 2^-31 so that 2^k does not overflow
  const t = f32x4.sub(f32x4.splat(ROUND + 127 - 31), f32x4.mul(clamped, f32x4.splat(LOG2E)));
  const k = f32x4.sub(t, f32x4.splat(ROUND + 127 - 31));
  const r = f32x4.add(f32x4.add(clamped, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const z = f32x4.mul(r, r);
  const a = f32x4.add(f32x4.mul(z, f32x4.splat(12.01195788)), f32x4.splat(120.14358336));
  const b = f32x4.mul(r, f32x4.add(z, f32x4.splat(60.07179168)));
  const numerator = f32x4.mul(f32x4.add(a, b), f32x4.splat(4.656612873077393e-10));
  return f32x4.div(numerator, f32x4.add(numerator, f32x4.mul(i32x4.shl(t, 23), f32x4.sub(a, b))));
}

/** Hyperbolic tangent, within 2.4 ulp (2 except for one argument in 50000); odd to the last bit, 1 from about 9 on. */
@inline
export function tanh4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-10)), f32x4.splat(10));
  // x = k ln 2 / 2 + r, and the addition theorem with c = -tanh(k ln 2 / 2) = (1 - 2^k) / (1 + 2^k). A factor below
  // 2 / ln 2 makes k lag behind: r grows where it matters little, and k is 0 until x is so big that x + c loses less.
  const t = f32x4.add(f32x4.mul(clamped, f32x4.splat(2.52583718)), f32x4.splat(ROUND + 127));
  const k = f32x4.sub(t, f32x4.splat(ROUND + 127));
  const r = f32x4.sub(clamped, f32x4.mul(k, f32x4.splat(0.34657359)));
  const z = f32x4.mul(r, r);
  const a = f32x4.add(f32x4.mul(z, f32x4.splat(6.00989866)), f32x4.splat(15.0297766));
  const b = f32x4.mul(r, f32x4.add(z, f32x4.splat(15.0297766)));
  const power = i32x4.shl(t, 23);
  const c = f32x4.div(f32x4.sub(f32x4.splat(1), power), f32x4.add(power, f32x4.splat(1)));
  const rest = f32x4.mul(b, f32x4.sub(f32x4.splat(1), f32x4.mul(c, c)));
  return f32x4.sub(f32x4.div(rest, f32x4.sub(a, f32x4.mul(c, b))), c);
}

/** ln x in float64 (the series of core/math.ts), for the sum of a softmax: x is finite and at least 1, or NaN. */
export function log64(x: f64): f64 {
  if (isNaN(x)) return x;
  const bits = reinterpret<i64>(x);
  let k = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
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
  return k * 0.6931471803691238 - (half - (s * (half + r * z) + k * 1.9082149292705877e-10) - f);
}
