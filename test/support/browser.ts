/** Pages in Chromium, without scripts and without a network, and what can be said of how they look. */
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { launch } from '../../examples/shared/chromium.ts';
import { type Drawn, type Lettering, type Rectangle, type Survey, survey, unfold } from './reportPage.ts';

export interface Opened {
  page: Page;
  /** what the browser complained about, such as a breach of the content-security policy */
  complaints: string[];
  /** addresses asked for, but files and data */
  requests: string[];
  context: BrowserContext;
}

/** Starts a browser for the tests of a suite, and stops it after them. */
export function launchedFor(test: Test): () => Browser {
  let browser: Browser;
  test.before(async () => {
    browser = await launch();
  });
  test.after(async () => {
    await browser?.close();
  });
  return () => browser;
}

/** Reports in a browser. */
export function browserFor(test: Test) {
  const launched = launchedFor(test);

  async function open(path: string, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
    const viewport = { width, height: 900 };
    const context = await launched().newContext({ viewport, colorScheme, javaScriptEnabled: false, offline: true });
    const opened: Opened = { page: await context.newPage(), complaints: [], requests: [], context };
    opened.page.on('console', (message) => opened.complaints.push(message.text()));
    opened.page.on('pageerror', (error) => opened.complaints.push(error.message));
    await context.route('**', (route) => {
      const url = route.request().url();
      if (/^(file|data):/.test(url)) return route.continue();
      opened.requests.push(url);
      return route.abort();
    });
    await opened.page.goto(pathToFileURL(path).href);
    await opened.page.evaluate('globalThis.__name = (f) => f'); // what tsx writes into functions
    return opened;
  }
  /**
   * What axe-core finds, rule by rule; it needs scripts and timers, which run in the page from outside its policy. A heat map's
   * and a table's grounds are gradients and shares of a colour, which it gives up on: `assertReadable` looks at those.
   */
  async function findings(path: string, colorScheme: 'light' | 'dark'): Promise<string[]> {
    const viewport = { width: 1400, height: 900 };
    const context = await launched().newContext({ viewport, colorScheme, offline: true });
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href);
    await page.evaluate('globalThis.__name = (f) => f'); // what tsx writes into functions
    await page.evaluate(unfold);
    const found = await axeFindings(page);
    await context.close();
    return found;
  }

  return { open, findings };
}

/** What axe-core finds in a page, a rule each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete, passes } = await page.evaluate<AxeResults>('axe.run()');
  assert.ok(passes.length > 10, `${passes.length} rules looked at it`);
  const left = incomplete.filter(({ id }) => id !== 'color-contrast');
  return [...violations, ...left].map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 200)}`);
}

/** Red, green and blue of `rgb(...)` from 0 to 1. */
export const channels = (colour: string): number[] =>
  colour
    .match(/[\d.]+/g)!
    .slice(0, 3)
    .map((c) => Number(c) / 255);
/** Relative luminance as of WCAG 2.2. */
export function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** Contrast as of WCAG 2.2, of text on a background that covers the page by `opacity`. */
export function contrast(colour: string, background: string, page: string, opacity = 1): number {
  const beneath = channels(page);
  const mixed = channels(background).map((c, i) => opacity * c + (1 - opacity) * beneath[i]);
  const [low, high] = [luminance(channels(colour)), luminance(mixed)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
export const GRAPHICS = 3; // the least contrast of WCAG for what carries a meaning
const TEXT = 4.5; // and for text of ordinary size

export function assertReadable(letterings: readonly Lettering[], page: string): void {
  for (const { text, colour, background, opacity } of letterings) {
    const got = contrast(colour, background, page, opacity);
    assert.ok(got >= TEXT, `${text}: ${colour} on ${background}, contrast ${got.toFixed(2)}`);
  }
}

const SMALLEST = 9; // pixels of type in a drawing, as shown

/** Fails for text that is cut off, too small, or written over other text. */
export function assertLegible({ label, texts, box }: Drawn, width: number): void {
  const overlap = (a: Rectangle, b: Rectangle): boolean =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3; // a line's box is higher than its letters
  for (const [i, a] of texts.entries()) {
    assert.ok(
      a.box.left >= box.left - 1 && a.box.right <= Math.min(width, box.right + 1),
      `${label}: ${a.text} is cut`,
    );
    assert.ok(a.box.top >= box.top - 4 && a.box.bottom <= box.bottom + 4, `${label}: ${a.text} is cut`);
    if (a.text.trim()) assert.ok(a.box.bottom - a.box.top >= SMALLEST, `${label}: ${a.text} is too small`);
    for (const b of texts.slice(i + 1))
      assert.not.ok(overlap(a.box, b.box), `${label}: ${a.text} is written over ${b.text}`);
  }
}

/** Pixels of A4 within the usual margins. */
export const PAPER_WIDTH = 718;

/** A page as it is printed, from a dark screen: light, no wider than the paper, and readable. */
export async function printed(
  open: ReturnType<typeof browserFor>['open'],
  path: string,
): Promise<Pick<Opened, 'page' | 'context'> & { seen: Survey }> {
  const { page, context } = await open(path, PAPER_WIDTH, 'dark');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const seen = await page.evaluate(survey);
  assert.is(seen.page, 'rgb(255, 255, 255)');
  assert.ok(seen.scrollWidth <= PAPER_WIDTH, `the page is ${seen.scrollWidth} px wide`);
  assertReadable(seen.letterings, seen.page);
  return { page, context, seen };
}
