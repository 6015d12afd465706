import type { CDPSession } from 'playwright-core';
import { launch } from '../shared/chromium.ts';
import { type ServeOptions, serve } from './serve.ts';

const SECONDS = 6; // of training whose frames are counted
const RUNS = 5; // page loads, whose median is printed

const PAINTED = 'performance.getEntriesByName("first-contentful-paint").length > 0';

/** An event of the browser's tracing, which counts in microseconds. */
interface TraceEvent {
  name: string;
  ts: number;
  args?: { data?: { isLoadingMainFrame?: boolean; isOutermostMainFrame?: boolean } };
}

/** First paint, and frames a second while a worker trains, out of the trace that Chromium writes of the page. */
export async function measured(folder: string, { wasm }: ServeOptions): Promise<string> {
  const { url, server } = await serve(folder, { wasm });
  const browser = await launch();
  try {
    const paints: number[] = [];
    let frames = '';
    for (let run = 1; run <= RUNS; run++) {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      const painted = await traced(session, async () => {
        await page.goto(url, { waitUntil: 'load' });
        while (!(await page.evaluate(PAINTED))) await page.waitForTimeout(10);
      });
      paints.push(firstPaint(painted));
      if (run === RUNS) {
        await page.selectOption('#learn-pace', '');
        await page.click('#learn-run');
        const steps = async (): Promise<number> => Number.parseInt(await page.innerText('#learn-at'), 10) || 0;
        await page.waitForTimeout(500);
        const before = await steps();
        const events = await traced(session, () => page.waitForTimeout(1000 * SECONDS));
        const made = (await steps()) - before;
        const drawn = events.filter(({ name }) => name === 'DrawFrame').length;
        const backend = await page.innerText('#backend');
        frames = `${(drawn / SECONDS).toFixed(1)} frames a second, while the worker makes ${(made / SECONDS).toFixed(1)} steps a second in ${backend}`;
      }
      await context.close();
    }
    paints.sort((a, b) => a - b);
    const median = paints[Math.floor(RUNS / 2)];
    return `first contentful paint after ${median.toFixed(0)} ms (median of ${RUNS} loads, from ${paints[0].toFixed(0)} to ${paints[RUNS - 1].toFixed(0)})\n${frames}`;
  } finally {
    await browser.close();
    server.close();
  }
}

/** What the browser traces while something happens. */
async function traced(session: CDPSession, happen: () => Promise<unknown>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }): void => {
    events.push(...(value as TraceEvent[]));
  };
  session.on('Tracing.dataCollected', collect);
  const categories =
    'loading,devtools.timeline,disabled-by-default-devtools.timeline.frame,devtools.timeline.frame,blink.user_timing';
  await session.send('Tracing.start', { categories, transferMode: 'ReportEvents' });
  await happen();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}

/** Milliseconds from the start of the last navigation to the first text or picture. */
function firstPaint(events: readonly TraceEvent[]): number {
  const paint = events.filter(({ name }) => name === 'firstContentfulPaint').at(-1);
  const start = events.filter(({ name, ts }) => name === 'navigationStart' && ts <= (paint?.ts ?? 0)).at(-1);
  if (!paint || !start) throw new Error('measure: expected a navigation and its first contentful paint in the trace');
  return (paint.ts - start.ts) / 1000;
}
