// loss (1) = mean of max(d_ap - d_an + margin, 0)^power; returns how many are above 0
export function tripletHinge(
  loss: usize,
  d: usize,
  anchors: usize,
  positives: usize,
  negatives: usize,
  count: i32,
  B: i32,
  margin: f64,
  power: i32,
): i32 {
  let sum: f64 = 0;
  let active: i32 = 0;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const row = i32.load(anchors + i) * B;
    const hinge = <f64>at(d, row + i32.load(positives + i)) - <f64>at(d, row + i32.load(negatives + i)) + margin;
    if (!(hinge <= 0)) {
      sum += power == 2 ? hinge * hinge : hinge;
      active++;
    }
  }
  f32.store(loss, count > 0 ? <f32>(sum / <f64>count) : 0);
  return active;
}

@inline
function at(d: usize, i: i32): f32 {
  return f32.load(d + (<usize>i << 2));
}

// dd (B,B) += dloss / count power hinge^(power - 1) at (a,p), -= at (a,n), for the triplets above 0
export function tripletHingeBackward(
  dd: usize,
  dloss: usize,
  d: usize,
  anchors: usize,
  positives: usize,
  negatives: usize,
  count: i32,
  B: i32,
  margin: f64,
  power: i32,
): void {
  const g = <f64>f32.load(dloss) / <f64>count;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const row = i32.load(anchors + i) * B;
    const p = row + i32.load(positives + i);
    const n = row + i32.load(negatives + i);
    const hinge = <f64>at(d, p) - <f64>at(d, n) + margin;
    if (hinge <= 0) continue;
    const step = power == 2 ? g * (2 * hinge) : g;
    f32.store(dd + (<usize>p << 2), <f32>(<f64>at(dd, p) + step));
    f32.store(dd + (<usize>n << 2), <f32>(<f64>at(dd, n) - step));
  }
}
