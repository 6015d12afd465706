// Mutation testing: puts seeded faults into src, one at a time, and runs the tests of the file that has it. What no test
// notices is a survivor: it asks for a test, or for a line in equivalent.ts.
//   npm run test:mutation -- [--seed S] [--mutants N] [--files REGEX] [--out FILE]
//   npm run test:mutation -- --again FILE     the survivors of an earlier run, such as after new tests
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from 'dynaecg';
import { runTest } from './bundles.ts';
import { isEquivalent } from './equivalent.ts';
import { filesBelow, MUTATED, names, testsOf } from './mapping.ts';
import { type Mutant, mutantsOf, mutated } from './mutants.ts';
import { folderOf, type Result, survivorLine, table } from './report.ts';

const AT_ONCE = 2;
/** A mutant's test is endless after this multiple of its own time, and some seconds. */
const [PATIENCE, SPARE] = [3, 3];
/** Tests that take longer, in seconds, run only for the files whose exports they name. */
const LONG = 5;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    mutants: { type: 'string', default: '300' },
    files: { type: 'string' },
    out: { type: 'string', default: 'runs/mutation.json' },
    again: { type: 'string' },
  },
});

const pattern = values.files === undefined ? MUTATED : new RegExp(values.files);
const sources = new Map(filesBelow('src', pattern).map((file) => [file, readFileSync(file, 'utf8')]));
const all = [...sources].flatMap(([file, source]) => mutantsOf(file, source));
const open = all.filter((mutant) => !isEquivalent(mutant));
const drawn =
  values.again === undefined ? draw(Number(values.seed), Number(values.mutants)) : survivorsOf(values.again);
console.log(
  `${drawn.length} of ${all.length} mutants of ${sources.size} files; ${all.length - open.length} are known to be equivalent`,
);

const times = await baseline([...new Set(drawn.flatMap(({ file }) => testsOf(file)))]);
const results: Result[] = [];
const start = Date.now();
await inParallel(drawn, async (mutant) => {
  const result = await tried(mutant);
  results.push(result);
  if (result.outcome === 'survived') console.log(`survived  ${survivorLine(result)}`);
  if (results.length % 10 === 0) console.log(progress());
});
results.sort((a, b) => a.file.localeCompare(b.file) || a.from - b.from);
console.log(`\n${table(results)}\n`);
for (const result of results) if (result.outcome === 'survived') console.log(survivorLine(result));
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ seed: values.seed, of: all.length, results }, null, 1)}\n`);
process.exit();

function draw(seed: number, count: number): Mutant[] {
  const order = new Random(seed).permutation(open.length);
  return Array.from(order.subarray(0, count), (i) => open[i]);
}

function survivorsOf(file: string): Mutant[] {
  const { results: earlier } = JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] };
  const survivors = earlier.filter(({ outcome }) => outcome === 'survived');
  return open.filter((mutant) =>
    survivors.some(
      ({ file, code, becomes }) => file === mutant.file && code === mutant.code && becomes === mutant.becomes,
    ),
  );
}

/** Seconds that each test takes without a mutant; one that fails without is of no use. */
async function baseline(tests: string[]): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  await inParallel(tests, async (test) => {
    const { outcome, cpu } = await runTest(test, new Map(), 600);
    if (outcome === 'passed') known.set(test, cpu);
    console.log(
      outcome === 'passed' ? `${test} takes ${cpu.toFixed(1)} s` : `${test} is left out: ${outcome} without a mutant`,
    );
  });
  return known;
}

async function tried(mutant: Mutant): Promise<Result> {
  const source = sources.get(mutant.file) as string;
  const replaced = new Map([[mutant.file, mutated(source, mutant)]]);
  const time = (test: string): number => times.get(test) as number;
  const [near, far] = [true, false].map((near) =>
    testsOf(mutant.file)
      .filter((test) => times.has(test) && names(test, source) === near && (near || time(test) <= LONG))
      .sort((a, b) => time(a) - time(b)),
  );
  const tests = [...near, ...far];
  for (const test of tests) {
    const { outcome } = await runTest(test, replaced, PATIENCE * time(test) + SPARE);
    if (outcome !== 'passed') return { ...mutant, outcome: outcome === 'failed' ? 'killed' : 'timeout', by: test };
  }
  return { ...mutant, outcome: 'survived', by: null };
}

async function inParallel<T>(items: readonly T[], f: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await f(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function progress(): string {
  const survived = results.filter(({ outcome }) => outcome === 'survived').length;
  const left = ((Date.now() - start) / results.length) * (drawn.length - results.length);
  return `${results.length} of ${drawn.length}, ${survived} survived, ${folderOf(results[results.length - 1].file)}; ${(left / 6e4).toFixed(1)} min left`;
}
