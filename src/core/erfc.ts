import { exp } from './math.ts';

// The quotients of polynomials of fdlibm, s_erf.c.

/** (erf(x) - x) / x below 0.84375, z being x^2 */
function nearZero(z: number): number {
  let p = -2.3763016656650163e-5;
  p = p * z - 0.005770270296489442;
  p = p * z - 0.02848174957559851;
  p = p * z - 0.3250421072470015;
  p = p * z + 0.12837916709551256;
  let q = -3.960228278775368e-6;
  q = q * z + 0.00013249473800432164;
  q = q * z + 0.005081306281875766;
  q = q * z + 0.0650222499887673;
  q = q * z + 0.39791722395915535;
  q = q * z + 1;
  return p / q;
}

/** erf(x) - erf(1) up to 1.25, s being x - 1 */
function nearOne(s: number): number {
  let p = -0.002166375594868791;
  p = p * s + 0.035478304325618236;
  p = p * s - 0.11089469428239668;
  p = p * s + 0.31834661990116175;
  p = p * s - 0.3722078760357013;
  p = p * s + 0.41485611868374833;
  p = p * s - 0.0023621185607526594;
  let q = 0.011984499846799107;
  q = q * s + 0.01363708391202905;
  q = q * s + 0.12617121980876164;
  q = q * s + 0.07182865441419627;
  q = q * s + 0.540397917702171;
  q = q * s + 0.10642088040084423;
  q = q * s + 1;
  return p / q;
}

/** ln(x erfc(x)) + x^2 + 0.5625 up to 1 / 0.35, s being 1 / x^2 */
function middle(s: number): number {
  let p = -9.814329344169145;
  p = p * s - 81.2874355063066;
  p = p * s - 184.60509290671104;
  p = p * s - 162.39666946257347;
  p = p * s - 62.375332450326006;
  p = p * s - 10.558626225323291;
  p = p * s - 0.6938585727071818;
  p = p * s - 0.009864944034847148;
  let q = -0.0604244152148581;
  q = q * s + 6.570249770319282;
  q = q * s + 108.63500554177944;
  q = q * s + 429.00814002756783;
  q = q * s + 645.3872717332679;
  q = q * s + 434.56587747522923;
  q = q * s + 137.65775414351904;
  q = q * s + 19.651271667439257;
  q = q * s + 1;
  return p / q;
}

/** the same beyond */
function far(s: number): number {
  let p = -483.5191916086514;
  p = p * s - 1025.0951316110772;
  p = p * s - 637.5664433683896;
  p = p * s - 160.63638485582192;
  p = p * s - 17.757954917754752;
  p = p * s - 0.799283237680523;
  p = p * s - 0.0098649429247001;
  let q = -22.44095244658582;
  q = q * s + 474.52854120695537;
  q = q * s + 2553.0504064331644;
  q = q * s + 3199.8582195085955;
  q = q * s + 1536.729586084437;
  q = q * s + 325.7925129965739;
  q = q * s + 30.33806074348246;
  q = q * s + 1;
  return p / q;
}

const ERX = 0.8450629115104675; // erf(1) rounded to float32
const NEAR_0 = 0.84375;
const NEAR_1 = 1.25;
const MIDDLE = 1 / 0.35;
const UNDERFLOW = 28;

const word = /* @__PURE__ */ new Float64Array(1);
const halves = /* @__PURE__ */ new Uint32Array(/* @__PURE__ */ word.buffer);
const LOW = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/**
 * The complement of the error function, 1 - erf(x) = 2 / sqrt(pi) times the integral of e^(-t^2) from x on; half of it at
 * -x / sqrt(2) is the normal distribution's Phi(x), to the last digits far below 0, too.
 */
export function erfc(x: number): number {
  const a = Math.abs(x);
  if (a < NEAR_0) {
    const z = x * x;
    const y = x * nearZero(z);
    return x < 0.25 ? 1 - (x + y) : 0.5 - (x - 0.5 + y);
  }
  if (a < NEAR_1) {
    const s = a - 1;
    const q = nearOne(s);
    return x > 0 ? 1 - ERX - q : 1 + (ERX + q);
  }
  if (!(a < UNDERFLOW)) return x > 0 ? 0 : x < 0 ? 2 : x;
  const s = 1 / (a * a);
  const rest = a < MIDDLE ? middle(s) : far(s);
  // a^2 = z^2 + (a - z)(a + z), z being a without its lower half: z^2 is exact
  word[0] = a;
  halves[LOW] = 0;
  const z = word[0];
  const tail = (exp(-z * z - 0.5625) * exp((z - a) * (z + a) + rest)) / a;
  return x > 0 ? tail : 2 - tail;
}
