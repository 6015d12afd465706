/**
 * Strided additions work on groups of axes: axes of size 1 dropped, neighbours that one stride walks through merged.
 * The groups lie in the workspace, outermost first, as three numbers each: the size, and the bytes from one element to
 * the next in the array added to and in the array read.
 */
export const GROUP: usize = 12;
export const TO: usize = 4;
export const FROM: usize = 8;

// Which axes to append.
export const MOVING: i32 = 1;
export const RESTING: i32 = 2; // stride 0

export function sizeOf(shape: usize): i32 {
  let size: i32 = 1;
  for (let i = i32.load(shape); i > 0; i--) size *= i32.load(shape + (<usize>i << 2));
  return size;
}

/**
 * Appends the groups of axes of the wanted kind and returns the new end. `strided` and `dense` are the fields for the
 * array seen through the stride and for the other, which is row-major.
 */
export function appendGroups(
  workspace: usize,
  end: usize,
  shape: usize,
  stride: usize,
  size: i32,
  kind: i32,
  strided: usize,
  dense: usize,
): usize {
  const last = <usize>i32.load(shape) << 2;
  let block = size << 2;
  for (let axis: usize = 4; axis <= last; axis += 4) {
    const n = i32.load(shape + axis);
    const step = i32.load(stride + axis) << 2;
    block /= n;
    if (n == 1 || !(kind & (step ? MOVING : RESTING))) continue;
    const merges =
      end > workspace && i32.load(end - GROUP + strided) == n * step && i32.load(end - GROUP + dense) == n * block;
    if (merges) end -= GROUP;
    i32.store(end, merges ? i32.load(end) * n : n);
    i32.store(end + strided, step);
    i32.store(end + dense, block);
    end += GROUP;
  }
  return end;
}
