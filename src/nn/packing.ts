import { zeros } from '../autograd/creation.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { concat, gather, slice } from '../ops/movement.ts';

/** Steps `from` up to `to` of sequences sorted by length, the first `count` of which are that long. */
interface Segment {
  from: number;
  to: number;
  count: number;
}

/**
 * How sequences of unequal length share a batch: sorted with the longest first, and cut into segments of time in which
 * none of them ends. A segment contains only its own sequences, so padding is neither read nor computed with.
 */
export interface Packing {
  /** the batch, longest first */
  order: Int32Array;
  /** position of each sequence of the batch in that order */
  place: Int32Array;
  segments: readonly Segment[];
}

/** The packing of sequences of these lengths. */
export function pack(lengths: Int32Array): Packing {
  const order = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a] || a - b);
  const place = new Int32Array(order.length);
  order.forEach((b, i) => {
    place[b] = i;
  });
  const segments: Segment[] = [];
  let from = 0;
  for (let count = order.length; count > 0; ) {
    const to = lengths[order[count - 1]];
    segments.push({ from, to, count });
    from = to;
    while (count > 0 && lengths[order[count - 1]] === to) count--;
  }
  return { order, place, segments };
}

/** A recurrent layer over x (T,B,D) from its states (B,H), null for zeros: outputs (T,B,H), and its final states. */
export type Recurrence = (x: Tensor, states: readonly (Tensor | null)[]) => { y: Tensor; states: Tensor[] };

/**
 * A recurrence over sequences of unequal length, with the values that each of them gives alone: outputs are zeros after
 * its end, and its state is that after its own last step or, with `reverse`, that after its first.
 *
 * @param x (T,B,D), sorted
 * @param initial (B,H), sorted
 */
export function runPacked(
  run: Recurrence,
  x: Tensor,
  { segments }: Packing,
  initial: readonly (Tensor | null)[],
  reverse: boolean,
): { y: Tensor; states: Tensor[] } {
  const [T, B] = x.shape;
  const parts: Tensor[] = [];
  const ended: Tensor[][] = []; // states of the sequences that have ended, segment by segment
  let states = initial;
  let count = reverse ? 0 : B;
  for (const [i, segment] of [...(reverse ? [...segments].reverse() : segments)].entries()) {
    const { from, to } = segment;
    states = reverse ? joined(states, initial, count, segment.count) : states;
    count = segment.count;
    const own = run(rows(slice(x, 0, from, to), 1, 0, count), states);
    parts.push(widened(own.y, B));
    states = own.states;
    if (reverse) continue;
    const left = segments[i + 1]?.count ?? 0; // those that continue
    ended.unshift(own.states.map((s) => rows(s, 0, left, count)));
    states = own.states.map((s) => rows(s, 0, 0, left));
  }
  const last = segments[segments.length - 1].to;
  if (reverse) parts.reverse();
  if (last < T) parts.push(zeros([T - last, B, parts[0].shape[2]], { dtype: x.dtype }));
  const final = reverse ? (states as Tensor[]) : ended[0].map((_, s) => concat(ended.map((own) => own[s])));
  return { y: concat(parts), states: final };
}

/** The states of `count` sequences, the first `before` of which have run; the others start here. */
function joined(
  states: readonly (Tensor | null)[],
  initial: readonly (Tensor | null)[],
  before: number,
  count: number,
): (Tensor | null)[] {
  return initial.map((first, i) => {
    const own = before > 0 ? states[i] : null;
    if (!own) return first && rows(first, 0, 0, count);
    const begun = first ? rows(first, 0, before, count) : zeros([count - before, own.shape[1]], { dtype: own.dtype });
    return concat([own, begun]);
  });
}

/** A range of an axis, or x itself if that is all of it. */
function rows(x: Tensor, axis: number, from: number, to: number): Tensor {
  return to - from === x.shape[axis] ? x : slice(x, axis, from, to);
}

/** y (T,n,H) with zeros for the sequences up to B. */
function widened(y: Tensor, B: number): Tensor {
  const [T, n, H] = y.shape;
  return n === B ? y : concat([y, zeros([T, B - n, H], { dtype: y.dtype })], 1);
}

/** x with its axis permuted into the order of a packing, or back. */
export function reordered(x: Tensor, index: Int32Array, axis: number): Tensor {
  return index.every((from, to) => from === to) ? x : gather(x, index, axis);
}
