/**
 * The negatives of an anchor, sorted by distance, and by position where distances are equal: then the nearest beyond any distance
 * is found by halving. A word has a distance's bits, in an order of unsigned numbers, above the sample's position.
 *
 * Sorted by 11 bits at a time. Looking at every negative for every pair takes as long for 200 to 300 samples, and twenty times as
 * long for 2,000.
 */
const DIGIT: i32 = 11;
const BINS: i32 = 1 << DIGIT;
const MASK: u64 = BINS - 1;
const PASSES: i32 = 3;

/** Bytes of workspace for a row of n samples: counts, words twice, and positions. */
export function sortedRowBytes(n: i32): i32 {
  return PASSES * BINS * 4 + 2 * n * 8 + n * 4;
}

/** The sorted words lie there, after the counts. */
@inline
export function sortedWords(workspace: usize): usize {
  return workspace + PASSES * BINS * 4;
}

/** Sorts those of n samples that have another label, and a distance that is no NaN; returns their number. */
export function sortNegatives(workspace: usize, d: usize, labels: usize, label: i32, n: i32): i32 {
  const words = sortedWords(workspace);
  const other = words + (n << 3);
  memory.fill(workspace, 0, PASSES * BINS * 4);
  let to = other;
  for (let i = 0; i < n; i++) {
    const v = f32.load(d + (i << 2)) + 0; // -0 becomes 0
    if (i32.load(labels + (i << 2)) == label || isNaN(v)) continue;
    const key = keyOf(v);
    i64.store(to, (<u64>key << 32) | <u64>i);
    to += 8;
    for (let pass = 0; pass < PASSES; pass++) {
      const bin = workspace + ((pass * BINS + ((key >> (pass * DIGIT)) & (BINS - 1))) << 2);
      i32.store(bin, i32.load(bin) + 1);
    }
  }
  const bytes = to - other;
  let from = other;
  to = words;
  for (let pass = 0; pass < PASSES; pass++) {
    const bins = workspace + ((pass * BINS) << 2);
    let start: i32 = 0;
    for (let bin = bins; bin < bins + (BINS << 2); bin += 4) {
      const count = i32.load(bin);
      i32.store(bin, start);
      start += count;
    }
    const shift = 32 + pass * DIGIT;
    for (let at = from; at < from + bytes; at += 8) {
      const word = <u64>i64.load(at);
      const bin = bins + (<usize>((word >> shift) & MASK) << 2);
      const place = i32.load(bin);
      i32.store(bin, place + 1);
      i64.store(to + (place << 3), word);
    }
    const before = from;
    from = to;
    to = before;
  }
  return <i32>(bytes >> 3); // an odd number of passes: the words end where they are to be
}

/** Bits that are in the order of the numbers. */
@inline
function keyOf(v: f32): u32 {
  const bits = reinterpret<u32>(v);
  return bits ^ (bits >> 31 ? 0xffffffff : 0x80000000);
}

/**
 * For each of the n samples whose positions are at `others`, the first of the nearest of `count` sorted negatives that is farther
 * from the anchor, as its position, or -1 if there is none: in place of the sample's.
 *
 * Four are searched at once, without branches: one after the other each step waits for the last, and every other branch is
 * mispredicted, which takes three times as long.
 */
export function nearestBeyond(others: usize, n: i32, words: usize, count: i32, d: usize): void {
  const end = words + (count << 3);
  const last = others + ((n - 1) << 2);
  for (let at = others; at <= last; at += 16) {
    const at1 = min(at + 4, last);
    const at2 = min(at + 8, last);
    const at3 = min(at + 12, last);
    const k0 = keyAt(d, at);
    const k1 = keyAt(d, at1);
    const k2 = keyAt(d, at2);
    const k3 = keyAt(d, at3);
    let w0 = words;
    let w1 = words;
    let w2 = words;
    let w3 = words;
    for (let rest = count; rest > 1; ) {
      const half = (rest >> 1) << 3;
      w0 = select<usize>(w0 + half, w0, before(w0 + half - 8, k0));
      w1 = select<usize>(w1 + half, w1, before(w1 + half - 8, k1));
      w2 = select<usize>(w2 + half, w2, before(w2 + half - 8, k2));
      w3 = select<usize>(w3 + half, w3, before(w3 + half - 8, k3));
      rest -= rest >> 1;
    }
    // the last again, where fewer than four are left, has the same result
    put(at3, w3, k3, end);
    put(at2, w2, k2, end);
    put(at1, w1, k1, end);
    put(at, w0, k0, end);
  }
}

/** Above every distance if it is a NaN, beyond which there is none. */
@inline
function keyAt(d: usize, at: usize): u32 {
  const v = f32.load(d + (i32.load(at) << 2)) + 0;
  return isNaN(v) ? 0xffffffff : keyOf(v);
}

@inline
function before(word: usize, key: u32): bool {
  return <u32>i32.load(word, 4) <= key;
}

@inline
function put(at: usize, word: usize, key: u32, end: usize): void {
  if (word < end && before(word, key)) word += 8;
  i32.store(at, word < end ? i32.load(word) : -1);
}
