import { expEach, smallTanh, TANH_SMALL } from '../../core/math.ts';
import type { In, Vec } from '../types.ts';

const BLOCK = 256; // values whose exponentials are held at a time
const exps = /* @__PURE__ */ new Float64Array(BLOCK);

// y (n) from yAt = sigmoid of x (n) from xAt, with the bits of math.sigmoid
export function sigmoids(y: Vec, yAt: number, x: In, xAt: number, n: number): void {
  const e = exps;
  for (; n > 0; n -= BLOCK, xAt += BLOCK, yAt += BLOCK) {
    const m = n < BLOCK ? n : BLOCK;
    for (let i = 0; i < m; i++) {
      const v = x[xAt + i];
      e[i] = v >= 0 ? -v : v;
    }
    expEach(e, m);
    for (let i = 0; i < m; i++) {
      const p = e[i];
      y[yAt + i] = x[xAt + i] >= 0 ? 1 / (1 + p) : p / (1 + p);
    }
  }
}

// y (n) from yAt = tanh of x (n) from xAt, with the bits of math.tanh
export function tanhs(y: Vec, yAt: number, x: In, xAt: number, n: number): void {
  const e = exps;
  for (; n > 0; n -= BLOCK, xAt += BLOCK, yAt += BLOCK) {
    const m = n < BLOCK ? n : BLOCK;
    let large = 0;
    for (let i = 0; i < m; i++) {
      const v = x[xAt + i];
      if (!(v < TANH_SMALL && v > -TANH_SMALL)) e[large++] = v < 0 ? -2 * v : 2 * v;
    }
    expEach(e, large);
    for (let i = 0, k = 0; i < m; i++) {
      const v = x[xAt + i];
      if (v < TANH_SMALL && v > -TANH_SMALL) y[yAt + i] = smallTanh(v);
      else {
        const t = 1 - 2 / (e[k++] + 1);
        y[yAt + i] = v < 0 ? -t : t;
      }
    }
  }
}
