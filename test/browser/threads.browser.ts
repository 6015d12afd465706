// dynaecg/browser in Chromium: threads in a page that is isolated and in one that is not, on its main thread and in a worker.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launch } from '../../examples/shared/chromium.ts';

const test = suite('browser/threads');
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const NO_BLOBS = { 'Content-Security-Policy': "worker-src 'self'" };

/** Three training steps with so many threads, or with workers of a script of one's own. */
const PROGRAM = `
import * as d from 'dynaecg';
import { serveThread, useThreads } from 'dynaecg/browser';
if (self.name === 'thread') serveThread();
export async function run(n, own) {
  const options = own ? { worker: () => new Worker('/program.js', { type: 'module', name: 'thread' }) } : {};
  const { threads, reason } = await useThreads(n, options);
  const random = new d.Random(1);
  const embedder = new d.Embedder({ channels: [8, 16], hidden: 32, random });
  const optimizer = new d.AdamW(embedder.parameters());
  const x = new d.Tensor(Float32Array.from({ length: 40 * 253 }, () => random.normal()), [40, 1, 253]);
  const losses = Array.from({ length: 3 }, () => d.scope(() => {
    optimizer.zeroGrad();
    const { loss } = d.tripletLoss(embedder.forward(x), Array.from({ length: 40 }, (_, i) => i % 3), { margin: 0.2, miner: d.violating });
    d.backward(loss);
    optimizer.step();
    return loss.item();
  }));
  return { threads, reason, losses, weights: Array.from(embedder.parameters()[0].data) };
}
globalThis.run = run;
if (self.name === 'trainer') onmessage = async ({ data }) => postMessage(await run(data));
`;

interface Outcome {
  threads: number;
  reason: string | null;
  losses: number[];
  weights: number[];
}

async function bundled(): Promise<string> {
  const alias = { dynaecg: './src/main.ts', 'dynaecg/browser': './src/browser/index.ts' };
  const stdin = { contents: PROGRAM, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) };
  const options = { bundle: true, write: false, format: 'esm', minify: true, keepNames: true, alias, stdin } as const;
  return (await build(options)).outputFiles[0].text;
}

let server: Server;
let browser: Awaited<ReturnType<typeof launch>>;
let expected: Outcome;
test.before(async () => {
  const program = await bundled();
  server = createServer(({ url }, response) => {
    const headers = {
      ...(/isolated/.test(url ?? '') || url === '/program.js' ? ISOLATED : {}),
      ...(/strict/.test(url ?? '') ? NO_BLOBS : {}),
      'Content-Type': url === '/program.js' ? 'text/javascript' : 'text/html',
    };
    response.writeHead(200, headers);
    response.end(url === '/program.js' ? program : '<script type="module" src="/program.js"></script>');
  }).listen(0, '127.0.0.1');
  browser = await launch();
  expected = await onPage('/isolated', (page) => page.evaluate<Outcome>('run(1)'));
});
test.after(async () => {
  await browser?.close();
  server?.close();
});

async function onPage(path: string, work: (page: Page) => Promise<Outcome>): Promise<Outcome> {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    await page.waitForFunction('globalThis.run');
    return await work(page);
  } finally {
    await page.close();
  }
}

function assertSame(found: Outcome, threads: number, reason: string | null): void {
  assert.equal(found, { ...expected, threads, reason });
}

test('an isolated page: the same bits with 2 and 3 threads, on the main thread, which may not sleep', async () => {
  for (const n of [2, 3]) assertSame(await onPage('/isolated', (page) => page.evaluate<Outcome>(`run(${n})`)), n, null);
});

test('and in a worker, which starts the others', async () => {
  const trainer = `new Promise((resolve) => {
    const worker = new Worker('/program.js', { type: 'module', name: 'trainer' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(2);
  })`;
  assertSame(await onPage('/isolated', (page) => page.evaluate<Outcome>(trainer)), 2, null);
});

test('a page whose policy forbids workers from blob: has one thread, or workers of its own script', async () => {
  const found = await onPage('/isolated/strict', (page) => page.evaluate<Outcome>('run(2)'));
  assert.match(found.reason ?? '', /^threads: expected 2 to start, got "/);
  assertSame(found, 1, found.reason);
  assertSame(await onPage('/isolated/strict', (page) => page.evaluate<Outcome>('run(2, true)')), 2, null);
});

test('a page that is not isolated has one thread, and says why', async () => {
  const reason = 'threads: expected SharedArrayBuffer, got an engine or a page without it';
  assertSame(await onPage('/', (page) => page.evaluate<Outcome>('run(2)')), 1, reason);
});

test.run();
