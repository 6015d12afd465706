/** Text that is HTML already, so that it is not escaped again. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: text is escaped, lists are joined, null leaves nothing. */
export type Content = Html | string | number | null | readonly Content[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML and as the value of an attribute in quotes: names in a run come from files, which anybody may have made. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ESCAPES[c]);
}

/** HTML with values in it: html`<p>${text}</p>`. Attributes have to be in quotes. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, i) => (i < values.length ? part + textOf(values[i]) : part)).join(''));
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === null) return '';
  if (typeof content === 'object') return content.map(textOf).join('');
  return escapeHtml(String(content));
}

/** A figure with its caption, under an id that stays the same, and room of its own to scroll sideways where it is a table. */
export function figure(id: string, caption: Content, body: Content): Html {
  return html`<figure id="${id}"><figcaption>${caption}</figcaption>${body}</figure>`;
}

/** A box that scrolls sideways, reachable by keyboard, so that a wide table never widens the page. */
export function scroll(label: string, body: Content): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${body}</div>`;
}
