// Opens the summary of a synthetic recording in Chromium, without scripts and without a network.
//
//   npm run test:browser
//
// CHROMIUM is the browser; SCREENSHOTS a folder for pictures.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../../../examples/tools/summary/summary.ts';
import {
  assertLegible,
  assertReadable,
  browserFor,
  channels,
  contrast,
  GRAPHICS,
  luminance,
  printed,
} from '../../support/browser.ts';
import { type Drawn, survey, unfold } from '../../support/reportPage.ts';
import { eventful } from '../../support/summarized.ts';

const test = suite('summary in a browser');
const { open, findings } = browserFor(test);

const made = mkdtempSync(join(tmpdir(), 'dynaecg-summary-'));
test.after(() => rmSync(made, { recursive: true }));
const path = join(made, 'eventful.html');
const { record, annotated } = eventful();
writeFileSync(path, summarize(record, annotated).page);
const isStrip = ({ figure }: Drawn): boolean => figure === ''; // which has no id
const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

for (const width of [360, 768, 1200])
  for (const scheme of ['light', 'dark'] as const)
    test(`${width} px, ${scheme}: nothing cut off, nothing fetched, readable`, async () => {
      const { page, complaints, requests, context } = await open(path, width, scheme);
      await page.evaluate(unfold);
      const seen = await page.evaluate(survey);
      assert.equal([complaints, requests], [[], []]);
      assert.ok(seen.scrollWidth <= width, `the page is ${seen.scrollWidth} px wide`);
      const figures = seen.drawings.filter((drawing) => !isStrip(drawing));
      assert.is(figures.length, 2);
      for (const drawing of figures) {
        assertLegible(drawing, width);
        assertReadable(drawing.texts, seen.page);
      }
      assertReadable(seen.letterings, seen.page);
      assert.is(luminance(channels(seen.page)) > 0.5, scheme === 'light');
      if (pictures) await page.screenshot({ path: join(pictures, `summary-${width}-${scheme}.png`), fullPage: true });
      await context.close();
    });

const MM = 96 / 25.4; // CSS pixels

for (const scheme of ['light', 'dark'] as const)
  test(`${scheme}: strips are on paper of their own, in true size, and legible`, async () => {
    const { page, context } = await open(path, 1200, scheme);
    const { drawings, colours, page: ground } = await page.evaluate(survey);
    const strips = drawings.filter(isStrip);
    assert.is(strips.length, 20);
    for (const drawing of strips) {
      const seconds = (drawing.box.right - drawing.box.left) / MM / 25;
      assert.ok(seconds > 6.99 && seconds < 12.01, `${drawing.label}: ${seconds} s`);
      assertLegible(drawing, 1200);
      assertReadable(drawing.texts, ground);
    }
    const [trace, paper] = [colours['var(--ink)'], colours['var(--paper)']];
    assert.ok(contrast(trace, paper, paper) > 2 * GRAPHICS, `${trace} on ${paper}`);
    if (pictures)
      await page
        .locator('figure.strip')
        .first()
        .screenshot({ path: join(pictures, `strip-${scheme}.png`) });
    await context.close();
  });

test('printed, it is light and fits the paper, but for strips of long pauses', async () => {
  const { context } = await printed(open, path);
  await context.close();
});

for (const scheme of ['light', 'dark'] as const)
  test(`${scheme}: axe-core finds nothing`, async () => {
    assert.equal(await findings(path, scheme), []);
  });

test('the picture in the documentation: the head, the figures, the first strips', async () => {
  if (!pictures) return;
  const { page, context } = await open(path, 1160, 'light');
  await page.evaluate(() => {
    const wanted = '#course, #events';
    const { document } = globalThis as unknown as { document: { querySelectorAll(s: string): Iterable<Removable> } };
    for (const e of document.querySelectorAll(`section:not(${wanted}), details, #events h3, #events .scroll + p`))
      e.remove();
    for (const e of document.querySelectorAll('figure.strip:nth-of-type(n + 4), #events > .scroll')) e.remove();
  });
  await page.screenshot({ path: join(pictures, 'summary.png'), fullPage: true });
  await context.close();
});
interface Removable {
  remove(): void;
}

test.run();
