import { type Content, type Html, html } from './html.ts';

/** A drawing among others of its figure; its heading is one level below that of the figure. */
export function panel(
  title: Content,
  drawing: Content,
  { level = 4, details = [] }: { level?: 2 | 3 | 4 | 5; details?: readonly Content[] } = {},
): Html {
  const lines = details.map((detail) => html`<p class="detail">${detail}</p>`);
  return html`<div class="panel"><h${level} class="title">${title}</h${level}>${lines}${drawing}</div>`;
}
