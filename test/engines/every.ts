// npm run test:engines [-- --install] [NAMES...]: the seeded program on every engine that is there, held to the golden hashes.
import { readFileSync } from 'node:fs';
import type { BackendName } from 'dynaecg';
import type { Golden } from './golden/program.ts';
import { goldenScripts } from './programs/build.ts';
import { install } from './programs/install.ts';
import { ENGINES, MISSING } from './programs/list.ts';

const hashes: Record<BackendName, Golden> = JSON.parse(
  readFileSync(new URL('golden/hashes.json', import.meta.url), 'utf8'),
);
const given = process.argv.slice(2);
if (given.includes('--install')) install();
const names = given.filter((name) => name !== '--install');
const unknown = names.find((name) => !Object.keys(ENGINES).some((engine) => engine.startsWith(name)));
if (unknown)
  throw new Error(`test:engines: expected the beginning of ${Object.keys(ENGINES).join(', ')}, got ${unknown}`);

const scripts = await goldenScripts();
const absent = [...MISSING];
let [total, passed] = [0, 0];

/** A line about one run, and whether it is as it should be. */
async function check(
  name: string,
  asked: BackendName | undefined,
  expected: BackendName,
  run: (
    backend: BackendName | undefined,
  ) => Promise<{ backend: BackendName; reason: string | null; golden: Golden; selftest: string }>,
): Promise<boolean> {
  const line = (text: string): void => console.log(`${name.padEnd(58)} ${(asked ?? 'its choice').padEnd(10)} ${text}`);
  const start = performance.now();
  try {
    const { backend, reason, golden, selftest } = await run(asked);
    const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    const wrong = (Object.keys(golden) as (keyof Golden)[]).filter((key) => golden[key] !== hashes[backend][key]);
    const tested = selftest.startsWith('dynaecg selftest: passed');
    const same = wrong.length === 0 && backend === expected && tested;
    line(
      `${backend}: ${same ? 'the same bits, selftest passed' : `expected ${expected}, DIFFERENT ${JSON.stringify(golden)} ${reason}\n${selftest}`}, ${seconds}`,
    );
    return same;
  } catch (error) {
    line(`FAILED: ${(error as Error).message.slice(0, 600)}`);
    return false;
  }
}

for (const [name, { backends, entry = 'dynaecg', find }] of Object.entries(ENGINES)) {
  if (names.length > 0 && !names.some((own) => name.startsWith(own))) continue;
  const engine = find();
  if (!engine) {
    absent.push(name);
    continue;
  }
  for (const backend of [undefined, ...backends.slice(1)]) {
    total++;
    const run = (own: BackendName | undefined) => engine.run(scripts[entry], own, false);
    if (await check(`${name} ${engine.version}`, backend, backend ?? backends[0], run)) passed++;
  }
}
console.log(`not here: ${absent.join(', ')}`);
console.log(`\nTotal: ${total}\nPassed: ${passed}`);
if (passed < total || total === 0) process.exitCode = 1;
