import * as Plot from '@observablehq/plot';
import { draw } from '../../examples/page/svg.ts';

/** What a piece of work takes at one size. */
export interface Point {
  /** what grows, and what is done */
  sweep: string;
  value: number;
  /** whose time it is, and with how many threads */
  by: string;
  threads: number;
  /** milliseconds */
  minimum: number;
}

const COLOURS = ['#1f6fb2', '#c4501b', '#2f8f4e'];
const [WIDTH, HEIGHT] = [380, 260];

/** Time against size, both by powers, a panel for each thing that grows: SVG. A dashed line is of one thread. */
export function drawGrowth(points: readonly Point[]): string {
  const sweeps = [...new Set(points.map(({ sweep }) => sweep))];
  const names = [...new Set(points.map(({ by }) => by))];
  const most = Math.max(...points.map(({ threads }) => threads));
  const panels = sweeps.map((sweep, i) => {
    const own = points.filter((point) => point.sweep === sweep);
    const lines = names.flatMap((by, k) =>
      [1, most].map((threads) =>
        Plot.line(
          own.filter((point) => point.by === by && point.threads === threads),
          {
            x: 'value',
            y: 'minimum',
            stroke: COLOURS[k % COLOURS.length],
            strokeDasharray: threads < most ? '4 3' : undefined,
            marker: 'dot',
          },
        ),
      ),
    );
    const axis = { type: 'log' } as const;
    const plot = draw(`${sweep}: milliseconds by size`, {
      ...{ width: WIDTH, height: HEIGHT, marginLeft: 52, marginBottom: 40, marginTop: 24 },
      x: { ...axis, tickFormat: String, label: sweep, ticks: [...new Set(own.map(({ value }) => value))] },
      y: { ...axis, tickFormat: String, label: 'ms', grid: true, ticks: 4 },
      marks: lines,
    });
    return `<g transform="translate(${(i % 2) * WIDTH},${30 + Math.floor(i / 2) * HEIGHT})">${plot.text}</g>`;
  });
  const legend = names.map((by, k) => `<tspan fill="${COLOURS[k % COLOURS.length]}">● ${by}</tspan>`).join('  ');
  const text = `<text x="16" y="20">${legend}  solid: ${most} threads, dashed: 1 thread</text>`;
  const height = 30 + Math.ceil(sweeps.length / 2) * HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>${text}${panels.join('')}</svg>\n`;
}
