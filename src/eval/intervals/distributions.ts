/**
 * Distribution functions and their quantiles, for intervals and tests. They use the elementary functions of
 * `core/math.ts`, and so give the same bits on every engine.
 */
import { erfc } from '../../core/erfc.ts';
import { exp, log } from '../../core/math.ts';

const LOG_SQRT_2PI = 0.9189385332046728; // ln sqrt(2 pi)
const TINY = 1e-300; // replaces a denominator of 0 in a continued fraction
const MOST_TERMS = 100_000; // of a series or fraction; about sqrt(a) of them are needed

/** The probability below z of the standard normal distribution. */
export function normalCdf(z: number): number {
  return z < 0 ? upperTail(-z) : 1 - upperTail(z);
}

/** Its probability above z >= 0, to 13 digits even where it is small. */
export function upperTail(z: number): number {
  return erfc(z * Math.SQRT1_2) / 2;
}

/** The z below which the standard normal distribution has probability p; infinite for 0 and 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  return rising(normalCdf, p, -40, 0); // below -38.5 the probability underflows
}

/** ln Gamma(x), x > 0: Stirling's series from 10 (Abramowitz and Stegun, 6.1.41), Gamma(x + 1) = x Gamma(x) below. */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  for (; y < 10; y++) product *= y;
  const r = 1 / (y * y);
  const series = 1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))));
  return (y - 0.5) * log(y) - y + LOG_SQRT_2PI + series / y - log(product);
}

/**
 * The probability below x of the beta distribution, I_x(a, b), for 0 <= x <= 1 and a, b > 0: a continued fraction, to
 * about 13 digits minus those of a + b.
 *
 * @see DiDonato and Morris, "Algorithm 708", ACM Transactions on Mathematical Software 18(3), 1992; the fraction is
 * Abramowitz and Stegun's 26.5.8, evaluated as by Lentz.
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a); // there the fraction converges fast
  const front = exp(a * log(x) + b * log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  const term = (n: number): [over: number, plus: number] => {
    const m = Math.floor(n / 2);
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    return [n % 2 === 0 ? even : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)), 1];
  };
  return front / (a * continuedFraction(1, term));
}

/** The x below which the beta distribution has probability p. */
export function betaQuantile(p: number, a: number, b: number): number {
  return rising((x) => betaCdf(x, a, b), p, 0, 1);
}

/** The t below which Student's t distribution has probability p. */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  // t^2 / (degrees + t^2) has a beta distribution; 1 minus it keeps its digits near 0.
  const x = betaQuantile(2 * (1 - p), degrees / 2, 0.5);
  return Math.sqrt((degrees * (1 - x)) / x);
}

/**
 * `first + a1 / (b1 + a2 / (b2 + ...))` with `term(n)` = [an, bn] (Lentz's method, as modified by Thompson and
 * Barnett).
 */
function continuedFraction(first: number, term: (n: number) => [over: number, plus: number]): number {
  let value = first;
  let c = first;
  let d = 0;
  for (let n = 1; n < MOST_TERMS; n++) {
    const [over, plus] = term(n);
    d = 1 / (plus + over * d || TINY);
    c = plus + over / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/**
 * Where an increasing function reaches `target`, between `low` and `high`: bisection until no number is between them.
 */
function rising(f: (x: number) => number, target: number, low: number, high: number): number {
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return high;
    if (f(middle) < target) low = middle;
    else high = middle;
  }
}
