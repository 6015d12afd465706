// The microkernels: K multiply-adds for each of the sums that fit the registers. Only stores follow the loop: if the
// sums are added to c there, they are scheduled in another order, two of them spill, and 43 GFLOP/s become 24.

/** x y + z; the relaxed build rounds once if the processor can. */
@inline
function multiplyAdd(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, y, z) : f32x4.add(z, f32x4.mul(x, y));
}

@inline
function put(c: usize, low: v128, high: v128): void {
  v128.store(c, low);
  v128.store(c, high, 16);
}

export function tile5(c: usize, ldc: i32, strip: usize, panel: usize, K: i32): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  // Addresses just computed by a sum need no instruction to clear their upper half: 46 GFLOP/s become 48.
  const end = panel + (K << 5) - 32;
  panel -= 32;
  strip -= 80;
  while (panel != end) {
    panel += 32;
    strip += 80;
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const a0 = v128.load(strip);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load(strip, 16);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load(strip, 32);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load(strip, 48);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load(strip, 64);
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
  }
  put(c, c00, c01);
  put((c += ldc), c10, c11);
  put((c += ldc), c20, c21);
  put((c += ldc), c30, c31);
  put(c + ldc, c40, c41);
}

/** One row of a against four panels at once: per row nearly as fast as a tile, so M needs no other remainder. */
export function row32(c: usize, a: usize, step: i32, panel: usize, K: i32): void {
  const width = K << 5;
  panel -= 32;
  let p1 = panel + width;
  let p2 = p1 + width;
  let p3 = p2 + width;
  a -= step;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = p1;
  while (panel != end) {
    panel += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
    a += step;
    const x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, v128.load(panel), c00);
    c01 = multiplyAdd(x, v128.load(panel, 16), c01);
    c10 = multiplyAdd(x, v128.load(p1), c10);
    c11 = multiplyAdd(x, v128.load(p1, 16), c11);
    c20 = multiplyAdd(x, v128.load(p2), c20);
    c21 = multiplyAdd(x, v128.load(p2, 16), c21);
    c30 = multiplyAdd(x, v128.load(p3), c30);
    c31 = multiplyAdd(x, v128.load(p3, 16), c31);
  }
  put(c, c00, c01);
  put(c + 32, c10, c11);
  put(c + 64, c20, c21);
  put(c + 96, c30, c31);
}
