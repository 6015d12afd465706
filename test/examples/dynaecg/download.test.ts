import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DataError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { download } from '../../../examples/dynaecg/download.ts';

const test = suite('examples/dynaecg/download');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const FILES: Record<string, Buffer> = {
  '100.hea': Buffer.from('100 2 360 650000\n'),
  '100.dat': Buffer.from(Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) % 251)),
  empty: Buffer.alloc(0),
};

const manifest = Object.entries(FILES)
  .map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`)
  .join('');

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;
const whole: Answer = (_request, response, bytes) => response.end(bytes);

const ranged: Answer = ({ headers }, response, bytes) => {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (headers.range && from >= bytes.length) response.writeHead(416).end();
  else response.writeHead(headers.range ? 206 : 200).end(bytes.subarray(from));
};

/** Breaks the connection in the middle of a file. */
const dropping: Answer = (_request, response, bytes) => {
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(50).then(() => response.destroy()));
};

/** Runs `f` with a server on this machine, and returns the requests it got, as `name` or `name range`. */
async function served(answer: Answer, f: (url: string) => Promise<void>): Promise<string[]> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = request.url!.slice('/files/'.length);
    requests.push([name, request.headers.range].filter(Boolean).join(' '));
    if (FILES[name]) answer(request, response, FILES[name]);
    else response.writeHead(404).end('not here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await f(`http://127.0.0.1:${(server.address() as AddressInfo).port}/files`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return requests;
}

/** A new folder with these files in it. */
function folder(contents: Record<string, Uint8Array> = {}): string {
  const path = mkdtempSync(at('download-'));
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(path, name), bytes);
  return path;
}

function assertComplete(path: string): void {
  assert.equal(readdirSync(path).sort(), Object.keys(FILES).sort());
  for (const [name, bytes] of Object.entries(FILES))
    assert.is(Buffer.compare(readFileSync(join(path, name)), bytes), 0);
}

const dat = FILES['100.dat'];
const rest = { '100.hea': FILES['100.hea'], empty: FILES['empty'] };

const fetches: Record<string, { before: Record<string, Uint8Array>; answer: Answer; requests: string[] }> = {
  'all files': { before: {}, answer: whole, requests: ['100.hea', '100.dat', 'empty'] },
  'nothing that is there': { before: FILES, answer: whole, requests: [] },
  'what is damaged': { before: { ...FILES, '100.dat': dat.subarray(1) }, answer: whole, requests: ['100.dat'] },
  'from where it stopped': {
    before: { ...rest, '100.dat.part': dat.subarray(0, 12_345) },
    answer: ranged,
    requests: ['100.dat bytes=12345-'],
  },
  'from the beginning where the server knows no ranges': {
    before: { ...rest, '100.dat.part': dat.subarray(0, 12_345) },
    answer: whole,
    requests: ['100.dat bytes=12345-'],
  },
  'nothing more of a file that lacked only its name': {
    before: { ...rest, '100.dat.part': dat },
    answer: ranged,
    requests: ['100.dat bytes=50000-'],
  },
};

for (const [name, { before, answer, requests }] of Object.entries(fetches))
  test(`download fetches ${name}`, async () => {
    const path = folder(before);
    const got = await served(answer, (url) => download(path, true, { url, manifest }));
    assert.equal(got, requests);
    assertComplete(path);
  });

test('download makes the folder', async () => {
  const path = at('new', 'folder');
  await served(whole, (url) => download(path, true, { url, manifest }));
  assertComplete(path);
});

/** Fails unless the promise is rejected; returns the error. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable('expected an error') as never;
}

test('a file with a wrong checksum is discarded, and the next try is a new one', async () => {
  const path = folder({ ...rest, '100.dat.part': Buffer.alloc(100) }); // 100 bytes of something else
  await served(ranged, async (url) => {
    const error = await rejection(download(path, true, { url, manifest }));
    assert.instance(error, DataError);
    const wrong = sha256(Buffer.concat([Buffer.alloc(100), dat.subarray(100)]));
    assert.is(
      error.message,
      `download: expected 100.dat with SHA-256 ${sha256(dat)}, got ${wrong}; the file was discarded`,
    );
    assert.equal(readdirSync(path).sort(), Object.keys(rest).sort());
    await download(path, true, { url, manifest });
  });
  assertComplete(path);
});

/** Sends the beginning of a file, and then nothing. */
const silent: Answer = (_request, response, bytes) => {
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, 10));
};

/** Does not end. */
const endless: Answer = (_request, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
  response.on('close', () => clearInterval(timer));
};

test('a server that says nothing more, and one that never stops, are given up', async () => {
  for (const [answer, why] of [
    [silent, /got 10 bytes: nothing for 0\.2 s$/],
    [endless, /got \d+ bytes: more than 100000$/],
  ] as const)
    await served(answer, async (url) => {
      const path = folder({ '100.hea': FILES['100.hea'], empty: FILES['empty'] });
      const limits = { bytes: 100_000, silence: 200 };
      const error = await rejection(download(path, true, { url, manifest, limits }));
      assert.instance(error, DataError);
      assert.match(error.message, why);
      assert.ok(readFileSync(join(path, '100.dat.part')).length <= 100_000);
    });
});

test('a broken connection leaves what came, and the next try goes on from there', async () => {
  const path = folder(rest);
  await served(dropping, async (url) => {
    const error = await rejection(download(path, true, { url, manifest }));
    assert.instance(error, DataError);
    assert.match(error.message, `download: expected all of ${url}/100.dat, got 25000 bytes: `);
  });
  assert.equal(readFileSync(join(path, '100.dat.part')), dat.subarray(0, 25_000));
  const requests = await served(ranged, (url) => download(path, true, { url, manifest }));
  assert.equal(requests, ['100.dat bytes=25000-']);
  assertComplete(path);
});

test('an absent file, and a server that does not answer', async () => {
  let closed = '';
  await served(whole, async (url) => {
    closed = url;
    const error = await rejection(download(folder(), true, { url, manifest: `${sha256(dat)}  101.dat\n` }));
    assert.instance(error, DataError);
    assert.is(error.message, `download: expected ${url}/101.dat, got status 404`);
  });
  const error = await rejection(download(folder(), true, { url: closed, manifest }));
  assert.instance(error, DataError);
  assert.match(error.message, `download: expected an answer from ${closed}/100.hea, got `);
});

test.run();
