import type { Kernels } from '../types.ts';

// y (B,D) = x / |x|, norm (B)
export const l2Normalize: Kernels['l2Normalize'] = (y, norm, x, B, D, eps) => {
  for (let b = 0; b < B; b++) {
    const end = (b + 1) * D;
    let squares = 0;
    for (let i = b * D; i < end; i++) squares += x[i] * x[i];
    const length = Math.sqrt(squares);
    norm[b] = length;
    const scale = length <= eps ? 0 : 1 / length;
    for (let i = b * D; i < end; i++) y[i] = x[i] * scale;
  }
};

// dx += (dy - y (y . dy)) / norm
export const l2NormalizeBackward: Kernels['l2NormalizeBackward'] = (dx, dy, y, norm, B, D, eps) => {
  for (let b = 0; b < B; b++) {
    if (norm[b] <= eps) continue;
    const end = (b + 1) * D;
    let dot = 0;
    for (let i = b * D; i < end; i++) dot += y[i] * dy[i];
    for (let i = b * D; i < end; i++) dx[i] += (dy[i] - y[i] * dot) / norm[b];
  }
};

// d (M,N) = |a_m - b_n|^2. The differences are squared one by one: |a|^2 + |b|^2 - 2 a.b cancels for near neighbours.
export const squaredEuclidean: Kernels['squaredEuclidean'] = (d, a, b, M, N, D) => {
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let i = m * D, j = n * D; i < (m + 1) * D; i++, j++) sum += (a[i] - b[j]) * (a[i] - b[j]);
      d[m * N + n] = sum;
    }
};

// da_m += 2 dd_mn (a_m - b_n), db_n -= the same
export const squaredEuclideanBackward: Kernels['squaredEuclideanBackward'] = (da, db, dd, a, b, M, N, D) => {
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      const g = 2 * dd[m * N + n];
      if (g === 0) continue;
      if (da) for (let i = 0; i < D; i++) da[m * D + i] += g * (a[m * D + i] - b[n * D + i]);
      if (db) for (let i = 0; i < D; i++) db[n * D + i] -= g * (a[m * D + i] - b[n * D + i]);
    }
};
