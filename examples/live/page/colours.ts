import { classMark } from '../../page/classes.ts';
import { markPath } from '../../page/marks.ts';

const NAMES = [
  ...[
    'paper',
    'paper-fine',
    'paper-heavy',
    'page',
    'card',
    'ink',
    'soft',
    'faint',
    'rule',
    'link',
    'heat',
    'attention',
  ],
  ...['class-N', 'class-S', 'class-V', 'class-other', 'category-0', 'category-1', 'category-2', 'category-3'],
] as const;
export type ColourName = (typeof NAMES)[number];
export type Colours = Readonly<Record<ColourName, string>>;

/** The theme's colours at the moment, for what is drawn on a canvas. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours;
}

/** Calls back whenever the theme changes. */
export function onTheme(change: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', change);
}

export const colourOfClass = (all: Colours, name: string): string =>
  all[`class-${name}` as ColourName] ?? all['class-other'];

/** The mark of a class around (0,0). */
export function markOf(name: string, radius: number): Path2D {
  const mark = classMark(name);
  if (mark !== 'circle') return new Path2D(markPath(mark, radius));
  const path = new Path2D();
  path.arc(0, 0, radius, 0, 2 * Math.PI);
  return path;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A list of classes with their marks. */
export function showLegend(list: HTMLElement, classes: readonly { name: string; text: string }[]): void {
  list.replaceChildren(
    ...classes.map(({ name, text }) => {
      const svg = document.createElementNS(SVG, 'svg');
      for (const [key, value] of Object.entries({ class: 'key', width: '14', height: '14', 'aria-hidden': 'true' }))
        svg.setAttribute(key, value);
      const mark = classMark(name);
      const shape = document.createElementNS(SVG, mark === 'circle' ? 'circle' : 'path');
      const own: Record<string, string> = mark === 'circle' ? { r: '4.5' } : { d: markPath(mark, 4.5) };
      const colour = `var(--class-${['N', 'S', 'V'].includes(name) ? name : 'other'})`;
      for (const [key, value] of Object.entries({ ...own, transform: 'translate(7,7)', fill: colour }))
        shape.setAttribute(key, value);
      svg.append(shape);
      const item = document.createElement('li');
      item.append(svg, text);
      return item;
    }),
  );
}
