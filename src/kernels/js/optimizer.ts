import type { Kernels } from '../types.ts';

export const sumOfSquares: Kernels['sumOfSquares'] = (x, n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i] * x[i];
  return sum;
};

// beta^step by squaring: Math.pow is the engine's own
function power(beta: number, step: number): number {
  let result = 1;
  for (let base = beta, n = step; n > 0; n = Math.floor(n / 2), base *= base) if (n % 2 === 1) result *= base;
  return result;
}

// parameter -= lr (weightDecay parameter + mhat / (sqrt(vhat) + eps)), all (n)
export const adamw: Kernels['adamw'] = (parameter, m, v, g, n, learningRate, beta1, beta2, eps, weightDecay, step) => {
  const stepSize = learningRate / (1 - power(beta1, step));
  const root = Math.sqrt(1 - power(beta2, step));
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < n; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    parameter[i] = keep * parameter[i] - (stepSize * m[i]) / (Math.sqrt(v[i]) / root + eps);
  }
};

// velocity = momentum velocity + g (the first step: g), parameter -= lr velocity, all (n)
export const sgd: Kernels['sgd'] = (parameter, velocity, g, n, learningRate, momentum, nesterov, weightDecay, step) => {
  for (let i = 0; i < n; i++) {
    const d = g[i] + weightDecay * parameter[i];
    velocity[i] = step === 1 ? d : momentum * velocity[i] + d;
    parameter[i] -= learningRate * (nesterov ? d + momentum * velocity[i] : velocity[i]);
  }
};
