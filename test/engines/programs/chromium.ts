/** Chromium: in a page or a worker of it, under a policy that allows WebAssembly or not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BackendName } from 'dynaecg';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumPath } from '../../../examples/shared/chromium.ts';
import type { Answer } from '../golden/program.ts';

/** Runs the program in a page, or in a worker that the page starts. */
export async function runPage(
  where: 'page' | 'worker',
  wasm: boolean,
  program: string,
  backend: BackendName | undefined,
  costs: boolean,
): Promise<Answer> {
  const call = `goldenProgram.answer(${JSON.stringify(backend) ?? 'undefined'}, ${costs})`;
  const files: Record<string, string> = {
    '/page.js': `${program}\n;globalThis.answer = () => ${call};`,
    '/worker.js': `${program}\n;postMessage(${call});`,
  };
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('Content-Security-Policy', `default-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`);
    response.setHeader('Content-Type', url in files ? 'text/javascript' : 'text/html');
    response.end(files[url] ?? '<!doctype html><title>golden</title>');
  }).listen(0, '127.0.0.1');
  const browser = await chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_FLAGS });
  try {
    const view = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await view.goto(`http://127.0.0.1:${port}/`);
    if (where === 'page') {
      await view.addScriptTag({ url: '/page.js' });
      return await view.evaluate<Answer>('answer()');
    }
    return await view.evaluate<Answer>(`new Promise((resolve, reject) => {
      const worker = new Worker('/worker.js');
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    })`);
  } finally {
    await browser.close();
    server.close();
  }
}
