import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml, Html } from './html.ts';

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

function serialize(node: Node, root = true): string {
  if (node.nodeType !== ELEMENT) return escapeHtml(node.nodeValue ?? '');
  if (node.localName === 'style') return ''; // Plot's defaults, which stand in the theme
  const attributes = [...node.attributes]
    .map(({ name, value }) => ({ name: !root && name === 'aria-label' ? 'data-mark' : name, value }))
    .filter(({ name }) => name !== 'style' && !name.startsWith('xmlns') && (root || !/^(class|aria-.*)$/.test(name)))
    .map(({ name, value }) => ` ${name}="${escapeHtml(GEOMETRY.has(name) ? rounded(value) : value)}"`);
  const children = [...node.childNodes].map((child) => serialize(child, false)).join('');
  return `<${node.localName}${root ? ' role="img"' : ''}${attributes.join('')}>${children}</${node.localName}>`;
}

function rounded(value: string): string {
  return value.replace(LONG_FRACTION, (n) => String(Math.round(Number(n) * SCALE) / SCALE));
}

/** What a mark in a legend looks like. */
export interface Key {
  colour: string;
  shape: 'dot' | 'ring' | 'hollow' | 'bar' | 'line';
  dash?: string;
}

const SHAPES: Record<Key['shape'], (key: Key) => string> = {
  dot: ({ colour }) => `<circle cx="7" cy="7" r="4.5" fill="${colour}"/>`,
  ring: ({ colour }) => `<circle cx="7" cy="7" r="4.5" fill="none" stroke="${colour}" stroke-width="1.8"/>`,
  hollow: ({ colour }) =>
    `<path d="M7,1.5L12.5,7L7,12.5L1.5,7Z" fill="var(--page)" stroke="${colour}" stroke-width="1.8"/>`,
  bar: ({ colour }) => `<rect x="1" y="2" width="12" height="10" fill="${colour}"/>`,
  line: ({ colour, dash = '' }) =>
    `<path d="M0,7H26" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`,
};

export interface LegendEntry extends Key {
  text: string;
}

/** A legend: marks with what they stand for. */
export function legend(entries: readonly LegendEntry[]): Html {
  const items = entries.map((entry) => {
    const width = entry.shape === 'line' ? 26 : 14;
    const key = `<svg class="key" aria-hidden="true" width="${width}" height="14">${SHAPES[entry.shape](entry)}</svg>`;
    return `<li>${key}${escapeHtml(entry.text)}</li>`;
  });
  return new Html(`<ul class="legend">${items.join('')}</ul>`);
}
