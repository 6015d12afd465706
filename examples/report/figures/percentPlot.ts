import * as Plot from '@observablehq/plot';
import type { Html } from '../../page/html.ts';
import { draw } from '../../page/svg.ts';

const GRID = { ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 };

/** What a plot of percentages shows. */
interface PercentPlot {
  /** labels of the axes */
  x: string;
  y: string;
  /** the top of the y axis, about
   * @defaultValue exactly 100 */
  most?: number;
  height?: number;
  marks: Plot.Markish[];
}

/** A plot whose axes are percentages, with a grid; `text` is its alternative. */
export function percentPlot(text: string, { x, y, most, height = 350, marks }: PercentPlot): Html {
  const axis = { domain: [0, 100], ticks: 5, labelAnchor: 'center', labelArrow: 'none' } as const;
  return draw(text, {
    ...{ width: 400, height, marginLeft: 54, marginRight: 14, marginTop: 10, marginBottom: 44 },
    x: { ...axis, label: x, labelOffset: 38 },
    y: { ...axis, ...(most === undefined ? {} : { domain: [0, most], nice: true }), label: y, labelOffset: 44 },
    marks: [Plot.gridX(GRID), Plot.gridY(GRID), ...marks],
  });
}
