/** Marks that differ by shape, so that colour is not needed; all of the same area, in figures and legends. */

/** The first ones differ most. */
export const MARKS = ['circle', 'triangle', 'square', 'diamond', 'cross', 'wedge', 'star', 'saltire', 'bar'] as const;
export type Mark = (typeof MARKS)[number];

type Point = readonly [x: number, y: number];

/** Around (0,0), by a part of a whole turn. */
function turned(points: readonly Point[], part: number): Point[] {
  const [c, s] = [Math.cos(2 * Math.PI * part), Math.sin(2 * Math.PI * part)];
  return points.map(([x, y]) => [c * x - s * y, s * x + c * y]);
}

/** The same points in each of `n` parts of a turn, beginning at the top. */
const around = (n: number, points: readonly Point[]): Point[] =>
  Array.from({ length: n }, (_, i) => turned(points, i / n)).flat();

const TOP: Point = [0, -1];
const TRIANGLE = around(3, [TOP]);
const SQUARE = around(4, [TOP]);
const CROSS = around(4, [
  [-1, -3],
  [1, -3],
  [1, -1],
]);

const CORNERS: Record<Exclude<Mark, 'circle'>, readonly Point[]> = {
  triangle: TRIANGLE,
  square: turned(SQUARE, 1 / 8),
  diamond: SQUARE.map(([x, y]) => [0.8 * x, 1.25 * y]),
  cross: CROSS,
  wedge: turned(TRIANGLE, 1 / 2),
  star: around(5, [TOP, turned([[0, -0.4]], 1 / 10)[0]]),
  saltire: turned(CROSS, 1 / 8),
  bar: [
    [-3, -1],
    [3, -1],
    [3, 1],
    [-3, 1],
  ],
};

/** The corners of a mark as large as a circle of radius `r`. */
function corners(mark: Exclude<Mark, 'circle'>, r: number): Point[] {
  const own = CORNERS[mark];
  const area = own.reduce((sum, [x, y], i) => {
    const [u, v] = own[(i + 1) % own.length];
    return sum + (x * v - u * y) / 2;
  }, 0);
  const scale = r * Math.sqrt(Math.PI / Math.abs(area));
  return own.map(([x, y]) => [scale * x, scale * y]);
}

/** A path around (0,0). */
export function markPath(mark: Exclude<Mark, 'circle'>, r: number): string {
  return `M${corners(mark, r)
    .map((point) => point.map((v) => v.toFixed(1)).join(','))
    .join('L')}Z`;
}

/** What Observable Plot takes for a symbol. */
export function plotSymbol(mark: Mark) {
  if (mark === 'circle') return mark;
  return {
    draw(
      context: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void; closePath(): void },
      size: number,
    ) {
      const [[x, y], ...others] = corners(mark, Math.sqrt(size / Math.PI));
      context.moveTo(x, y);
      for (const [u, v] of others) context.lineTo(u, v);
      context.closePath();
    },
  };
}
