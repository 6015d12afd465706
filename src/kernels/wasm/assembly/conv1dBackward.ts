/**
 * The gradients of a convolution. One thread takes a chunk of samples at a time and adds its sum to the gradient of the weights
 * at once; several keep the sums of a few chunks, and add them in the same order.
 */
import { add, conv1dWorkspace, correlate, PANELS, paddedLength, place } from './conv1d';
import { multiply, MULTIPLY_WORKSPACE } from './gemm';
import { sum } from './lanes';
import { KC, NC, pack } from './pack';

/** Samples whose weight gradients are summed before they join the total: a sum does not depend on which thread computes it. */
const CHUNK: i32 = 16;

/** Bytes of one group's weights, of whole vectors. */
@inline
function weightBytes(C: i32, O: i32, K: i32, groups: i32): i32 {
  return ((O / groups) * (C / groups) * K * 4 + 15) & -16;
}

/** Chunks of so many samples. */
export function conv1dChunks(B: i32): i32 {
  return (B + CHUNK - 1) / CHUNK;
}

/** Bytes that threads share: the weights flipped, and the sums of so many chunks. */
export function conv1dBackwardShared(C: i32, O: i32, K: i32, groups: i32, chunks: i32): f64 {
  return <f64>weightBytes(C, O, K, groups) * <f64>(1 + chunks);
}

/** Bytes of workspace of each thread: the larger padded sample of the two. */
export function conv1dBackwardThread(
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  groups: i32,
): f64 {
  const forward = conv1dWorkspace(B, C, L, O, P, K, stride, padding, dilation, groups);
  const backward = conv1dWorkspace(B, O, L, C, L, K, 1, padding, dilation, groups);
  return max(forward, backward);
}

/** Bytes of workspace of one thread alone. */
export function conv1dBackwardWorkspace(
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  groups: i32,
): f64 {
  const thread = conv1dBackwardThread(B, C, L, O, P, K, stride, padding, dilation, groups);
  return conv1dBackwardShared(C, O, K, groups, 1) + thread + 16;
}

export function conv1dBackward(
  dx: usize,
  dweight: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  weight: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  groups: i32,
  workspace: usize,
): void {
  const og = O / groups;
  const rest = workspace + 2 * weightBytes(C, O, K, groups);
  for (let g = 0; g < groups; g++) {
    if (dx) conv1dFlip(workspace, weight, C, O, K, groups, g);
    if (dbias) conv1dAddChunks(0, dbias, dy, workspace, B, C, O, P, K, groups, g, 0, 0, og);
    if (dweight)
      for (let n = 0; n < conv1dChunks(B); n++) {
        conv1dBackwardPart(
          0, dy, x, workspace,
          B, C, L, O, P, K, stride, padding, dilation, groups, g, n, 1, 0, 0, 1, rest,
        );
        conv1dAddChunks(dweight, 0, dy, workspace, B, C, O, P, K, groups, g, 1, 0, og);
      }
    if (dx)
      conv1dBackwardPart(dx, dy, x, workspace, B, C, L, O, P, K, stride, padding, dilation, groups, g, 0, 0, B, 0, 1, rest);
  }
}

/** The weights of group g (og,cg,K) flipped: (cg,og,K), at the start of what the threads share. */
export function conv1dFlip(shared: usize, weight: usize, C: i32, O: i32, K: i32, groups: i32, g: i32): void {
  const cg = C / groups;
  const og = O / groups;
  weight += (g * og * cg * K) << 2;
  for (let c = 0; c < cg; c++)
    for (let o = 0; o < og; o++)
      for (let k = K - 1; k >= 0; k--, shared += 4) f32.store(shared, f32.load(weight + (((o * cg + c) * K + k) << 2)));
}

// of group g, `count` pieces from `first` on: first the sums of the chunks from `chunk` on, of `chunks`, then dx of so many
// samples each
export function conv1dBackwardPart(
  dx: usize,
  dy: usize,
  x: usize,
  shared: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  groups: i32,
  g: i32,
  chunk: i32,
  chunks: i32,
  samples: i32,
  first: i32,
  count: i32,
  workspace: usize,
): void {
  const cg = C / groups;
  const og = O / groups;
  const bytes = weightBytes(C, O, K, groups);
  x += (g * cg * L) << 2;
  dy += (g * og * P) << 2;
  const end = first + count;
  for (; first < min(end, chunks); first++)
    chunkGradient(
      shared + (1 + first) * bytes, dy, x,
      chunk + first, B, C, L, O, P, K, stride, padding, dilation, cg, og, workspace,
    );
  if (first == end) return;
  const b = (first - chunks) * samples;
  dx += ((b * C + g * cg) * L) << 2;
  dy += (b * O * P) << 2;
  const rest = min((end - first) * samples, B - b);
  inputGradient(dx, dy, shared, rest, C, L, O, P, K, stride, padding, dilation, cg, og, workspace);
}

/** sums (K,cg,og) of dweight over the samples of chunk n */
function chunkGradient(
  sums: usize,
  dy: usize,
  x: usize,
  n: i32,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  cg: i32,
  og: i32,
  workspace: usize,
): void {
  const row = paddedLength(P, K, stride, dilation);
  const panels = workspace + MULTIPLY_WORKSPACE;
  const padded = panels + PANELS;
  memory.fill(padded, 0, (cg * row + 8) << 2);
  memory.fill(sums, 0, (og * cg * K) << 2);
  for (let b = n * CHUNK; b < min((n + 1) * CHUNK, B); b++) {
    place(padded, row, x + ((b * C * L) << 2), cg, L, 1, padding);
    for (let p = 0; p < P; p += KC)
      for (let o = 0; o < og; o += NC) {
        const pc = min(KC, P - p);
        const oc = min(NC, og - o);
        pack(panels, dy + (((b * O + o) * P + p) << 2), 4, P << 2, pc, oc);
        for (let k = 0; k < K; k++) {
          const at = padded + ((k * dilation + p * stride) << 2);
          const to = sums + ((k * cg * og + o) << 2);
          multiply(to, og << 2, at, row << 2, stride << 2, panels, cg, oc, pc, true, workspace);
        }
      }
  }
}

// dweight (og,cg,K) of group g += the sums of `chunks`, in order, and dbias += dy: of `count` output channels from `first` on
export function conv1dAddChunks(
  dweight: usize,
  dbias: usize,
  dy: usize,
  shared: usize,
  B: i32,
  C: i32,
  O: i32,
  P: i32,
  K: i32,
  groups: i32,
  g: i32,
  chunks: i32,
  first: i32,
  count: i32,
): void {
  const cg = C / groups;
  const og = O / groups;
  const bytes = weightBytes(C, O, K, groups);
  const end = first + count;
  if (dbias)
    for (let b = 0; b < B; b++)
      for (let o = g * og + first; o < g * og + end; o++)
        add(dbias + (o << 2), <f32>sum(dy + (((b * O + o) * P) << 2), P));
  if (!dweight) return;
  dweight += ((g * og + first) * cg * K) << 2;
  for (let n = 0, sums = shared + bytes; n < chunks; n++, sums += bytes)
    for (let o = first, to = dweight; o < end; o++)
      for (let c = 0; c < cg; c++)
        for (let k = 0; k < K; k++, to += 4) add(to, f32.load(sums + (((k * cg + c) * og + o) << 2)));
}

/** dx (cg,L) of B samples += the correlation of dy, `stride` apart and padded, with the weights flipped (cg,og,K) */
function inputGradient(
  dx: usize,
  dy: usize,
  flipped: usize,
  B: i32,
  C: i32,
  L: i32,
  O: i32,
  P: i32,
  K: i32,
  stride: i32,
  padding: i32,
  dilation: i32,
  cg: i32,
  og: i32,
  workspace: usize,
): void {
  const row = paddedLength(L, K, 1, dilation);
  const padded = workspace + MULTIPLY_WORKSPACE + PANELS;
  memory.fill(padded, 0, (og * row + 8) << 2);
  for (let b = 0; b < B; b++, dy += (O * P) << 2, dx += (C * L) << 2) {
    place(padded, row, dy, og, P, stride, (K - 1) * dilation - padding);
    correlate(dx, padded, row, flipped, og, cg, L, K, 1, dilation, true, workspace);
  }
}
