import uPlot from 'uplot';
import type { ShownBeat } from '../protocol.ts';
import type { Trace } from '../state/watch.ts';
import { axis } from './chart.ts';
import { colourOfClass, colours, markOf, onTheme } from './colours.ts';
import { eachFrame } from './dom.ts';

const WIDE = 150; // CSS pixels of a second, as wide as a monitor's
const [SHORTEST, LONGEST] = [3, 10]; // s
const HEAD = 26; // CSS pixels above the trace, for the classes
const LEAST = 1.6; // mV, of the height

export interface Streamed {
  trace: Trace;
  beats: readonly ShownBeat[];
  rate: number;
  units: string;
}

/** The newest seconds of an ECG, on paper, with the classes of its beats above it. */
export class Strip {
  readonly #box: HTMLElement;
  readonly #plot: uPlot;
  readonly #draw = eachFrame(() => this.#drawNow());
  #streamed: Streamed | null = null;
  #range: [number, number] = [-1, 1];

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#plot = new uPlot(
      {
        width: 300,
        height: 200,
        legend: { show: false },
        cursor: { show: false },
        padding: [HEAD, 8, 0, 0],
        scales: { x: { time: false, range: () => this.#span() }, y: { range: () => this.#range } },
        axes: [
          axis({
            size: 24,
            gap: 3,
            grid: { show: false },
            space: 50,
            incrs: [1, 2, 5],
            values: (_, ticks) => ticks.map(clock),
          }),
          axis({ size: 40, gap: 4, grid: { show: false }, space: 34 }),
        ],
        series: [{}, { stroke: () => colours().ink, width: 1.4, points: { show: false }, spanGaps: false }],
        hooks: { drawClear: [drawPaper], draw: [(plot) => this.#beats(plot)] },
      },
      [[], []],
      box,
    );
    new ResizeObserver(() => {
      if (box.clientWidth > 0) this.#plot.setSize({ width: box.clientWidth, height: box.clientHeight });
    }).observe(box);
    onTheme(() => this.#plot.redraw(false, true));
  }

  show(streamed: Streamed): void {
    this.#streamed = streamed;
    this.#draw();
  }

  #span(): [number, number] {
    const seconds = Math.min(Math.max(this.#box.clientWidth / WIDE, SHORTEST), LONGEST);
    if (!this.#streamed) return [0, seconds];
    const { trace, rate } = this.#streamed;
    const end = Math.max((trace.start + trace.samples.length) / rate, seconds);
    return [end - seconds, end];
  }

  #drawNow(): void {
    if (!this.#streamed || this.#box.clientWidth === 0) return;
    const { trace, rate } = this.#streamed;
    const [from] = this.#span();
    const first = Math.max(0, Math.floor(from * rate) - trace.start);
    const y = Float64Array.from(trace.samples.subarray(first));
    const x = y.map((_, i) => (trace.start + first + i) / rate);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const v of y) [low, high] = [v < low ? v : low, v > high ? v : high];
    this.#fit(low, high);
    const values = y.some(Number.isNaN) ? Array.from(y, (v) => (Number.isNaN(v) ? null : v)) : y;
    this.#plot.setData([x, values] as uPlot.AlignedData);
  }

  /** Grows at once and shrinks slowly, so that the trace does not pump. */
  #fit(low: number, high: number): void {
    if (!Number.isFinite(low)) return;
    const spare = Math.max((high - low) * 0.08, (LEAST - (high - low)) / 2);
    const [to, from] = [high + spare, low - spare];
    const [before, after] = this.#range;
    const slow = (now: number, wanted: number): number => now + 0.03 * (wanted - now);
    this.#range = [from < before ? from : slow(before, from), to > after ? to : slow(after, to)];
  }

  #beats(plot: uPlot): void {
    if (!this.#streamed) return;
    const { beats, rate } = this.#streamed;
    const [from, to] = this.#span();
    const all = colours();
    const { ctx: on, bbox } = plot;
    const scale = devicePixelRatio;
    on.save();
    on.textAlign = 'center';
    on.textBaseline = 'middle';
    on.font = `600 ${13 * scale}px system-ui, sans-serif`;
    for (const { sample, label } of beats) {
      const at = sample / rate;
      if (at < from || at > to) continue;
      const x = plot.valToPos(at, 'x', true);
      on.strokeStyle = on.fillStyle = colourOfClass(all, label);
      on.globalAlpha = 0.45;
      on.lineWidth = scale;
      on.beginPath();
      on.moveTo(x, bbox.top);
      on.lineTo(x, bbox.top + bbox.height);
      on.stroke();
      on.globalAlpha = 1;
      on.save();
      on.translate(x - 8 * scale, bbox.top - 13 * scale);
      on.scale(scale, scale);
      on.fill(markOf(label, 4.6));
      on.restore();
      on.fillStyle = all.ink;
      on.fillText(label, x + 5 * scale, bbox.top - 12 * scale);
    }
    on.restore();
  }
}

const clock = (seconds: number): string =>
  seconds < 0 ? '' : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** Lines every 0.2 s and 0.5 mV, as on paper. */
function drawPaper(plot: uPlot): void {
  const { ctx: on, bbox } = plot;
  const all = colours();
  on.save();
  on.fillStyle = all.paper;
  on.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
  on.beginPath();
  on.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  on.clip();
  const { x, y } = plot.scales;
  const lines = (scale: 'x' | 'y', from: number, to: number, step: number): void => {
    if (!(to > from) || (to - from) / step > 400) return;
    for (let k = Math.ceil(from / step); k * step <= to; k++) {
      const at = Math.round(plot.valToPos(k * step, scale, true)) + 0.5;
      on.moveTo(...(scale === 'x' ? ([at, bbox.top] as const) : ([bbox.left, at] as const)));
      on.lineTo(...(scale === 'x' ? ([at, bbox.top + bbox.height] as const) : ([bbox.left + bbox.width, at] as const)));
    }
  };
  for (const [colour, seconds, height] of [
    [all['paper-fine'], 0.2, 0.5],
    [all['paper-heavy'], 1, 2.5],
  ] as const) {
    on.strokeStyle = colour;
    on.lineWidth = devicePixelRatio;
    on.beginPath();
    lines('x', x.min ?? 0, x.max ?? 0, seconds);
    lines('y', y.min ?? 0, y.max ?? 0, height);
    on.stroke();
  }
  on.restore();
}
