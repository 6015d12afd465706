import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { policy } from './policy.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

export interface ServeOptions {
  /** 0 for any that is free */
  port?: number;
  /** whether the policy lets WebAssembly run */
  wasm?: boolean;
}

/** Serves the files of a folder to this machine alone, each with the policy: a worker obeys that of its own file. */
export async function serve(
  folder: string,
  { port = 0, wasm = true }: ServeOptions = {},
): Promise<{ url: string; server: Server }> {
  const headers = {
    'content-security-policy': `${policy({ wasm })}; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
  const server = createServer(({ url = '/', method }, answer) => {
    const name = basename(new URL(url, 'http://localhost').pathname) || 'index.html'; // the folder has no folders
    const type = TYPES[extname(name)];
    try {
      if (method !== 'GET' || !type) throw new Error('not a file of the page');
      const body = readFileSync(join(folder, name));
      answer.writeHead(200, { ...headers, 'content-type': type }).end(body);
    } catch {
      answer.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, server };
}
