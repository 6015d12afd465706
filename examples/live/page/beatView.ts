import type { Detail } from '../protocol.ts';
import { Surface } from './canvas.ts';
import { colourOfClass, colours, onTheme } from './colours.ts';
import { eachFrame, make } from './dom.ts';

/** What one canvas shows: a beat, over the attention on it where that is known. */
interface Drawn {
  window: Float32Array;
  label: string | null;
  attention: Float32Array | null;
  /** another beat that it is compared with */
  beneath: Float32Array | null;
  /** of all beats that are drawn next to each other */
  range: readonly [number, number];
}

/** The waveform of one beat. */
class Waveform {
  readonly #surface: Surface;
  readonly #draw = eachFrame(() => this.#drawNow());
  #drawn: Drawn | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#surface = new Surface(canvas, this.#draw);
    onTheme(this.#draw);
  }

  show(drawn: Drawn | null, label: string): void {
    this.#drawn = drawn;
    this.#surface.canvas.setAttribute('aria-label', label);
    this.#draw();
  }

  #drawNow(): void {
    const surface = this.#surface.begin();
    if (!surface || !this.#drawn) return;
    const { on, width, height } = surface;
    const { window, label, attention, beneath, range } = this.#drawn;
    const all = colours();
    if (attention) drawBars(on, attention, width, height, all.attention);
    const line = (samples: Float32Array, colour: string, lineWidth: number): void => {
      const [low, high] = range;
      const y = (v: number): number => 6 + (height - 12) * (1 - (v - low) / Math.max(high - low, 1e-9));
      Object.assign(on, { strokeStyle: colour, lineWidth, lineJoin: 'round' });
      on.beginPath();
      for (const [i, v] of samples.entries()) on.lineTo(((i + 0.5) * width) / samples.length, y(v));
      on.stroke();
    };
    if (beneath) line(beneath, all.faint, 1);
    line(window, label === null ? all.ink : colourOfClass(all, label), 2);
  }
}

function drawBars(
  on: CanvasRenderingContext2D,
  attention: Float32Array,
  width: number,
  height: number,
  colour: string,
): void {
  const most = attention.reduce((a, b) => Math.max(a, b), 1e-9);
  on.fillStyle = colour;
  on.globalAlpha = 0.5;
  for (const [t, weight] of attention.entries()) {
    const h = (0.92 * height * weight) / most;
    on.fillRect((t * width) / attention.length + 0.5, height - h, width / attention.length - 1, h);
  }
  on.globalAlpha = 1;
}

function rangeOf(windows: readonly Float32Array[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const window of windows) for (const v of window) [low, high] = [Math.min(low, v), Math.max(high, v)];
  return [low, high];
}

/** A beat, where attention lies on it, and those that it is near. */
export class BeatView {
  readonly #beat: Waveform;
  readonly #near: { drawing: Waveform; text: HTMLElement }[];
  #shown: Detail | null = null;

  constructor(canvas: HTMLCanvasElement, near: HTMLElement) {
    this.#beat = new Waveform(canvas);
    this.#near = Array.from({ length: 3 }, () => {
      const own = make('canvas', { role: 'img', 'aria-label': 'none yet' });
      const text = make('p', {}, '–');
      near.append(make('div', {}, own, text));
      return { drawing: new Waveform(own), text };
    });
  }

  show(detail: Detail | null): void {
    if (detail === this.#shown) return;
    this.#shown = detail;
    if (!detail) {
      this.#beat.show(null, 'No beat yet');
      for (const { drawing, text } of this.#near) {
        drawing.show(null, 'none yet');
        text.replaceChildren('–');
      }
      return;
    }
    const { window, label, attention, neighbours } = detail;
    const range = rangeOf([window, ...neighbours.map((one) => one.window)]);
    const steps = attention.length;
    const peak = attention.indexOf(attention.reduce((a, b) => Math.max(a, b), 0));
    const where = `most attention at ${Math.round((100 * (peak + 0.5)) / steps)} % of its window`;
    this.#beat.show({ window, label, attention, beneath: null, range }, `The last beat, classified ${label}; ${where}`);
    for (const [i, { drawing, text }] of this.#near.entries()) {
      const one = neighbours[i];
      if (!one) {
        drawing.show(null, 'none');
        text.replaceChildren('–');
        continue;
      }
      const name = one.label ?? 'cluster';
      drawing.show(
        { ...one, attention: null, beneath: window, range },
        `${name}, at distance ${one.distance.toFixed(2)}`,
      );
      text.replaceChildren(make('strong', {}, name), ` at ${one.distance.toFixed(2)}`);
    }
  }
}
