// Constants of van der Maaten's code.
const GAIN_STEP = 0.2;
const GAIN_DECAY = 0.8;
const MIN_GAIN = 0.01;

/**
 * Gradient descent with momentum, and with a gain per coordinate that grows while the direction stays the same (Jacobs,
 * "Increased rates of convergence through learning rate adaptation", Neural Networks 1, 1988).
 */
export class Motion {
  private readonly update: Float64Array;
  private readonly gain: Float64Array;

  constructor(n: number) {
    this.update = new Float64Array(n);
    this.gain = new Float64Array(n).fill(1);
  }

  stop(): void {
    this.update.fill(0);
    this.gain.fill(1);
  }

  /** Moves the layout; returns its largest absolute coordinate. */
  move(layout: Float64Array, gradient: Float64Array, learningRate: number, momentum: number): number {
    const update = this.update;
    const gain = this.gain;
    let reach = 0;
    for (let i = 0; i < layout.length; i++) {
      const along = update[i] * gradient[i] < 0; // an update goes against the gradient
      gain[i] = Math.max(along ? gain[i] + GAIN_STEP : gain[i] * GAIN_DECAY, MIN_GAIN);
      update[i] = momentum * update[i] - learningRate * gain[i] * gradient[i];
      layout[i] += update[i];
      reach = Math.max(reach, Math.abs(layout[i])); // NaN is kept
    }
    return reach;
  }
}
