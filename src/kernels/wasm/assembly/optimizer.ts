import { high64, load, low64, restBytes, store, sum64, wholeBytes } from './lanes';

/** The sum of squares of x (n), in float64 throughout, as squares of large gradients overflow float32. */
export function sumOfSquares(x: usize, n: i32): f64 {
  const end = x + (n << 2);
  const whole = x + wholeBytes(n);
  let low = f64x2.splat(0);
  let high = low;
  for (; x < whole; x += 16) {
    const v = v128.load(x);
    const a = low64(v);
    const b = high64(v);
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  let sum = sum64(f64x2.add(low, high));
  for (; x < end; x += 4) {
    const v = <f64>f32.load(x);
    sum += v * v;
  }
  return sum;
}

// beta^step by squaring
function power(beta: f64, step: i32): f64 {
  let result: f64 = 1;
  for (; step > 0; step >>= 1, beta *= beta) if (step & 1) result *= beta;
  return result;
}

// parameter -= lr (weightDecay parameter + mhat / (sqrt(vhat) + eps)), all (n)
export function adamw(
  parameter: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  eps: f64,
  weightDecay: f64,
  step: i32,
): void {
  const stepSize = <f32>(learningRate / (1 - power(beta1, step)));
  const scale = <f32>(1 / Math.sqrt(1 - power(beta2, step)));
  const decay = <f32>(learningRate * weightDecay); // in float32 1 - decay would lose its digits
  const whole = wholeBytes(n);
  const rest = restBytes(n);
  const take1 = <f32>(1 - beta1);
  const take2 = <f32>(1 - beta2);
  adamwLoop(true, parameter, m, v, g, whole, stepSize, scale, decay, take1, take2, <f32>eps);
  parameter += whole;
  adamwLoop(false, parameter, m + whole, v + whole, g + whole, rest, stepSize, scale, decay, take1, take2, <f32>eps);
}

@inline
function adamwLoop(
  whole: bool,
  parameter: usize,
  m: usize,
  v: usize,
  g: usize,
  bytes: usize,
  stepSize: f32,
  scale: f32,
  decay: f32,
  take1: f32,
  take2: f32,
  eps: f32,
): void {
  const steps = f32x4.splat(stepSize);
  const scales = f32x4.splat(scale);
  const decays = f32x4.splat(decay);
  const takes1 = f32x4.splat(take1);
  const takes2 = f32x4.splat(take2);
  const epsilons = f32x4.splat(eps);
  const by = whole ? 16 : 4;
  const end = g + bytes;
  if (g < end)
    do {
      const d = load(g, whole);
      // beta m + (1 - beta) g as m + (1 - beta) (g - m): in float32 beta 0.999 is off by 1e-5 of 1 - beta
      const mean = load(m, whole);
      const nextMean = f32x4.add(mean, f32x4.mul(takes1, f32x4.sub(d, mean)));
      const square = load(v, whole);
      const drift = f32x4.sub(f32x4.mul(f32x4.mul(takes2, d), d), f32x4.mul(takes2, square));
      const nextSquare = f32x4.add(square, drift);
      store(m, nextMean, whole);
      store(v, nextSquare, whole);
      const p = load(parameter, whole);
      const root = f32x4.add(f32x4.mul(f32x4.sqrt(nextSquare), scales), epsilons);
      const change = f32x4.add(f32x4.mul(decays, p), f32x4.div(f32x4.mul(steps, nextMean), root));
      store(parameter, f32x4.sub(p, change), whole);
      parameter += by;
      m += by;
      v += by;
      g += by;
    } while (g < end);
}

// velocity = momentum velocity + g (the first step: g), parameter -= lr velocity, all (n)
export function sgd(
  parameter: usize,
  velocity: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
  weightDecay: f32,
  step: i32,
): void {
  const whole = wholeBytes(n);
  const rest = restBytes(n);
  const first = step == 1;
  sgdLoop(true, parameter, velocity, g, whole, learningRate, momentum, nesterov, weightDecay, first);
  parameter += whole;
  velocity += whole;
  sgdLoop(false, parameter, velocity, g + whole, rest, learningRate, momentum, nesterov, weightDecay, first);
}

@inline
function sgdLoop(
  whole: bool,
  parameter: usize,
  velocity: usize,
  g: usize,
  bytes: usize,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
  weightDecay: f32,
  first: bool,
): void {
  const rates = f32x4.splat(learningRate);
  const keep = f32x4.splat(momentum);
  const decays = f32x4.splat(weightDecay);
  const by = whole ? 16 : 4;
  const end = g + bytes;
  if (g < end)
    do {
      const p = load(parameter, whole);
      const d = f32x4.add(load(g, whole), f32x4.mul(decays, p));
      const speed = first ? d : f32x4.add(f32x4.mul(keep, load(velocity, whole)), d);
      store(velocity, speed, whole);
      const change = nesterov ? f32x4.add(d, f32x4.mul(keep, speed)) : speed;
      store(parameter, f32x4.sub(p, f32x4.mul(rates, change)), whole);
      parameter += by;
      velocity += by;
      g += by;
    } while (g < end);
}
