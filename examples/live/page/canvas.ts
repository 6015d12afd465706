/** A canvas as sharp as the screen, in CSS pixels; `redraw` is called when its size changes. */
export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement, redraw: () => void) {
    this.canvas = canvas;
    this.#context = canvas.getContext('2d')!;
    new ResizeObserver(redraw).observe(canvas);
  }

  /** An empty canvas to draw on, and its size; null while it is not shown. */
  begin(): { on: CanvasRenderingContext2D; width: number; height: number } | null {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0 || height === 0) return null;
    const scale = devicePixelRatio;
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const on = this.#context;
    on.setTransform(scale, 0, 0, scale, 0, 0);
    on.clearRect(0, 0, width, height);
    return { on, width, height };
  }
}
