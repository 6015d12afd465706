import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend, type EmbedderConfig } from 'dynaecg';
import { useThreads } from 'dynaecg/node';
import { encodeOnnx } from 'dynaecg/onnx';
import { drawGrowth, type Point } from '../support/growthPicture.ts';
import { chooseBackend, type SuiteOptions } from '../support/options.ts';
import { type PeerRun, runNativeOrt, runTorchStep } from '../support/peers.ts';
import { OURS, type Report } from '../support/report.ts';
import { inference, time, training } from '../support/workloads.ts';

/** Of the default network, 253 samples, 1 lead and 64 LSTM units a direction, but for what grows. */
interface Sweep {
  /** what grows, and what is done */
  name: string;
  values: readonly number[];
  work: (value: number) => Work;
}

interface Work {
  batch: number;
  config: Partial<EmbedderConfig>;
  kind: 'step' | 'embed';
}

const STEP = { batch: 96, config: {}, kind: 'step' } as const;
const SWEEPS: readonly Sweep[] = [
  { name: 'step, batch', values: [12, 48, 96, 384, 768], work: (batch) => ({ ...STEP, batch }) },
  {
    name: 'step of 12, samples',
    values: [64, 253, 1000, 5000, 20000],
    work: (length) => ({ ...STEP, batch: 12, config: { length } }),
  },
  { name: 'step, LSTM units', values: [16, 64, 128, 256], work: (hidden) => ({ ...STEP, config: { hidden } }) },
  { name: 'step, leads', values: [1, 2, 12], work: (inChannels) => ({ ...STEP, config: { inChannels } }) },
  { name: 'embed, batch', values: [1, 16, 256, 2048], work: (batch) => ({ batch, config: {}, kind: 'embed' }) },
];

const SECONDS = 1; // about what each is repeated for
const [FEWEST, MOST] = [3, 100]; // times
const TOLERANCE = 1e-5; // of an embedding, whose numbers are below 1

/** Wall and processor time against sizes, with one thread and with all, next to PyTorch and onnxruntime-node: a table and a picture. */
export async function benchGrowth(report: Report, { filter }: SuiteOptions): Promise<void> {
  const before = backend();
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-bench-'));
  const threads = [1, availableParallelism()].filter((n, i, all) => all.indexOf(n) === i);
  const points: Point[] = [];
  const missing = new Set<string>();
  report.print(`\nload of the machine ${loadavg()[0].toFixed(1)}, of ${availableParallelism()} cores`);
  report.print(
    '\n| | by | threads | minimum, ms | median, ms | processor time, ms | ours / it |\n|---|---|---:|---:|---:|---:|---:|',
  );
  try {
    for (const { name, values, work } of SWEEPS)
      for (const value of values.filter((n) => filter.test(`${name} ${n}`)))
        for (const n of threads) {
          const point = { sweep: name, value, threads: n };
          await useThreads(n, { relaxed: before.relaxed });
          const ours = measure(work(value));
          const own = add(report, points, { ...point, by: OURS, ...ours }, null);
          await useThreads(1); // others would look for work meanwhile
          const peer = runPeer(work(value), ours.times.length, n, folder);
          if (typeof peer === 'string') missing.add(peer);
          else add(report, points, { ...point, ...peer, by: peer.peer.replace(/,.*/, '') }, own);
        }
  } finally {
    chooseBackend(before.relaxed ? 'relaxed' : before.name);
    rmSync(folder, { recursive: true });
  }
  for (const line of missing) report.print(line);
  report.print(`\nload of the machine ${loadavg()[0].toFixed(1)}`);
  report.picture = drawGrowth(points);
}

/** Milliseconds of each run, and of processor time a run. */
function measure({ batch, config, kind }: Work): { times: number[]; processor: number } {
  const run = kind === 'step' ? training(config, batch).step : inference(batch, config).embed;
  const [first] = time(run, 1, 0);
  const [second] = time(run, 1, Math.min(1000, 2 * first));
  const repeats = Math.round(Math.max(FEWEST, Math.min(MOST, (1000 * SECONDS) / second)));
  const spent = process.cpuUsage();
  const times = time(run, repeats, 0);
  const { user, system } = process.cpuUsage(spent);
  return { times, processor: (user + system) / 1000 / repeats };
}

function runPeer({ batch, config, kind }: Work, repeats: number, threads: number, folder: string): PeerRun | string {
  if (kind === 'step') return runTorchStep(config, batch, repeats + 1, threads);
  const [model, input] = ['model.onnx', 'input.f32'].map((name) => join(folder, name));
  const { embedder, x, embed } = inference(batch, config);
  writeFileSync(model, encodeOnnx(embedder));
  writeFileSync(input, new Uint8Array(x.data.buffer));
  const peer = runNativeOrt(model, input, batch, repeats, threads);
  if (typeof peer === 'string') return peer;
  const z = embed().data;
  const worst = Math.max(...peer.outputs.map((v, i) => Math.abs(v - z[i])));
  if (!(worst <= TOLERANCE)) throw new Error(`embed ${batch}: expected ${peer.peer}'s values, got them ${worst} apart`);
  return peer;
}

/** Keeps a point, and prints its row. */
function add(
  report: Report,
  points: Point[],
  { times, processor = Number.NaN, ...point }: Omit<Point, 'minimum'> & { times: number[]; processor?: number },
  ours: Point | null,
): Point {
  const work = `${point.sweep} ${point.value}, threads ${point.threads}`;
  const { minimum, median } = report.keep(work, point.by, times);
  const own = { ...point, minimum: 1000 * minimum };
  points.push(own);
  const ratio = ours ? (ours.minimum / own.minimum).toFixed(2) : '';
  const numbers = [own.minimum, 1000 * median, processor].map((ms) => ms.toFixed(ms < 10 ? 2 : 1));
  report.print(`| ${[`${point.sweep} ${point.value}`, point.by, point.threads, ...numbers, ratio].join(' | ')} |`);
  return own;
}
