import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a peer prints: its losses show that it trains, or its outputs that it computes the same; times in milliseconds. */
export interface PeerRun {
  peer: string;
  version: string;
  losses: number[];
  outputs: number[];
  times: number[];
  /** of all threads, in milliseconds per run, where the peer tells it */
  processor?: number;
}

const LONGEST = 2 ** 28; // bytes that a peer prints
const folder = fileURLToPath(new URL('../peers/', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const noPython = `PyTorch: ${python} has no torch; set PYTHON (Debian's is python3-torch with libopenblas0-pthread)`;

const hasPackage = (name: string): boolean =>
  succeeds('node', '--input-type=module', '-e', `import.meta.resolve('${name}')`);
const notInstalled = (name: string): string => `${name} is not installed: npm ci --prefix bench/peers`;

const nodeWith = (name: string) => (): string | null => (hasPackage(name) ? 'node' : null);

/** A training step or its gradient: what runs it, where that is there, and what it is given; the number of steps comes first. */
const TRAINING = {
  torch: { program: () => pythonWith('torch'), args: ['torch_step.py', '15'], missing: noPython },
  tfjs: { program: nodeWith('@tensorflow/tfjs'), args: ['tfjs.mjs', '2'], missing: notInstalled('tfjs') },
  jax: { program: nodeWith('@jax-js/jax'), args: ['jax.mjs', '6'], missing: notInstalled('jax-js') },
  jaxConv: { program: nodeWith('@jax-js/jax'), args: ['jax.mjs', '6', 'conv'], missing: notInstalled('jax-js') },
};

/** Runs a peer's training on a batch; a line that says what is missing where it cannot run. */
export function runPeer(name: keyof typeof TRAINING, batch: number, threads = 1): PeerRun | string {
  const { program: find, args, missing } = TRAINING[name];
  const program = find();
  if (program === null) return missing;
  const [script, steps, ...options] = args;
  const more = name === 'torch' ? [String(threads)] : options;
  return checked(name, read(program, [script, steps, String(batch), ...more], threads));
}

/** @throws Error unless it has trained */
function checked(name: string, run: PeerRun): PeerRun {
  if (!run.losses.every(Number.isFinite) || run.losses.at(-1) === run.losses[0])
    throw new Error(`${name}: expected a loss that changes, got ${run.losses}`);
  return run;
}

/** Inference in onnxruntime-web of the `batch` beats in the file `input`. */
export function runOrt(model: string, input: string, batch: number, repeats: number): PeerRun | string {
  if (!hasPackage('onnxruntime-web')) return notInstalled('onnxruntime-web');
  return read('node', ['ort.mjs', model, input, String(batch), String(repeats)]);
}

/** The same in onnxruntime-node, the native library. */
export function runNativeOrt(
  model: string,
  input: string,
  batch: number,
  repeats: number,
  threads: number,
): PeerRun | string {
  if (!existsSync(`${folder}native/node_modules/onnxruntime-node`))
    return 'onnxruntime-node is not installed: npm ci --prefix bench/peers/native';
  return read('node', ['ort.mjs', model, input, String(batch), String(repeats), 'node', String(threads)], threads);
}

/** A training step of a network of these sizes in PyTorch. */
export function runTorchStep(config: object, batch: number, steps: number, threads: number): PeerRun | string {
  const program = pythonWith('torch');
  if (program === null) return noPython;
  const args = ['torch_step.py', String(steps), String(batch), String(threads), JSON.stringify(config)];
  return checked('torch', read(program, args, threads));
}

/** Outputs of layers, or texts that say why there are none. */
export interface ParityRun {
  peer: string;
  version: string;
  outputs: (number[] | string)[];
}

/** Runs the layers in a folder in PyTorch; a line that says what is missing where it cannot. */
export function runTorchParity(cases: string): ParityRun | string {
  const program = pythonWith('torch');
  return program === null ? noPython : read(program, ['parity_torch.py', cases]);
}

/** The same of the exported models in onnxruntime-web. */
export function runOrtParity(cases: string): ParityRun | string {
  return hasPackage('onnxruntime-web') ? read('node', ['parity_ort.mjs', cases]) : notInstalled('onnxruntime-web');
}

/** A Python that has a package: PYTHON, or else the first one, or Debian's. */
export function pythonWith(name: string): string | null {
  const programs = process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3'];
  return programs.find((program) => succeeds(program, '-c', `import ${name}`)) ?? null;
}

/** scikit-learn's t-SNE of the points (N,D) in the file `input`: a layout, its divergence, the time. */
export function runSklearnTsne(input: string, N: number, D: number): PeerRun | string {
  if (!succeeds(python, '-c', 'import sklearn'))
    return `scikit-learn: ${python} has no sklearn; set PYTHON (Debian's is python3-sklearn)`;
  return read(python, ['tsne.py', input, String(N), String(D)]);
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { cwd: folder, stdio: 'ignore' }).status === 0;
}

/** The JSON of a peer's last line. */
function read<T extends { peer: string; version: string } = PeerRun>(
  program: string,
  args: readonly string[],
  threads = 1,
): T {
  const output = execFileSync(program, args, {
    cwd: folder,
    env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    encoding: 'utf8',
    maxBuffer: LONGEST,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const run: T = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  return { ...run, peer: `${run.peer} ${run.version}` };
}
