const NUMBER: usize = 8; // bytes of a float64
const CELL: usize = 4 * NUMBER; // bytes of a cell's numbers

/** Three lists of what is far, each with an entry more where their number is odd. */
export function repulsionWorkspace(_L: i32, _cells: i32, N: i32, _angleSquared: f64): i32 {
  return 3 * <i32>listBytes(N);
}

@inline
function listBytes(N: i32): usize {
  return (<usize>N + 2) * NUMBER & ~15;
}

// force (N,2) and z (L) of the points of L leaves, see the contract
export function repulsion(
  force: usize,
  z: usize,
  leaves: usize,
  x: usize,
  y: usize,
  from: usize,
  to: usize,
  skip: usize,
  summary: usize,
  box: usize,
  L: i32,
  cells: i32,
  N: i32,
  angleSquared: f64,
  workspace: usize,
): void {
  const farY = workspace + listBytes(N);
  const farCount = farY + listBytes(N);
  for (let l: i32 = 0; l < L; l++) {
    const leaf = i32.load(leaves + (<usize>l << 2));
    const n = collect(workspace, farY, farCount, leaf, x, y, from, to, skip, summary, box, cells, angleSquared);
    const start = at(from, leaf);
    const end = at(to, leaf);
    const outside = fromFar(force, workspace, farY, farCount, n, x, y, start, end);
    const equal = f64.load(summary + <usize>leaf * CELL + 3 * NUMBER) == 0;
    f64.store(z + (<usize>l << 3), outside + within(force, equal, x, y, start, end));
  }
}

@inline
function at(list: usize, i: i32): i32 {
  return i32.load(list + (<usize>i << 2));
}

/** Lists what is outside a leaf: cells far enough from its box, otherwise their points; returns the number of entries. */
function collect(
  farX: usize,
  farY: usize,
  farCount: usize,
  leaf: i32,
  x: usize,
  y: usize,
  from: usize,
  to: usize,
  skip: usize,
  summary: usize,
  box: usize,
  cells: i32,
  angleSquared: f64,
): i32 {
  const own = box + <usize>leaf * CELL;
  const left = f64.load(own);
  const right = f64.load(own + NUMBER);
  const low = f64.load(own + 2 * NUMBER);
  const high = f64.load(own + 3 * NUMBER);
  const first = at(from, leaf);
  let n: usize = 0; // bytes
  let cell: i32 = 0;
  while (cell < cells) {
    const c = summary + <usize>cell * CELL;
    const u = f64.load(c);
    const v = f64.load(c + NUMBER);
    const sideSquared = f64.load(c + 3 * NUMBER);
    const dx = max<f64>(max<f64>(left - u, u - right), 0);
    const dy = max<f64>(max<f64>(low - v, v - high), 0);
    const start = at(from, cell);
    const end = at(to, cell);
    const after = at(skip, cell);
    const holdsLeaf = start <= first && first < end; // at angles above 0.7 it may count as far
    if (!holdsLeaf && (sideSquared < angleSquared * (dx * dx + dy * dy) || sideSquared == 0)) {
      f64.store(farX + n, u);
      f64.store(farY + n, v);
      f64.store(farCount + n, f64.load(c + 2 * NUMBER));
      n += NUMBER;
      cell = after;
      continue;
    }
    if (after == cell + 1 && !holdsLeaf)
      for (let i = start; i < end; i++) {
        f64.store(farX + n, f64.load(x + (<usize>i << 3)));
        f64.store(farY + n, f64.load(y + (<usize>i << 3)));
        f64.store(farCount + n, 1);
        n += NUMBER;
      }
    cell++;
  }
  if (n & NUMBER) {
    f64.store(farX + n, 0);
    f64.store(farY + n, 0);
    f64.store(farCount + n, 0);
  }
  return <i32>(n >> 3);
}

/** Repulsion of a leaf's points by n entries of the lists, two at a time; returns their part of Z. */
function fromFar(
  force: usize,
  farX: usize,
  farY: usize,
  farCount: usize,
  n: i32,
  x: usize,
  y: usize,
  start: i32,
  end: i32,
): f64 {
  const bytes = <usize>((n + 1) & ~1) << 3;
  const one = f64x2.splat(1);
  let z = f64x2.splat(0);
  for (let i = start; i < end; i++) {
    const u = v128.load64_splat(x + (<usize>i << 3));
    const v = v128.load64_splat(y + (<usize>i << 3));
    let sumX = f64x2.splat(0);
    let sumY = f64x2.splat(0);
    let f: usize = 0;
    if (f < bytes)
      do {
        const dx = f64x2.sub(u, v128.load(farX + f));
        const dy = f64x2.sub(v, v128.load(farY + f));
        const w = f64x2.div(one, f64x2.add(one, f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy))));
        const mw = f64x2.mul(v128.load(farCount + f), w);
        const mww = f64x2.mul(mw, w);
        z = f64x2.add(z, mw);
        sumX = f64x2.add(sumX, f64x2.mul(mww, dx));
        sumY = f64x2.add(sumY, f64x2.mul(mww, dy));
        f += 2 * NUMBER;
      } while (f < bytes);
    const own = force + (<usize>i << 4);
    f64.store(own, both(sumX));
    f64.store(own + NUMBER, both(sumY));
  }
  return both(z);
}

/** The sum of two lanes. */
@inline
function both(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Repulsion within a leaf; returns its part of Z. Equal points do not repel each other. */
function within(force: usize, equal: bool, x: usize, y: usize, start: i32, end: i32): f64 {
  if (equal) return <f64>(end - start) * <f64>(end - start - 1);
  let z: f64 = 0;
  for (let a = start; a < end; a++)
    for (let b = a + 1; b < end; b++) {
      const dx = f64.load(x + (<usize>a << 3)) - f64.load(x + (<usize>b << 3));
      const dy = f64.load(y + (<usize>a << 3)) - f64.load(y + (<usize>b << 3));
      const w: f64 = 1 / (1 + dx * dx + dy * dy);
      z += 2 * w;
      push(force + (<usize>a << 4), w * w * dx, w * w * dy);
      push(force + (<usize>b << 4), -w * w * dx, -w * w * dy);
    }
  return z;
}

@inline
function push(force: usize, dx: f64, dy: f64): void {
  f64.store(force, f64.load(force) + dx);
  f64.store(force + NUMBER, f64.load(force + NUMBER) + dy);
}
