// y, argmax (B,P) from x (B,L); a NaN in the window is its maximum, as in PyTorch
export function maxPool1d(
  y: usize,
  argmax: usize,
  x: usize,
  B: i32,
  L: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
): void {
  const pairs = K == 2 && stride == 2 && padding == 0 && P << 1 <= L && P >= 4;
  for (let b: i32 = 0; b < B; b++) {
    if (pairs) rowOfPairs(y, argmax, x, P);
    else rowOfWindows(y, argmax, x, L, P, K, stride, padding);
    x += <usize>L << 2;
    y += <usize>P << 2;
    argmax += <usize>P << 2;
  }
}

// Windows of 2, four at a time; the last four overlap the previous ones, so there is no tail. P >= 4
@inline
function rowOfPairs(y: usize, argmax: usize, x: usize, P: i32): void {
  const last: i32 = P - 4;
  let p: i32 = 0;
  while (p < last) {
    fourPairs(y, argmax, x, p);
    p += 4;
  }
  fourPairs(y, argmax, x, last);
}

// The four windows of 2 from the p-th on.
@inline
function fourPairs(y: usize, argmax: usize, x: usize, p: i32): void {
  const to = <usize>p << 2;
  const from = x + (to << 1);
  const low = v128.load(from);
  const high = v128.load(from, 16);
  const first = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
  const second = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
  const wins = beats(second, first);
  v128.store(y + to, v128.bitselect(second, first, wins));
  v128.store(argmax + to, i32x4.sub(i32x4.add(i32x4.splat(p << 1), i32x4(0, 2, 4, 6)), wins));
}

// Where v is larger than value or a NaN, and value is not a NaN.
@inline
function beats(v: v128, value: v128): v128 {
  return v128.andnot(f32x4.eq(value, value), f32x4.le(v, value));
}

// Windows of any size, one at a time, but in lanes, where selecting takes no branch.
@inline
function rowOfWindows(y: usize, argmax: usize, x: usize, L: i32, P: i32, K: i32, stride: i32, padding: i32): void {
  for (let p: i32 = 0; p < P; p++) {
    const start = p * stride - padding;
    const end = min(start + K, L);
    const first = max(start, 0);
    let best = i32x4.splat(first);
    let value = v128.load_zero<f32>(x + (<usize>first << 2));
    for (let l = first + 1; l < end; l++) {
      const v = v128.load_zero<f32>(x + (<usize>l << 2));
      const wins = beats(v, value);
      best = v128.bitselect(i32x4.splat(l), best, wins);
      value = v128.bitselect(v, value, wins);
    }
    v128.store_lane<f32>(y + (<usize>p << 2), value, 0);
    v128.store_lane<i32>(argmax + (<usize>p << 2), best, 0);
  }
}

// dx (B,L) at argmax (B,P) += dy (B,P)
export function maxPool1dBackward(dx: usize, dy: usize, argmax: usize, B: i32, L: i32, P: i32): void {
  // four windows of 2 that begin at 0, 2, 4 and 6 from here, if that is what they are, touch these 8 elements
  const vectors: i32 = P << 1 <= L ? P & ~3 : 0;
  const begins = i32x4(0, 2, 4, 6);
  for (let b: i32 = 0; b < B; b++) {
    let p: i32 = 0;
    if (p < vectors)
      do {
        const from = <usize>p << 2;
        const second = i32x4.sub(i32x4.sub(v128.load(argmax + from), i32x4.splat(p << 1)), begins); // 0 or 1
        if (v128.any_true(v128.and(second, i32x4.splat(~1)))) {
          fourOneByOne(dx, dy + from, argmax + from);
        } else {
          const to = dx + (from << 1);
          const g = v128.load(dy + from);
          const odd = v128.and(g, i32x4.neg(second));
          const even = v128.xor(g, odd);
          v128.store(to, f32x4.add(v128.load(to), v128.shuffle<f32>(even, odd, 0, 4, 1, 5)));
          v128.store(to, f32x4.add(v128.load(to, 16), v128.shuffle<f32>(even, odd, 2, 6, 3, 7)), 16);
        }
        p += 4;
      } while (p < vectors);
    while (p < P) {
      const from = <usize>p << 2;
      addAt(dx, dy + from, argmax + from);
      p++;
    }
    dx += <usize>L << 2;
    dy += <usize>P << 2;
    argmax += <usize>P << 2;
  }
}

function fourOneByOne(dx: usize, dy: usize, argmax: usize): void {
  addAt(dx, dy, argmax);
  addAt(dx, dy + 4, argmax + 4);
  addAt(dx, dy + 8, argmax + 8);
  addAt(dx, dy + 12, argmax + 12);
}

@inline
function addAt(dx: usize, dy: usize, argmax: usize): void {
  const to = dx + (<usize>i32.load(argmax) << 2);
  f32.store(to, f32.load(to) + f32.load(dy));
}
