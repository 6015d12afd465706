/** Maximum number of points in a leaf, unless they are all equal; measured, see `TsneGradient`. */
const LEAF = 16;

/** Numbers of a cell in `summary`, and in `box`. */
export const CELL = 4;

/**
 * The quadtree of N points in the plane, for sums over all pairs in which a distant cell represents its points (Barnes
 * and Hut, 1986). It is rebuilt in arrays allocated once.
 *
 * Cells are in depth-first order, each with the number of the cell after its subtree (`skip`), so that a walk is a loop
 * that either advances by one cell or skips. A cell is the bounding box of its points and is cut at its middle: every
 * cut separates some points, whatever their scale, so there are fewer than 2 N cells and no depth limit. Points are in
 * the order of the leaves, and the next build starts from that order: between iterations few points change their cell,
 * so little is moved and most branches are predicted.
 */
export class Quadtree {
  /** (N) the point at each position in the order of leaves, and its coordinates */
  readonly point: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  cells = 0;
  /** by cell: the range of its points, from `from` up to `to` */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly skip: Int32Array;
  /** by cell, CELL numbers: mean x, mean y, number of points, and its longer side squared */
  readonly summary: Float64Array;
  /** by cell, CELL numbers: the bounds of its points, left, right, low, high */
  readonly box: Float64Array;
  private readonly leafList: Int32Array;
  private leafCount = 0;
  private readonly stack: Int32Array;

  constructor(N: number) {
    this.point = Int32Array.from({ length: N }, (_, i) => i);
    this.x = new Float64Array(N);
    this.y = new Float64Array(N);
    this.from = new Int32Array(2 * N);
    this.to = new Int32Array(2 * N);
    this.skip = new Int32Array(2 * N);
    this.summary = new Float64Array(2 * N * CELL);
    this.box = new Float64Array(2 * N * CELL);
    this.leafList = new Int32Array(N);
    this.stack = new Int32Array(2 * N + 8);
  }

  /** The cells without children, in order. */
  get leaves(): Int32Array {
    return this.leafList.subarray(0, this.leafCount);
  }

  /** Builds the tree of a layout (N,2). */
  build(layout: Float64Array): void {
    const { point, x, y, from, to, summary, box } = this;
    const stack = this.stack;
    const N = point.length;
    for (let at = 0; at < N; at++) {
      x[at] = layout[2 * point[at]];
      y[at] = layout[2 * point[at] + 1];
    }
    stack[0] = 0;
    stack[1] = N;
    let cell = 0;
    let leaves = 0;
    for (let top = 2; top > 0; cell++) {
      const end = stack[--top];
      const start = stack[--top];
      let [left, right, low, high] = [x[start], x[start], y[start], y[start]];
      let sumX = 0;
      let sumY = 0;
      for (let at = start; at < end; at++) {
        const u = x[at];
        const v = y[at];
        if (u < left) left = u;
        else if (u > right) right = u;
        if (v < low) low = v;
        else if (v > high) high = v;
        sumX += u;
        sumY += v;
      }
      const side = Math.max(right - left, high - low);
      from[cell] = start;
      to[cell] = end;
      const s = cell * CELL;
      summary[s] = side > 0 ? sumX / (end - start) : left; // equal points: exactly at their position
      summary[s + 1] = side > 0 ? sumY / (end - start) : low;
      summary[s + 2] = end - start;
      summary[s + 3] = side * side;
      box[s] = left;
      box[s + 1] = right;
      box[s + 2] = low;
      box[s + 3] = high;
      if (end - start <= LEAF || side === 0) {
        this.leafList[leaves++] = cell;
        continue;
      }
      const middleX = middle(left, right);
      const middleY = middle(low, high);
      const cut = this.part(y, middleY, start, end);
      const below = this.part(x, middleX, start, cut);
      const above = this.part(x, middleX, cut, end);
      // Pushed in reverse, so that the walk visits them in order.
      if (above < end) {
        stack[top++] = above;
        stack[top++] = end;
      }
      if (cut < above) {
        stack[top++] = cut;
        stack[top++] = above;
      }
      if (below < cut) {
        stack[top++] = below;
        stack[top++] = cut;
      }
      if (start < below) {
        stack[top++] = start;
        stack[top++] = below;
      }
    }
    this.cells = cell;
    this.leafCount = leaves;
    this.link();
  }

  /** A subtree ends where its last child does; going backwards, children are known before their parents. */
  private link(): void {
    const { skip, to } = this;
    for (let cell = this.cells - 1; cell >= 0; cell--) {
      let next = cell + 1;
      while (next < this.cells && to[next] <= to[cell]) next = skip[next];
      skip[cell] = next;
    }
  }

  /** Moves points up to `cut` along one axis before those beyond it; returns where the latter start. */
  private part(axis: Float64Array, cut: number, start: number, end: number): number {
    const { point, x, y } = this;
    let i = start;
    let j = end - 1;
    for (;;) {
      while (i <= j && axis[i] <= cut) i++;
      while (i <= j && axis[j] > cut) j--;
      if (i > j) return i;
      const [p, u, v] = [point[i], x[i], y[i]];
      point[i] = point[j];
      x[i] = x[j];
      y[i] = y[j];
      point[j] = p;
      x[j] = u;
      y[j] = v;
    }
  }
}

/**
 * A number between two, less than the higher one even if they are adjacent doubles, so that a cut there separates them.
 */
function middle(low: number, high: number): number {
  const m = low + (high - low) / 2;
  return m < high ? m : low;
}
