import { exp4, sigmoid4 } from './math';

export const GELU_SLOPE: f32 = 1.5957691216057308; // 2 sqrt(2 / pi)
export const GELU_CUBIC: f32 = 0.044715;

/** What geluTanh multiplies x by: sigmoid(slope (x + cubic x^3)), given z = cubic x^2. */
@inline
export function geluGate(x: v128, z: v128): v128 {
  return sigmoid4(f32x4.mul(f32x4.mul(f32x4.splat(GELU_SLOPE), x), f32x4.add(f32x4.splat(1), z)));
}

/**
 * Phi(x), the normal distribution: half of erfc(z), z = |x| / sqrt(2), or 1 minus that. erfc is t times e to the
 * power of a polynomial in t = 1 / (1 + z / 2) less z^2, with a relative error of 1.2e-7 (Press et al., Numerical Recipes,
 * 1992, section 6.2) and that of z^2.
 */
@inline
export function normal(x: v128): v128 {
  const one = f32x4.splat(1);
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.7071067811865476));
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(f32x4.splat(0.5), z)));
  let p = f32x4.splat(0.17087277);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.82215223));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.48851587));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.13520398));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.27886807));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.18628806));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.09678418));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.37409196));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.00002368));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.26551223));
  const power = exp4(f32x4.sub(p, f32x4.mul(z, z)));
  const tail = f32x4.mul(f32x4.mul(f32x4.splat(0.5), t), power);
  return v128.bitselect(f32x4.sub(one, tail), tail, f32x4.gt(x, f32x4.splat(0)));
}
