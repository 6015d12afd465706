import type { Picture } from '../protocol.ts';
import { Surface } from './canvas.ts';
import { type Colours, colourOfClass, colours, markOf, onTheme } from './colours.ts';
import { eachFrame } from './dom.ts';

const EASE = 90; // ms in which two thirds of a way are made
const FRAME = 1.04; // of the unit circle
const RADIUS = 4.2;
const NEAR = 1e-3; // of the circle: what one does not see any more

/** Embeddings in the plane, on their way from one picture to the next, with what the mined triplets pull and push. */
export class PlaneView {
  readonly #surface: Surface;
  readonly #ask: () => void;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #classes: readonly string[] = [];
  #labels: Int32Array = new Int32Array(0);
  #picture: Picture | null = null;
  #at: Float32Array = new Float32Array(0);
  #before = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#ask = eachFrame((now) => this.#draw(now));
    this.#surface = new Surface(canvas, this.#ask);
    onTheme(this.#ask);
  }

  /** The beats that all pictures from now on are of. */
  begin(classes: readonly string[], labels: Int32Array, picture: Picture): void {
    this.#classes = classes;
    this.#labels = labels;
    this.#at = picture.points.slice();
    this.show(picture);
  }

  show(picture: Picture): void {
    if (this.#picture === picture) return;
    this.#picture = picture;
    this.#ask();
  }

  #draw(now: number): void {
    const surface = this.#surface.begin();
    if (!surface || !this.#picture) return;
    const { on, width, height } = surface;
    const moving = this.#move(now);
    const scale = Math.min(width, height) / 2 / FRAME;
    const all = colours();
    on.translate(width / 2, height / 2);
    on.lineWidth = 1;
    on.strokeStyle = all.rule;
    on.beginPath();
    on.arc(0, 0, scale, 0, 2 * Math.PI);
    on.stroke();
    this.#forces(on, scale, all);
    this.#beats(on, scale, all);
    if (moving) this.#ask();
  }

  /** Moves every beat a part of its way; whether some are still on it. */
  #move(now: number): boolean {
    const { points } = this.#picture!;
    const part = this.#still.matches ? 1 : 1 - Math.exp(-Math.min(now - this.#before, 50) / EASE);
    this.#before = now;
    let farthest = 0;
    for (let i = 0; i < points.length; i++) {
      const way = points[i] - this.#at[i];
      this.#at[i] += part * way;
      farthest = Math.max(farthest, Math.abs(way));
    }
    return farthest > NEAR;
  }

  #forces(on: CanvasRenderingContext2D, scale: number, all: Colours): void {
    const { triplets } = this.#picture!;
    const line = (a: number, b: number): void => {
      on.moveTo(scale * this.#at[2 * a], -scale * this.#at[2 * a + 1]);
      on.lineTo(scale * this.#at[2 * b], -scale * this.#at[2 * b + 1]);
    };
    for (const [side, colour, dash] of [
      [1, all['category-2'], []],
      [2, all.faint, [3, 4]],
    ] as const) {
      on.beginPath();
      for (let t = 0; t < triplets.length; t += 3) line(triplets[t], triplets[t + side]);
      on.setLineDash([...dash]);
      on.globalAlpha = side === 1 ? 0.8 : 0.55;
      on.strokeStyle = colour;
      on.stroke();
    }
    on.setLineDash([]);
    on.globalAlpha = 1;
  }

  #beats(on: CanvasRenderingContext2D, scale: number, all: Colours): void {
    const inTriplet = new Set(this.#picture!.triplets);
    const transform = on.getTransform();
    on.strokeStyle = all.card;
    for (const [k, name] of this.#classes.entries()) {
      const mark = markOf(name, RADIUS);
      on.fillStyle = colourOfClass(all, name);
      for (let i = 0; i < this.#labels.length; i++) {
        if (this.#labels[i] !== k) continue;
        on.setTransform(transform);
        on.translate(scale * this.#at[2 * i], -scale * this.#at[2 * i + 1]);
        if (inTriplet.has(i)) on.scale(1.35, 1.35);
        on.fill(mark);
        on.stroke(mark);
      }
    }
    on.setTransform(transform);
  }
}
