/** The live page, built once for a suite and served with its policy, in Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildPage } from '../../examples/live/build.ts';
import { serve } from '../../examples/live/serve.ts';
import { launchedFor } from './browser.ts';

const WAIT = 150_000; // ms, for what takes one where a machine is idle

export interface Live {
  page: Page;
  context: BrowserContext;
  /** what the browser printed, and errors that nobody caught */
  complaints: string[];
  /** addresses outside the page's own origin */
  strangers: string[];
  text(id: string): Promise<string>;
  /** Waits until an expression of the page is true. */
  until(expression: string): Promise<void>;
}

export interface LiveOptions {
  width?: number;
  scheme?: 'light' | 'dark';
  wasm?: boolean;
  /** `learn`, `watch` or `model` */
  mode?: string;
  /** device pixels in a CSS pixel */
  scale?: number;
}

/** Opens the page; what it complained about and asked elsewhere for is checked when it is closed. */
export function liveFor(test: Test) {
  const launched = launchedFor(test);
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-live-'));
  const origins = new Map<boolean, Awaited<ReturnType<typeof serve>>>();
  test.before(async () => {
    await buildPage(folder);
    for (const wasm of [true, false]) origins.set(wasm, await serve(folder, { wasm }));
  });
  test.after(() => {
    for (const { server } of origins.values()) server.close();
    rmSync(folder, { recursive: true });
  });

  async function open(options: LiveOptions = {}): Promise<Live> {
    const {
      width = 1400,
      scheme: colorScheme = 'light',
      wasm = true,
      mode = 'learn',
      scale: deviceScaleFactor,
    } = options;
    const { url } = origins.get(wasm)!;
    const look = { viewport: { width, height: 900 }, colorScheme, deviceScaleFactor, reducedMotion: 'reduce' } as const;
    const context = await launched().newContext(look);
    context.setDefaultTimeout(WAIT);
    const page = await context.newPage();
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    context.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) strangers.push(request.url());
    });
    const until = async (expression: string): Promise<void> => {
      for (const began = Date.now(); !(await page.evaluate(`Boolean(${expression})`)); await page.waitForTimeout(50))
        if (Date.now() - began > WAIT)
          throw new Error(`expected ${expression}, got ${complaints.join(', ') || 'never'}`);
    };
    await page.goto(`${url}#${mode}`);
    return { page, context, complaints, strangers, until, text: (id) => page.innerText(`#${id}`) };
  }

  /** Closes it, with nothing printed and nothing asked for elsewhere. */
  async function close({ context, complaints, strangers }: Live): Promise<void> {
    await context.close();
    assert.equal([complaints, strangers], [[], []]);
  }

  return { open, close, folder };
}

export const READY = {
  learn: `!document.querySelector('#learn-run').disabled`,
  watch: `!document.querySelector('#watch-run').disabled`,
};
