import { exp } from './math.ts';
import { HIGH, halves, word } from './words.ts';

// Rational approximations from fdlibm, s_erf.c: coefficients of the numerator and of the denominator, highest power first.

/** (erf(x) - x) / x below 0.84375, with z = x^2 */
const NEAR_ZERO = [
  [-2.3763016656650163e-5, -0.005770270296489442, -0.02848174957559851, -0.3250421072470015, 0.12837916709551256],
  [-3.960228278775368e-6, 0.00013249473800432164, 0.005081306281875766, 0.0650222499887673, 0.39791722395915535, 1],
] as const;

/** erf(x) - erf(1) up to 1.25, with s = x - 1 */
const NEAR_ONE = [
  [
    -0.002166375594868791, 0.035478304325618236, -0.11089469428239668, 0.31834661990116175, -0.3722078760357013,
    0.41485611868374833, -0.0023621185607526594,
  ],
  [
    0.011984499846799107, 0.01363708391202905, 0.12617121980876164, 0.07182865441419627, 0.540397917702171,
    0.10642088040084423, 1,
  ],
] as const;

/** ln(x erfc(x)) + x^2 + 0.5625 up to 1 / 0.35, with s = 1 / x^2 */
const MIDDLE_PART = [
  [
    -9.814329344169145, -81.2874355063066, -184.60509290671104, -162.39666946257347, -62.375332450326006,
    -10.558626225323291, -0.6938585727071818, -0.009864944034847148,
  ],
  [
    -0.0604244152148581, 6.570249770319282, 108.63500554177944, 429.00814002756783, 645.3872717332679,
    434.56587747522923, 137.65775414351904, 19.651271667439257, 1,
  ],
] as const;

/** the same above 1 / 0.35 */
const FAR = [
  [
    -483.5191916086514, -1025.0951316110772, -637.5664433683896, -160.63638485582192, -17.757954917754752,
    -0.799283237680523, -0.0098649429247001,
  ],
  [
    -22.44095244658582, 474.52854120695537, 2553.0504064331644, 3199.8582195085955, 1536.729586084437,
    325.7925129965739, 30.33806074348246, 1,
  ],
] as const;

const ERX = 0.8450629115104675; // erf(1) rounded to float32
const NEAR_0 = 0.84375;
const NEAR_1 = 1.25;
const MIDDLE = 1 / 0.35;
const UNDERFLOW = 28;

/**
 * The complementary error function, 1 - erf(x): 2 / sqrt(pi) times the integral of e^(-t^2) from x to infinity. Half of
 * erfc(-x / sqrt(2)) is the normal distribution's Phi(x), to the last digits even far below 0.
 */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (a < NEAR_0) {
    const z = x * x;
    const y = x * quotient(NEAR_ZERO, z);
    return x < 0.25 ? 1 - (x + y) : 0.5 - (x - 0.5 + y);
  }
  if (a < NEAR_1) {
    const s = a - 1;
    const q = quotient(NEAR_ONE, s);
    return x > 0 ? 1 - ERX - q : 1 + (ERX + q);
  }
  if (!(a < UNDERFLOW)) return x > 0 ? 0 : x < 0 ? 2 : x;
  const s = 1 / (a * a);
  const rest = quotient(a < MIDDLE ? MIDDLE_PART : FAR, s);
  // a^2 = z^2 + (a - z)(a + z), where z is a without its lower half: z^2 is exact
  word[0] = a;
  halves[1 - HIGH] = 0;
  const z = word[0];
  const tail = (exp(-z * z - 0.5625) * exp((z - a) * (z + a) + rest)) / a;
  return x > 0 ? tail : 2 - tail;
}

function quotient([p, q]: readonly [readonly number[], readonly number[]], x: number): number {
  return horner(p, x) / horner(q, x);
}

function horner(coefficients: readonly number[], x: number): number {
  let y = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) y = y * x + coefficients[i];
  return y;
}
