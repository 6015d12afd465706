// The most multiply-adds that one core can do: 13 chains that do not wait for each other, all that fit the registers.

@inline
function next(c: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(c, x, y) : f32x4.add(f32x4.mul(c, x), y);
}

/** Repeats c = c x + y in each chain; what comes out is returned, lest it be left out. */
export function peak(turns: i32): f32 {
  const x = f32x4.splat(0.5);
  const y = f32x4.splat(1);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(1);
  let c2 = f32x4.splat(2);
  let c3 = f32x4.splat(3);
  let c4 = f32x4.splat(4);
  let c5 = f32x4.splat(5);
  let c6 = f32x4.splat(6);
  let c7 = f32x4.splat(7);
  let c8 = f32x4.splat(8);
  let c9 = f32x4.splat(9);
  let c10 = f32x4.splat(10);
  let c11 = f32x4.splat(11);
  let c12 = f32x4.splat(12);
  do {
    c0 = next(c0, x, y);
    c1 = next(c1, x, y);
    c2 = next(c2, x, y);
    c3 = next(c3, x, y);
    c4 = next(c4, x, y);
    c5 = next(c5, x, y);
    c6 = next(c6, x, y);
    c7 = next(c7, x, y);
    c8 = next(c8, x, y);
    c9 = next(c9, x, y);
    c10 = next(c10, x, y);
    c11 = next(c11, x, y);
    c12 = next(c12, x, y);
  } while (--turns > 0);
  let sum = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3));
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)));
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11)));
  return f32x4.extract_lane(f32x4.add(sum, c12), 0);
}
