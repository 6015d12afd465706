import uPlot from 'uplot';
import { type ColourName, colours, onTheme } from './colours.ts';
import { make } from './dom.ts';

/** A line of a chart. */
export interface Line {
  name: string;
  colour: ColourName;
  dashed?: boolean;
  /** a value where the line changes holds until the next */
  stepped?: boolean;
  format(value: number): string;
}

const HEIGHT = 96;
const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';

/** Lines over the steps of training: a small uPlot chart whose heading has the last values, or those under the pointer. */
export class CourseChart {
  readonly #plot: uPlot;
  readonly #values: HTMLElement[];
  readonly #lines: readonly Line[];
  readonly #box: HTMLElement;
  readonly #title: string;

  constructor(box: HTMLElement, title: string, lines: readonly Line[], range: [number, number | null]) {
    this.#box = box;
    this.#title = title;
    this.#lines = lines;
    this.#values = lines.map(() => make('span'));
    const keys = lines.map((line, i) => {
      const key = make('span', { class: line.dashed ? 'key dashed' : 'key' });
      key.style.borderTopColor = `var(--${line.colour})`;
      const named = lines.length > 1 ? [key, `${line.name} `] : [];
      return make('span', { class: 'value' }, ...named, this.#values[i]);
    });
    const plot = make('div', { class: 'plot', role: 'img' });
    box.append(make('div', { class: 'head' }, make('h3', {}, title), make('span', {}, ...keys)), plot);
    this.#plot = new uPlot(
      options(lines, range, () => this.#show()),
      [[], ...lines.map(() => [])],
      plot,
    );
    this.set([[], ...lines.map(() => [])]);
    new ResizeObserver(() => {
      if (plot.clientWidth > 0) this.#plot.setSize({ width: plot.clientWidth, height: HEIGHT });
    }).observe(plot);
    onTheme(() => this.#plot.redraw(false, true));
  }

  /** Steps, and a column for each line. */
  set(columns: readonly number[][]): void {
    this.#plot.setData(columns as uPlot.AlignedData);
    this.#show();
    const [steps, ...rest] = columns;
    const last = this.#lines.map(
      ({ name, format }, i) => `${name} ${steps.length ? format(rest[i].at(-1)!) : 'unknown'}`,
    );
    const label = `${this.#title} over ${steps.length} steps; now ${last.join(', ')}`;
    this.#box.querySelector('.plot')!.setAttribute('aria-label', label);
  }

  #show(): void {
    if (!this.#plot) return; // while it is made
    const [steps, ...rest] = this.#plot.data;
    const at = this.#plot.cursor.idx ?? steps.length - 1;
    for (const [i, line] of this.#lines.entries()) {
      const value = rest[i][at];
      this.#values[i].textContent = value === undefined || value === null ? '–' : line.format(value);
    }
  }
}

/** Axes in the theme's colours, which are looked up at each drawing. */
export function axis(own: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: () => colours().soft,
    font: FONT,
    ticks: { show: false },
    grid: { stroke: () => colours().rule, width: 1 },
    ...own,
  };
}

function options(lines: readonly Line[], [low, high]: [number, number | null], moved: () => void): uPlot.Options {
  return {
    width: 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false }, sync: { key: 'course' } },
    hooks: { setCursor: [moved] },
    padding: [6, 8, 0, 0],
    scales: {
      x: { time: false, range: (_, min, max) => [Math.min(min ?? 0, 1), Math.max(max ?? 0, 50)] },
      y: { range: (_, __, max) => [low, high ?? Math.max((max ?? 0) * 1.1, 0.1)] },
    },
    axes: [axis({ size: 22, gap: 2 }), axis({ size: 38, gap: 4, space: 28 })],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.name,
          stroke: () => colours()[line.colour],
          width: 1.6,
          points: { show: false },
          ...(line.dashed ? { dash: [5, 3] } : {}),
          ...(line.stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
        }),
      ),
    ],
  };
}
