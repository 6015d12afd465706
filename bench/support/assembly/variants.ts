// Alternatives to the kernels, not used: bench/suites/variants.ts verifies and times them.
import { gradient, normalise } from '../../../src/kernels/wasm/assembly/batchNormReluPool';
import { gemm, gemmWorkspace, multiplyWhole } from '../../../src/kernels/wasm/assembly/gemm';
import { sum4 } from '../../../src/kernels/wasm/assembly/lanes';
import { activate, step } from '../../../src/kernels/wasm/assembly/lstm';
import { stepBackward } from '../../../src/kernels/wasm/assembly/lstmStepBackward';
import { sigmoid4, tanh4 } from '../../../src/kernels/wasm/assembly/math';
import { packedBytes, packWhole } from '../../../src/kernels/wasm/assembly/pack';

export {
  batchNorm,
  batchNormBackward,
  batchNormReluPool,
  batchNormReluPoolBackward,
  conv1d,
  lstm,
  maxPool1d,
  maxPool1dBackward,
  relu,
  reluBackward,
} from '../../../src/kernels/wasm/assembly/index';

/** conv1d with padding for stride 1, through the matrix of columns (C K,P) in memory and one gemm a sample. */
export function conv1dColumns(
  y: usize,
  x: usize,
  weight: usize,
  columns: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  K: i32,
  padding: i32,
  work: usize,
): void {
  for (let b = 0; b < B; b++, x += (C * L) << 2, y += (O * L) << 2) {
    let to = columns;
    for (let c = 0; c < C; c++)
      for (let k = 0; k < K; k++, to += L << 2) {
        const first = max(0, padding - k);
        const last = min(L, L + padding - k);
        memory.fill(to, 0, first << 2);
        memory.copy(to + (first << 2), x + ((c * L + first + k - padding) << 2), (last - first) << 2);
        memory.fill(to + (last << 2), 0, (L - last) << 2);
      }
    gemm(y, 0, L, weight, 0, C * K, columns, 0, L, O, L, C * K, false, false, 1, 0, work);
  }
}

/** lstm from zero states with all inputs projected by one gemm before the loop. */
export function lstmAtOnce(
  y: usize,
  c: usize,
  gates: usize,
  x: usize,
  wIh: usize,
  wHh: usize,
  bIh: usize,
  bHh: usize,
  T: i32,
  B: i32,
  D: i32,
  H: i32,
  work: usize,
): void {
  const G = 4 * H;
  const packed = work + gemmWorkspace();
  const bias = packed + packedBytes(H, G);
  packWhole(packed, wHh, 4, H << 2, H, G);
  for (let j = 0; j < G << 2; j += 4) f32.store(bias + j, f32.load(bIh + j) + f32.load(bHh + j));
  gemm(gates, 0, G, x, 0, D, wIh, 0, D, T * B, G, D, false, true, 1, 0, work);
  const state = (B * H) << 2;
  for (let t = 0; t < T; t++, gates += state << 2, y += state, c += state) {
    if (t > 0) multiplyWhole(gates, G << 2, y - state, H << 2, packed, B, G, H, true, work);
    for (let b = 0; b < B; b++) {
      const row = (b * H) << 2;
      activate(gates + (row << 2), bias, H);
      step(y + row, c + row, gates + (row << 2), t > 0 ? c - state + row : 0, H);
    }
  }
}

/** What `lstm` does after the products of a step, for B rows: activations, then the step. */
export function stepsInTwoPasses(y: usize, c: usize, gates: usize, bias: usize, cell: usize, B: i32, H: i32): void {
  for (let b = 0; b < B; b++) {
    const row = (b * H) << 2;
    activate(gates + (row << 2), bias, H);
    step(y + row, c + row, gates + (row << 2), cell + row, H);
  }
}

/** The same, four units at a time from the products to y; H a multiple of 4. */
export function stepsInOnePass(y: usize, c: usize, gates: usize, bias: usize, cell: usize, B: i32, H: i32): void {
  const one = H << 2;
  for (let b = 0; b < B; b++, y += one, c += one, cell += one, gates += one << 2) {
    let j = 0;
    do {
      const g = gates + j;
      const d = bias + j;
      const i = sigmoid4(f32x4.add(v128.load(g), v128.load(d)));
      const f = sigmoid4(f32x4.add(v128.load(g + one), v128.load(d + one)));
      const a = tanh4(f32x4.add(v128.load(g + 2 * one), v128.load(d + 2 * one)));
      const o = sigmoid4(f32x4.add(v128.load(g + 3 * one), v128.load(d + 3 * one)));
      const next = f32x4.add(f32x4.mul(f, v128.load(cell + j)), f32x4.mul(i, a));
      v128.store(g, i);
      v128.store(g + one, f);
      v128.store(g + 2 * one, a);
      v128.store(g + 3 * one, o);
      v128.store(c + j, next);
      v128.store(y + j, f32x4.mul(o, tanh4(next)));
      j += 16;
    } while (j < one);
  }
}

/** What `lstmBackward` does before the products of a step, for B rows: the tanh of the cell state anew. */
export function stepsBackward(
  dgates: usize,
  dh: usize,
  dc: usize,
  c: usize,
  gates: usize,
  cell: usize,
  B: i32,
  H: i32,
): void {
  const one = H << 2;
  for (let b = 0; b < B; b++) {
    const row = b * one;
    stepBackward(dgates + (row << 2), dh + row, dc + row, 0, c + row, gates + (row << 2), cell + row, H);
  }
}

/** The same with tanh(c) stored by the forward pass, in the place of c; H a multiple of 4. */
export function stepsBackwardStored(
  dgates: usize,
  dh: usize,
  dc: usize,
  tc: usize,
  gates: usize,
  cell: usize,
  B: i32,
  H: i32,
): void {
  const one = H << 2;
  const ones = f32x4.splat(1);
  for (let b = 0; b < B; b++, dgates += one << 2, gates += one << 2, dh += one, dc += one, tc += one, cell += one) {
    let j = 0;
    do {
      const i = v128.load(gates + j);
      const f = v128.load(gates + one + j);
      const g = v128.load(gates + 2 * one + j);
      const o = v128.load(gates + 3 * one + j);
      const t = v128.load(tc + j);
      const d = v128.load(dh + j);
      const inner = f32x4.mul(d, f32x4.mul(o, f32x4.sub(ones, f32x4.mul(t, t))));
      const dcell = f32x4.add(v128.load(dc + j), inner);
      v128.store(dgates + j, f32x4.mul(f32x4.mul(dcell, g), f32x4.mul(i, f32x4.sub(ones, i))));
      const kept = v128.load(cell + j);
      v128.store(dgates + one + j, f32x4.mul(f32x4.mul(dcell, kept), f32x4.mul(f, f32x4.sub(ones, f))));
      v128.store(dgates + 2 * one + j, f32x4.mul(f32x4.mul(dcell, i), f32x4.sub(ones, f32x4.mul(g, g))));
      v128.store(dgates + 3 * one + j, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(ones, o))));
      v128.store(dc + j, f32x4.mul(dcell, f));
      j += 16;
    } while (j < one);
  }
}

/**
 * batchNormReluPool with windows of 2 that also writes a mask, a byte for each window: 0 where relu makes it 0, otherwise 1 or 2 by
 * which sample is the larger.
 */
export function batchNormReluPoolMask(
  y: usize,
  mask: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  bias: usize,
  B: i32,
  C: i32,
  L: i32,
): void {
  const P = L >> 1;
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C << 2; c += 4, x += L << 2, y += P << 2, mask += P) {
      const m = f32.load(mean + c);
      const scale = f32.load(invStd + c) * f32.load(weight + c);
      const shift = f32.load(bias + c);
      const whole = P & ~3;
      let p = 0;
      if (p < whole)
        do {
          const low = v128.load(x + (p << 3));
          const high = v128.load(x + (p << 3), 16);
          const u = normalise(v128.shuffle<f32>(low, high, 0, 2, 4, 6), m, scale, shift);
          const v = normalise(v128.shuffle<f32>(low, high, 1, 3, 5, 7), m, scale, shift);
          const largest = f32x4.max(u, v);
          v128.store(y + (p << 2), f32x4.max(largest, f32x4.splat(0)));
          const which = v128.bitselect(i32x4.splat(1), i32x4.splat(2), f32x4.ge(u, v));
          const code = v128.and(which, f32x4.gt(largest, f32x4.splat(0)));
          const words = i16x8.narrow_i32x4_s(code, code);
          v128.store32_lane(mask + p, i8x16.narrow_i16x8_s(words, words), 0);
          p += 4;
        } while (p < whole);
      for (; p < P; p++) {
        const u = (f32.load(x + (p << 3)) - m) * scale + shift;
        const v = (f32.load(x + (p << 3), 4) - m) * scale + shift;
        const largest = max<f32>(u, v);
        f32.store(y + (p << 2), max<f32>(largest, 0));
        store<u8>(mask + p, largest > 0 ? (u >= v ? 1 : 2) : 0);
      }
    }
}

/** batchNormReluPoolBackward in training, from that mask in place of a second look at the normalised values. */
export function batchNormReluPoolMaskBackward(
  dx: usize,
  dy: usize,
  mask: usize,
  x: usize,
  mean: usize,
  invStd: usize,
  weight: usize,
  B: i32,
  C: i32,
  L: i32,
): void {
  const P = L >> 1;
  const whole = P & ~3;
  const n = <f64>B * <f64>L;
  for (let c = 0; c < C; c++) {
    const m = f32.load(mean + (c << 2));
    const std = f32.load(invStd + (c << 2));
    const scale = std * f32.load(weight + (c << 2));
    let sum: f64 = 0;
    let dot: f64 = 0;
    for (let b = 0; b < B; b++) {
      const row = x + (((b * C + c) * L) << 2);
      const from = dy + (((b * C + c) * P) << 2);
      const codes = mask + (b * C + c) * P;
      let sums = f32x4.splat(0);
      let dots = sums;
      let p = 0;
      if (p < whole)
        do {
          const low = v128.load(row + (p << 3));
          const high = v128.load(row + (p << 3), 16);
          const code = codesAt(codes + p);
          const first = i32x4.eq(code, i32x4.splat(1));
          const g = v128.and(v128.load(from + (p << 2)), i32x4.ne(code, i32x4.splat(0)));
          const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
          const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
          sums = f32x4.add(sums, g);
          dots = f32x4.add(dots, f32x4.mul(g, f32x4.sub(v128.bitselect(even, odd, first), f32x4.splat(m))));
          p += 4;
        } while (p < whole);
      sum += sum4(sums);
      dot += sum4(dots);
      for (; p < P; p++) {
        const code = <i32>load<u8>(codes + p);
        if (code == 0) continue;
        const g = f32.load(from + (p << 2));
        sum += <f64>g;
        dot += <f64>g * <f64>(f32.load(row + ((2 * p + code - 1) << 2)) - m);
      }
    }
    const meanDy = <f32>(sum / n);
    const slope = <f32>(((dot * <f64>std) / n) * <f64>std);
    for (let b = 0; b < B; b++) {
      const row = x + (((b * C + c) * L) << 2);
      const to = dx + (((b * C + c) * L) << 2);
      const from = dy + (((b * C + c) * P) << 2);
      const codes = mask + (b * C + c) * P;
      let p = 0;
      if (p < whole)
        do {
          const low = v128.load(row + (p << 3));
          const high = v128.load(row + (p << 3), 16);
          const code = codesAt(codes + p);
          const g = v128.load(from + (p << 2));
          const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
          const odd = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
          const du = gradient(v128.and(g, i32x4.eq(code, i32x4.splat(1))), even, m, scale, meanDy, slope);
          const dv = gradient(v128.and(g, i32x4.eq(code, i32x4.splat(2))), odd, m, scale, meanDy, slope);
          const at = to + (p << 3);
          v128.store(at, f32x4.add(v128.load(at), v128.shuffle<f32>(du, dv, 0, 4, 1, 5)));
          v128.store(at, f32x4.add(v128.load(at, 16), v128.shuffle<f32>(du, dv, 2, 6, 3, 7)), 16);
          p += 4;
        } while (p < whole);
      for (; p < P; p++) {
        const code = <i32>load<u8>(codes + p);
        const g = f32.load(from + (p << 2));
        for (let i = 0; i < 2; i++) {
          const at = (2 * p + i) << 2;
          const d = (code == i + 1 ? g : 0) - meanDy - (f32.load(row + at) - m) * slope;
          f32.store(to + at, f32.load(to + at) + scale * d);
        }
      }
    }
  }
}

/** Four bytes of a mask, each in a lane. */
@inline
function codesAt(at: usize): v128 {
  return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(at)));
}

const POINTS: i32 = 6; // 0, 1, -1, 2, -2 and infinity

/** Bytes that `conv5Winograd` works in, for N tiles in whole vectors. */
export function conv5WinogradBytes(C: i32, O: i32, L: i32): i32 {
  const N = ((L >> 1) + 3) & ~3;
  return ((POINTS * (O * C + C * N + O * N) + 2 * (N + 8)) << 2) + gemmWorkspace();
}

/** conv1d of width 5, padding 2 and an even L by Winograd's F(2,5): six products of half as many columns in the place of one. */
export function conv5Winograd(y: usize, x: usize, weight: usize, B: i32, C: i32, L: i32, O: i32, work: usize): void {
  const N = ((L >> 1) + 3) & ~3;
  const u = work + gemmWorkspace();
  const v = u + ((POINTS * O * C) << 2);
  const m = v + ((POINTS * C * N) << 2);
  const even = m + ((POINTS * O * N) << 2);
  const odd = even + ((N + 8) << 2);
  const plane = (O * C) << 2;
  for (let i = 0; i < O * C; i++) {
    const g = weight + ((5 * i) << 2);
    const to = u + (i << 2);
    const g0 = f32.load(g);
    const g1 = f32.load(g + 4);
    const g2 = f32.load(g + 8);
    const g3 = f32.load(g + 12);
    const g4 = f32.load(g + 16);
    f32.store(to, g0 / 4);
    f32.store(to + plane, -(g0 + g1 + g2 + g3 + g4) / 6);
    f32.store(to + 2 * plane, -(g0 - g1 + g2 - g3 + g4) / 6);
    f32.store(to + 3 * plane, (g0 + 2 * g1 + 4 * g2 + 8 * g3 + 16 * g4) / 24);
    f32.store(to + 4 * plane, (g0 - 2 * g1 + 4 * g2 - 8 * g3 + 16 * g4) / 24);
    f32.store(to + 5 * plane, g4);
  }
  memory.fill(even, 0, (2 * (N + 8)) << 2);
  const row = N << 2;
  for (let b = 0; b < B; b++, x += (C * L) << 2, y += (O * L) << 2) {
    for (let c = 0; c < C; c++) {
      const from = x + ((c * L) << 2);
      for (let i = 0; i < L >> 1; i++) {
        f32.store(even + ((i + 1) << 2), f32.load(from + ((2 * i) << 2)));
        f32.store(odd + ((i + 1) << 2), f32.load(from + ((2 * i + 1) << 2)));
      }
      const to = v + c * row;
      for (let i = 0; i < row; i += 16) inputTile(to + i, even + i, odd + i, C * row);
    }
    for (let p = 0; p < POINTS; p++)
      gemm(m + p * O * row, 0, N, u + p * plane, 0, C, v + p * C * row, 0, N, O, N, C, false, false, 1, 0, work);
    for (let o = 0; o < O; o++) outputRow(y + ((o * L) << 2), m + o * row, O * row, L);
  }
}

/** Four tiles of a channel, d0 to d5 each, by the matrix B^T: one vector for each point. */
@inline
function inputTile(to: usize, even: usize, odd: usize, point: i32): void {
  const d0 = v128.load(even);
  const d1 = v128.load(odd);
  const d2 = v128.load(even + 4);
  const d3 = v128.load(odd + 4);
  const d4 = v128.load(even + 8);
  const d5 = v128.load(odd + 8);
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  const five = f32x4.splat(5);
  const a = f32x4.sub(d4, f32x4.mul(four, d2));
  const b = f32x4.sub(d3, f32x4.mul(four, d1));
  const c = f32x4.sub(d4, d2);
  const d = f32x4.mul(two, f32x4.sub(d3, d1));
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  v128.store(to + point, f32x4.add(a, b));
  v128.store(to + 2 * point, f32x4.sub(a, b));
  v128.store(to + 3 * point, f32x4.add(c, d));
  v128.store(to + 4 * point, f32x4.sub(c, d));
  v128.store(to + 5 * point, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** A row of outputs, two a tile, by the matrix A^T. */
function outputRow(y: usize, m: usize, point: i32, L: i32): void {
  for (let i = 0; i < L; i += 8, m += 16) {
    const sum = f32x4.add(v128.load(m + point), v128.load(m + 2 * point));
    const difference = f32x4.sub(v128.load(m + point), v128.load(m + 2 * point));
    const sum2 = f32x4.add(v128.load(m + 3 * point), v128.load(m + 4 * point));
    const difference2 = f32x4.sub(v128.load(m + 3 * point), v128.load(m + 4 * point));
    const first = f32x4.add(f32x4.add(v128.load(m), sum), sum2);
    const second = f32x4.add(f32x4.add(difference, f32x4.mul(f32x4.splat(2), difference2)), v128.load(m + 5 * point));
    const low = i8x16.shuffle(first, second, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const high = i8x16.shuffle(first, second, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const to = y + (i << 2);
    if (i + 8 <= L) {
      v128.store(to, low);
      v128.store(to + 16, high);
      continue;
    }
    if (i + 4 <= L) v128.store(to, low);
    const rest = i + 4 <= L ? high : low;
    const at = i + 4 <= L ? to + 16 : to;
    if ((L - i) & 2) v128.store64_lane(at, rest, 0);
  }
}
