import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml, Html } from './html.ts';
import { MARKS, type Mark, markPath } from './marks.ts';

const { document } = parseHTML('<!doctype html><html></html>');

/** What of a DOM node is read here. */
interface Node {
  nodeType: number;
  localName: string;
  nodeValue: string | null;
  attributes: Iterable<{ name: string; value: string }>;
  childNodes: Iterable<Node>;
}

const ELEMENT = 1;
const GEOMETRY = new Set('d x y x1 x2 y1 y2 cx cy r width height transform viewBox stroke-width'.split(' '));
const LONG_FRACTION = /-?\d*\.\d{2,}(e-?\d+)?/g;
const SCALE = 10; // a tenth of a pixel is less than one sees, and halves the file

/**
 * Draws a figure with Observable Plot, as SVG that a strict content-security policy lets through: no style elements, no
 * style attributes, no references. Colours are to be `var(--name)` of the page's theme. To those who do not see it, it is
 * one image with one text: what Plot says of each mark stays as `data-mark`, which only tests read.
 *
 * @param label what the figure shows, its figures included or where they stand
 */
export function draw(label: string, options: Plot.PlotOptions): Html {
  return new Html(
    serialize(
      Plot.plot({ ...options, document, className: 'plot', figure: false, ariaLabel: label }) as unknown as Node,
    ),
  );
}

const [LETTER, TICK, WIDEST] = [7, 22, 190]; // pixels: of a letter, what is next to it, and a margin at most

/** The margin that names on an axis need, and at least so many pixels. */
export const marginFor = (names: readonly string[], least = 0): number =>
  Math.max(least, Math.min(WIDEST, TICK + LETTER * Math.max(...names.map(({ length }) => length))));

function serialize(node: Node, root = true): string {
  if (node.nodeType !== ELEMENT) return escapeHtml(node.nodeValue ?? '');
  if (node.localName === 'style') return ''; // Plot's defaults, which stand in the theme
  const attributes = shortened([...node.attributes])
    .map(({ name, value }) => ({ name: !root && name === 'aria-label' ? 'data-mark' : name, value }))
    .filter(({ name }) => name !== 'style' && !name.startsWith('xmlns') && (root || !/^(class|aria-.*)$/.test(name)))
    .map(({ name, value }) => ` ${name}="${escapeHtml(GEOMETRY.has(name) ? rounded(value) : value)}"`);
  const children = [...node.childNodes].map((child) => serialize(child, false)).join('');
  return `<${node.localName}${root ? ' role="img"' : ''}${attributes.join('')}>${children}</${node.localName}>`;
}

interface Attribute {
  name: string;
  value: string;
}

const MOVED = /^translate\(([^,()]+),([^,()]+)\)$/;
const POLYGON = /^M[^A-Za-z]+(L[^A-Za-z]+)*Z$/;

/** A polygon that is moved to its place is drawn there, in steps from corner to corner: thousands of marks are, in half the letters. */
function shortened(attributes: Attribute[]): Attribute[] {
  const moved = MOVED.exec(attributes.find(({ name }) => name === 'transform')?.value ?? '');
  const d = attributes.find(({ name }) => name === 'd')?.value ?? '';
  if (!moved || !POLYGON.test(d)) return attributes;
  const tenth = (v: string): number => Math.round(Number(v) * SCALE);
  const text = (tenths: number): string => String(tenths / SCALE);
  const corners = d
    .slice(1, -1)
    .split('L')
    .map((corner) => corner.split(',').map(tenth));
  const steps = corners.slice(1).map(([x, y], i) => {
    const [dx, dy] = [x - corners[i][0], y - corners[i][1]];
    return dy === 0 ? `h${text(dx)}` : dx === 0 ? `v${text(dy)}` : `l${text(dx)},${text(dy)}`;
  });
  const [x, y] = corners[0].map((v, axis) => text(v + tenth(moved[axis + 1])));
  const others = attributes.filter(({ name }) => name !== 'transform' && name !== 'd');
  return [...others, { name: 'd', value: `M${x},${y}${steps.join('')}z` }];
}

function rounded(value: string): string {
  return value.replace(LONG_FRACTION, (n) => String(Math.round(Number(n) * SCALE) / SCALE));
}

/** What a mark in a legend looks like. */
export interface Key {
  colour: string;
  shape: Mark | 'ring' | 'hollow' | 'block' | 'line';
  dash?: string;
}

const MARK_RADIUS = 4.5;

const SHAPES: Record<Exclude<Key['shape'], Mark>, (key: Key) => string> = {
  ring: ({ colour }) => `<circle cx="7" cy="7" r="4.5" fill="none" stroke="${colour}" stroke-width="1.8"/>`,
  hollow: ({ colour }) =>
    `<path d="M7,1.5L12.5,7L7,12.5L1.5,7Z" fill="var(--page)" stroke="${colour}" stroke-width="1.8"/>`,
  block: ({ colour }) => `<rect x="1" y="2" width="12" height="10" fill="${colour}"/>`,
  line: ({ colour, dash = '' }) =>
    `<path d="M0,7H26" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`,
};

const isMark = (shape: Key['shape']): shape is Mark => (MARKS as readonly string[]).includes(shape);

function keyDrawing(key: Key): string {
  const { shape, colour } = key;
  if (!isMark(shape)) return SHAPES[shape](key);
  if (shape === 'circle') return `<circle cx="7" cy="7" r="${MARK_RADIUS}" fill="${colour}"/>`;
  return `<path transform="translate(7,7)" d="${markPath(shape, MARK_RADIUS)}" fill="${colour}"/>`;
}

export interface LegendEntry extends Key {
  text: string;
}

/** A legend: marks with what they stand for. */
export function legend(entries: readonly LegendEntry[]): Html {
  const items = entries.map((entry) => {
    const width = entry.shape === 'line' ? 26 : 14;
    const key = `<svg class="key" aria-hidden="true" width="${width}" height="14">${keyDrawing(entry)}</svg>`;
    return `<li>${key}${escapeHtml(entry.text)}</li>`;
  });
  return new Html(`<ul class="legend">${items.join('')}</ul>`);
}
