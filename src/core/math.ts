/**
 * Our own elementary functions. ECMAScript leaves `Math.exp`, `Math.log`, `Math.sin` and their kin to the engine, so
 * their last bits differ between V8, SpiderMonkey, QuickJS and Hermes; these use nothing but the exactly specified
 * `+ - * /`, `Math.sqrt` and bit operations, and so give the same bits everywhere. All are float64, within 2 ulp of the
 * true value (`npm test` compares them with the engine's).
 */

const LN2_HIGH = 6.93147180369123816490e-1; // the upper bits of ln 2, so that k * LN2_HIGH is exact (fdlibm, e_exp.c)
const LN2_LOW = 1.90821492927058770002e-10;
const INV_LN2 = 1.4426950408889634;
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

/** e^x: x = k ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r to r^13 (its rest is below 2^-57). */
export function exp(x: number): number {
  if (!(x <= EXP_OVERFLOW)) return x > EXP_OVERFLOW ? Number.POSITIVE_INFINITY : x;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * INV_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let p = 1 / 6227020800;
  p = p * r + 1 / 479001600;
  p = p * r + 1 / 39916800;
  p = p * r + 1 / 3628800;
  p = p * r + 1 / 362880;
  p = p * r + 1 / 40320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  p = p * r + 0.5;
  p = 1 + (r + r * r * p);
  // 2^1024 and 2^-1075 are no doubles, yet p times them may be.
  if (k === 1024) return p * 2 * POW2[1023 - MIN_EXPONENT];
  return k < MIN_EXPONENT ? p * 0.5 * POW2[0] : p * POW2[k - MIN_EXPONENT];
}

const word = /* @__PURE__ */ new Float64Array(1);
const halves = /* @__PURE__ */ new Uint32Array(/* @__PURE__ */ word.buffer);
const HIGH = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ new Uint32Array([1]).buffer)[0]; // 1 where bytes are little-endian

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
  let r = 1.479819860511658591e-1;
  r = r * z + 1.531383769920937332e-1;
  r = r * z + 1.818357216161805012e-1;
  r = r * z + 2.222219843214978396e-1;
  r = r * z + 2.857142874366239149e-1;
  r = r * z + 3.999999999940941908e-1;
  r = r * z + 6.666666666666735130e-1;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + r * z) + k * LN2_LOW) - f);
}

/** 1 / (1 + e^-x); never overflows into NaN. */
export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** Hyperbolic tangent: Moshier's rational form below 0.625 (Cephes, tanh.c), 1 - 2 / (e^2x + 1) above. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.625) {
    const z = x * x;
    const p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
    const q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    return x + (x * z * p) / q;
  }
  const t = 1 - 2 / (exp(2 * a) + 1);
  return x < 0 ? -t : t;
}

const PIO2_HIGH = 1.57079632673412561417; // pi/2 in three parts (fdlibm, e_rem_pio2.c)
const PIO2_MIDDLE = 6.07710050630396597660e-11;
const PIO2_LOW = 2.02226624879595063154e-21;

function sinKernel(r: number): number {
  const z = r * r;
  let p = 1.58969099521155010221e-10;
  p = p * z - 2.50507602534068634195e-8;
  p = p * z + 2.75573137070700676789e-6;
  p = p * z - 1.98412698298579493134e-4;
  p = p * z + 8.33333333332248946124e-3;
  p = p * z - 1.66666666666666324348e-1;
  return r + r * z * p;
}

function cosKernel(r: number): number {
  const z = r * r;
  let p = -1.13596475577881948265e-11;
  p = p * z + 2.08757232129817482790e-9;
  p = p * z - 2.75573143513906633035e-7;
  p = p * z + 2.48015872894767294178e-5;
  p = p * z - 1.38888888888741095749e-3;
  p = p * z + 4.16666666666666019037e-2;
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
