/** A drawn beat. */
export interface Beat {
  /** s */
  time: number;
  /** of the R wave */
  height?: number;
  /** of the T wave, 0.3 s later; 0.25 of the R wave's by default */
  t?: number;
}

/** Gaussian R and T waves on a little noise that is the same each time. */
export function drawn(beats: readonly Beat[], seconds: number, rate = 360): Float32Array {
  const x = new Float32Array(Math.round(seconds * rate));
  const bell = (d: number, width: number): number => Math.exp((-d * d) / (2 * width * width));
  for (let i = 0; i < x.length; i++) x[i] = 0.005 * Math.sin(2.1 * i) + 0.004 * Math.sin(0.7 * i + 1);
  for (const { time, height = 1, t = 0.25 * height } of beats)
    for (let i = Math.max(0, Math.ceil((time - 1) * rate)); i < Math.min(x.length, (time + 1) * rate); i++)
      x[i] += height * bell(i / rate - time, 0.012) + t * bell(i / rate - time - 0.3, 0.05);
  return x;
}
