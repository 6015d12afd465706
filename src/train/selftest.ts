import { gradcheck } from '../autograd/gradcheck.ts';
import { scope } from '../autograd/scope.ts';
import { backward, noGrad } from '../autograd/tape.ts';
import { Tensor } from '../autograd/tensor.ts';
import { backend } from '../backend/active.ts';
import type { Backend } from '../backend/choice.ts';
import { Hash } from '../core/hash.ts';
import { Random } from '../core/random.ts';
import type { DType } from '../kernels/types.ts';
import { violating } from '../metric/miner.ts';
import { tripletLoss } from '../metric/tripletLoss.ts';
import { Embedder } from '../models/embedder.ts';
import { AdamW } from '../optim/adamw.ts';

/** One check of `selftest`. */
export interface SelfTestCheck {
  name: string;
  passed: boolean;
  /** what was measured, and what it was held to */
  detail: string;
}

/** What `selftest` returns. */
export interface SelfTest {
  /** whether all checks passed */
  passed: boolean;
  /** which kernels ran, and why */
  backend: Backend;
  checks: readonly SelfTestCheck[];
  /** milliseconds for embedding one beat by the default network, the least of some; null without a clock that moves, or if it failed */
  beat: number | null;
  /** all of this on one page */
  text: string;
}

const CONFIG = { length: 40, channels: [4, 6], hidden: 5, features: 7, embedding: 4 } as const;
const BATCH = 12;
const STEPS = 3;
const GRADIENT = 1e-6; // the relative error of a gradient in float64; see gradcheck
const AGREEMENT = 1e-4; // float32 from float64, of the largest value: a hundred times what rounding makes of it
const LONG = 300; // milliseconds of runs, after as many that let an engine compile
const [FEW, MANY] = [5, 200]; // runs at least, and at most

/** Digits of the embeddings after three steps, on every engine; relaxed kernels have none, their last bits being the processor's. */
const GOLDEN: Readonly<Record<Backend['name'], string>> = { js: '85bfd6021ce13533', wasm: '29043986c308a027' };

/**
 * Whether this engine computes what it should: gradient checks of the network in float64, the kernels that run against float64, the
 * bits of a few training steps against those of every other engine, which backend runs and why, and milliseconds a beat.
 * Everything is seeded, nothing outside is changed, and no module of Node's is used.
 *
 * @example
 *     const { passed, text } = selftest();
 *     console.log(text); // one page
 */
export function selftest(): SelfTest {
  const chosen = backend();
  const checks = [gradients(), agreement(), golden(chosen)];
  const passed = checks.every((check) => check.passed);
  const beat = attempt(timed);
  return { passed, backend: chosen, checks, beat, text: page(passed, chosen, checks, beat) };
}

/** A time, or null if it cannot be taken: why stands among the checks. */
function attempt(time: () => number | null): number | null {
  try {
    return time();
  } catch {
    return null;
  }
}

/** What a check found, or that it failed with an error. */
function check(name: string, run: () => Omit<SelfTestCheck, 'name'>): SelfTestCheck {
  try {
    return { name, ...run() };
  } catch (error) {
    return { name, passed: false, detail: `${(error as Error).name}: ${(error as Error).message}` };
  }
}

function signals(random: Random, rows: number, length: number, dtype: DType): Tensor {
  const data = dtype === 'float64' ? new Float64Array(rows * length) : new Float32Array(rows * length);
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(random.normal());
  return new Tensor(data, [rows, length]);
}

const LABELS = Array.from({ length: BATCH }, (_, i) => i % 3);

/** A seeded network in inference mode, and signals for it. */
function network(dtype: DType): { embedder: Embedder; x: Tensor } {
  const random = new Random('selftest');
  const embedder = new Embedder({ ...CONFIG, random }).to(dtype).eval();
  return { embedder, x: signals(random, BATCH, CONFIG.length, dtype) };
}

/** The network's gradient by its input, and the loss's by embeddings, in float64. */
function gradients(): SelfTestCheck {
  return check('gradients', () => {
    const { embedder, x } = network('float64');
    const random = new Random('gradients');
    const input = new Tensor(x.data, x.shape, true);
    const apart = signals(random, BATCH, CONFIG.embedding, 'float64');
    const loss = (z: Tensor): Tensor => tripletLoss(z, LABELS, { margin: 100, miner: violating }).loss; // all violate it
    const error = Math.max(
      gradcheck((own) => embedder.forward(own), [input], random),
      gradcheck(loss, [new Tensor(apart.data, apart.shape, true)], random),
    );
    return { passed: error < GRADIENT, detail: `relative error ${error.toExponential(1)}, at most ${GRADIENT}` };
  });
}

/** Embeddings and gradients of the kernels that run, against plain JavaScript in float64. */
function agreement(): SelfTestCheck {
  return check('kernels', () => {
    const [found, expected] = (['float32', 'float64'] as const).map((dtype) => {
      const { embedder, x } = network(dtype);
      embedder.train();
      const z = embedder.forward(x);
      backward(tripletLoss(z, LABELS, { margin: 4, miner: violating }).loss);
      return [z.data, ...embedder.parameters().map((p) => p.grad?.data ?? new Float32Array(0))];
    });
    const error = Math.max(...expected.map((values, k) => farthest(found[k], values)));
    return { passed: error < AGREEMENT, detail: `${error.toExponential(1)} from float64, at most ${AGREEMENT}` };
  });
}

/** The largest difference, of the largest value; NaN and a missing gradient are infinitely far. */
function farthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [most, largest] = [0, 1e-3]; // below which a gradient is rounding, such as that of a bias before a batch norm
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(found[i] - expected[i]);
    if (!(off <= most)) most = off >= 0 ? off : Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return found.length === expected.length ? most / largest : Number.POSITIVE_INFINITY;
}

function golden({ name, relaxed }: Backend): SelfTestCheck {
  return check('golden', () => {
    const { embedder, x } = network('float32');
    const optimizer = new AdamW(embedder.parameters(), { learningRate: 0.01 });
    embedder.train();
    for (let step = 0; step < STEPS; step++)
      scope(() => {
        optimizer.zeroGrad();
        backward(tripletLoss(embedder.forward(x), LABELS, { margin: 0.5, miner: violating }).loss);
        optimizer.step();
      });
    const { digits } = new Hash().numbers(embedder.embed(x).data);
    if (relaxed) return { passed: true, detail: `${digits}, which with relaxed SIMD depends on the processor` };
    const passed = digits === GOLDEN[name];
    return { passed, detail: passed ? `${digits}, as on every engine` : `${digits}, expected ${GOLDEN[name]}` };
  });
}

/** Milliseconds a beat of the default network. */
function timed(): number | null {
  const clock = (globalThis as { performance?: { now(): number } }).performance ?? Date;
  const random = new Random('selftest');
  const embedder = new Embedder({ random }).eval();
  const x = signals(random, 1, embedder.config.length, 'float32');
  let least = Number.POSITIVE_INFINITY;
  for (const counted of [false, true])
    for (let i = 0, begin = clock.now(); i < FEW || (i < MANY && clock.now() - begin < LONG); i++) {
      const start = clock.now();
      noGrad(() => scope(() => embedder.forward(x)));
      const spent = clock.now() - start;
      if (counted && spent > 0) least = Math.min(least, spent);
    }
  return Number.isFinite(least) ? least : null;
}

function page(
  passed: boolean,
  { name, relaxed, native, reason }: Backend,
  checks: readonly SelfTestCheck[],
  beat: number | null,
): string {
  const verdict = (own: boolean): string => (own ? 'passed' : 'FAILED');
  const simd = relaxed ? ', relaxed SIMD' : '';
  const kernels = name === 'wasm' ? `, ${native.length} kernels in WebAssembly${simd}` : '';
  const rows = [
    ['backend', `${name}${kernels}${reason === null ? '' : `, since ${reason}`}`],
    ...checks.map((own) => [own.name, `${verdict(own.passed)}: ${own.detail}`]),
    ['speed', beat === null ? 'not known' : `${beat.toFixed(beat < 10 ? 2 : 0)} ms a beat of the default network`],
  ];
  return [`dynaecg selftest: ${verdict(passed)}`, ...rows.map(([key, text]) => `  ${key.padEnd(10)} ${text}`)].join(
    '\n',
  );
}
