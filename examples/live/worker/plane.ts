import { principalComponents, principalScores, type Tensor, zeros } from 'dynaecg';

/**
 * The plane in which embeddings are seen: that of their two principal components at the moment. Nothing is subtracted, so that
 * an embedding, which has length 1, is on the rim of the unit circle if it lies in the plane, and inside if not. Each picture is
 * turned, or mirrored, to lie as nearly on the one before as it can: components of two moments differ by as much, which would
 * look as if the beats had moved.
 */
export class Plane {
  #before: Float32Array | null = null;

  /** Where embeddings z (N,D) are in it (N,2), and the share of their variance that it has. */
  place(z: Tensor): { points: Float32Array; explained: number } {
    const [, D] = z.shape;
    const { components, explainedVarianceRatio } = principalComponents(z, { components: 2 });
    const points = Float32Array.from(principalScores(z, { mean: zeros([D], { dtype: 'float64' }), components }).data);
    if (this.#before) turn(points, this.#before);
    this.#before = points;
    return { points: points.slice(), explained: Math.min(1, explainedVarianceRatio[0] + explainedVarianceRatio[1]) };
  }
}

/**
 * Turns or mirrors points p about the origin so that sum |R p_i - q_i|^2 is least: with a = sum p.q and b = sum p x q, by the angle
 * atan2(b, a), after mirroring if that brings sqrt(a^2 + b^2) up.
 */
function turn(p: Float32Array, q: Float32Array): void {
  const ways = [1, -1].map((mirror) => {
    let [a, b] = [0, 0];
    for (let i = 0; i < p.length; i += 2) {
      const [x, y] = [p[i], mirror * p[i + 1]];
      a += x * q[i] + y * q[i + 1];
      b += x * q[i + 1] - y * q[i];
    }
    return { mirror, angle: Math.atan2(b, a), fit: Math.hypot(a, b) };
  });
  const { mirror, angle } = ways[ways[1].fit > ways[0].fit ? 1 : 0];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < p.length; i += 2) {
    const [x, y] = [p[i], mirror * p[i + 1]];
    p[i] = c * x - s * y;
    p[i + 1] = s * x + c * y;
  }
}
