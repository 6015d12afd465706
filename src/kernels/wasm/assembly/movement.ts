import { appendGroups, FROM, GROUP, MOVING, RESTING, sizeOf, TO } from './groups';
import { add, addDense } from './stridedAdd';
import { addColumns, addTotals } from './stridedSum';

/** Bytes of workspace that `stridedGather` and `stridedScatter` need for this many axes. */
export function stridedGatherWorkspace(rank: i32): i32 {
  return max(rank, 1) * <i32>GROUP;
}

// y (shape) += x seen through stride from offset
export function stridedGather(y: usize, x: usize, shape: usize, stride: usize, offset: i32, workspace: usize): void {
  const size = sizeOf(shape);
  if (size == 0) return;
  const end = appendGroups(workspace, workspace, shape, stride, size, MOVING | RESTING, FROM, TO);
  add(y, x + (<usize>offset << 2), workspace, end);
}

// y seen through stride from offset += x (shape); values that axes of stride 0 add to one element are first summed in float64
export function stridedScatter(y: usize, x: usize, shape: usize, stride: usize, offset: i32, workspace: usize): void {
  const size = sizeOf(shape);
  if (size == 0) return;
  y += <usize>offset << 2;
  const summed = appendGroups(workspace, workspace, shape, stride, size, MOVING, TO, FROM);
  const end = appendGroups(workspace, summed, shape, stride, size, RESTING, TO, FROM);
  if (summed == end) add(y, x, workspace, end);
  else if (i32.load(end - GROUP, FROM) == 4) addTotals(y, x, workspace, summed, end);
  else addColumns(y, x, workspace, summed, end);
}

// y (outer,m,inner) = x (outer,n,inner) at index (m)
export function gather(y: usize, x: usize, index: usize, outer: i32, n: i32, m: i32, inner: i32): void {
  const row = <usize>inner << 2;
  const end = index + (<usize>m << 2);
  for (let o: i32 = 0; o < outer; o++) {
    for (let at = index; at < end; at += 4) {
      copy(y, x + <usize>i32.load(at) * row, row);
      y += row;
    }
    x += <usize>n * row;
  }
}

@inline
function copy(y: usize, x: usize, bytes: usize): void {
  const end = y + bytes;
  const whole = y + (bytes & ~15);
  while (y < whole) {
    v128.store(y, v128.load(x));
    y += 16;
    x += 16;
  }
  while (y < end) {
    f32.store(y, f32.load(x));
    y += 4;
    x += 4;
  }
}

// dx (outer,n,inner) at index (m) += dy (outer,m,inner)
export function gatherBackward(dx: usize, dy: usize, index: usize, outer: i32, n: i32, m: i32, inner: i32): void {
  const row = <usize>inner << 2;
  const end = index + (<usize>m << 2);
  for (let o: i32 = 0; o < outer; o++) {
    for (let at = index; at < end; at += 4) {
      addDense(dx + <usize>i32.load(at) * row, dy, inner);
      dy += row;
    }
    dx += <usize>n * row;
  }
}
