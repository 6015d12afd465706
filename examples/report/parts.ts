import { type Content, type Html, html } from './html.ts';
import { MARKS, type Mark } from './marks.ts';
import type { Judged, Metrics, ProtocolMetrics } from './metrics.ts';

export type Protocol = 'intra' | 'inter';

/** A protocol of a run, and what to call it. */
export interface Part {
  protocol: Protocol;
  name: string;
  classes: readonly string[];
  metrics: ProtocolMetrics;
}

/** One that was finished. */
export interface JudgedPart extends Part {
  judged: Judged;
}

/** What clinicians call intra- and inter-patient; the figures of one say little about the other. */
export const PROTOCOLS: Record<Protocol, string> = {
  intra: 'Patients mixed (intra-patient)',
  inter: 'Patients apart (inter-patient)',
};

export function partsOf({ protocols, classes }: Metrics): Part[] {
  return Object.values(protocols).map((metrics) => {
    const { protocol } = metrics.configuration;
    return { protocol, name: PROTOCOLS[protocol], classes, metrics };
  });
}

export function judgedParts(metrics: Metrics): JudgedPart[] {
  return partsOf(metrics).flatMap((part) => (part.metrics.judged ? [{ ...part, judged: part.metrics.judged }] : []));
}

/** The index of S, the class that everything turns on: rare, and hard to tell in a single beat. */
export const S = 1;
export const V = 2;

const KNOWN = new Set(['N', 'S', 'V']);

/** The colour of a class in both themes; classes that it was not trained on share one. */
export const classColour = (name: string): string => `var(--class-${KNOWN.has(name) ? name : 'other'})`;

/** The shape of a class where beats are drawn, so that colour is not needed. */
export const classMark = (name: string): Mark => CLASS_MARKS[name] ?? 'diamond';
const CLASS_MARKS: Record<string, Mark> = { N: 'circle', S: 'triangle', V: 'square' };

/** Dashes of lines, so that colour is not needed. */
export const DASHES = ['', '7 3', '2 2.5'];

/** Colours of things that have no order, such as records and networks. */
export const CATEGORIES = 8;
export const category = (i: number): string => `var(--category-${i % CATEGORIES})`;
/** Shapes of such things; what is none of them is a circle. */
export const categoryMark = (i: number): Mark => MARKS[1 + (i % CATEGORIES)];

/** A drawing among others of its figure; its heading is one level below that of the figure. */
export function panel(
  title: Content,
  drawing: Content,
  { level = 4, details = [] }: { level?: 2 | 3 | 4 | 5; details?: readonly Content[] } = {},
): Html {
  const lines = details.map((detail) => html`<p class="detail">${detail}</p>`);
  return html`<div class="panel"><h${level} class="title">${title}</h${level}>${lines}${drawing}</div>`;
}
