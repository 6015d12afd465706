/** What tests ask of a page: the function runs in the browser and returns plain data. */

/** What of the DOM is called here: the project is checked without the DOM's types. */
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}
interface PageElement {
  textContent: string;
  getBoundingClientRect(): Box;
  querySelectorAll(selector: string): Iterable<PageElement>;
  closest(selector: string): PageElement | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  focus(): void;
  parentElement: PageElement | null;
  childNodes: Iterable<{ nodeType: number; textContent: string }>;
}
declare const document: PageElement & {
  documentElement: PageElement & { scrollWidth: number };
  body: PageElement;
  activeElement: PageElement | null;
};
declare function getComputedStyle(element: PageElement): Record<string, string>;

export type Rectangle = Pick<Box, 'left' | 'right' | 'top' | 'bottom'>;

/** A text and what it stands on. */
export interface Lettering {
  text: string;
  colour: string;
  background: string;
  /** part of the background's colour that covers the page */
  opacity: number;
  /** type of at least 24 px counts as large */
  size: number;
}

export interface Drawn {
  figure: string;
  label: string;
  box: Rectangle;
  /** elements other than text that have an extent */
  marks: number;
  texts: (Lettering & { box: Rectangle })[];
}

export interface Survey {
  scrollWidth: number;
  page: string;
  figures: { id: string; width: number; height: number; caption: string }[];
  drawings: Drawn[];
  /** text outside of drawings */
  letterings: Lettering[];
  /** by name, the colours of what carries a meaning */
  colours: Record<string, string>;
}

/** Looks at all figures and texts of the page. */
export function survey(): Survey {
  const page = getComputedStyle(document.body).backgroundColor;
  const rectangle = (e: PageElement): Rectangle => {
    const { left, right, top, bottom } = e.getBoundingClientRect();
    return { left, right, top, bottom };
  };
  const opaque = (e: PageElement | null): string => {
    for (let at = e; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return page;
  };
  const drawings = [...document.querySelectorAll('svg.plot, svg.strip')].map((svg): Drawn => {
    const cells = [...svg.querySelectorAll('rect[fill-opacity]')].map((cell) => ({
      box: rectangle(cell),
      fill: getComputedStyle(cell).fill,
      opacity: Number(cell.getAttribute('fill-opacity')),
    }));
    return {
      figure: svg.closest('figure')?.getAttribute('id') ?? '',
      label: svg.getAttribute('aria-label') ?? '',
      box: rectangle(svg),
      marks: [...svg.querySelectorAll('circle, rect, path, line')].filter((mark) => {
        const { width, height } = mark.getBoundingClientRect();
        return width > 0 || height > 0;
      }).length,
      texts: [...svg.querySelectorAll('text')].map((text) => {
        const box = rectangle(text);
        const middle = (box.left + box.right) / 2;
        const under = cells.find(
          (c) => c.box.left < middle && middle < c.box.right && c.box.top < box.top && box.bottom < c.box.bottom,
        );
        const { fill, fontSize } = getComputedStyle(text);
        return {
          text: text.textContent,
          box,
          colour: fill,
          background: under?.fill ?? page,
          opacity: under?.opacity ?? 1,
          size: Number.parseFloat(fontSize),
        };
      }),
    };
  });
  const letterings = [...document.querySelectorAll('body *:not(svg, svg *)')]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== ''))
    .map((e): Lettering => {
      const { color, fontSize } = getComputedStyle(e);
      return {
        text: e.textContent.trim().slice(0, 60),
        colour: color,
        background: opaque(e),
        opacity: 1,
        size: Number.parseFloat(fontSize),
      };
    });
  const colours: Record<string, string> = {};
  const quiet = ['var(--page)', 'var(--rule)', 'var(--heat)']; // grounds and guides; what a heat map says is written in it
  for (const mark of document.querySelectorAll('svg [fill^="var("], svg [stroke^="var("]'))
    for (const key of ['fill', 'stroke']) {
      const name = mark.getAttribute(key);
      if (name?.startsWith('var(') && !quiet.includes(name)) colours[name] = getComputedStyle(mark)[key];
    }
  return {
    scrollWidth: document.documentElement.scrollWidth,
    page,
    figures: [...document.querySelectorAll('figure')].map((f) => {
      const { width, height } = f.getBoundingClientRect();
      const caption = [...f.querySelectorAll('figcaption')][0]?.textContent ?? '';
      return { id: f.getAttribute('id') ?? '', width, height, caption };
    }),
    drawings,
    letterings,
    colours,
  };
}

/** Opens what is folded away. */
export function unfold(): void {
  for (const details of document.querySelectorAll('details')) details.setAttribute('open', '');
}

/** What the keyboard reaches, in order: each one's name, and whether it is marked where it has the focus. */
export function focusStops(): { name: string; marked: boolean }[] {
  return [...document.querySelectorAll('a[href], summary, [tabindex], button, input, select')].map((e) => {
    e.focus();
    const { outlineStyle, outlineWidth } = getComputedStyle(e);
    return {
      name: e.getAttribute('aria-label') ?? e.textContent.trim(),
      marked: document.activeElement === e && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    };
  });
}

/** The texts of each row of a table, cell by cell; what stands beneath a figure is a cell of its own. */
export function rowsOf(selector: string): string[][] {
  return [...document.querySelectorAll(`${selector} tbody tr`)].map((row) =>
    [...row.querySelectorAll('th, td')].flatMap((cell) =>
      [...cell.childNodes].length > 0 ? [...cell.childNodes].map((n) => n.textContent) : [''],
    ),
  );
}

/** Texts of all elements that match, in order. */
export function textsOf(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((e) => e.textContent);
}
