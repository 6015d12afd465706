import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a peer prints: its losses show that it trains, or its outputs that it computes the same; times in milliseconds. */
export interface PeerRun {
  peer: string;
  version: string;
  losses: number[];
  outputs: number[];
  times: number[];
}

const folder = fileURLToPath(new URL('../peers/', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const noPython = `PyTorch: ${python} has no torch; set PYTHON (Debian's is python3-torch with libopenblas0-pthread)`;

const hasTorch = (): boolean => succeeds(python, '-c', 'import torch');
const hasPackage = (name: string): boolean =>
  succeeds('node', '--input-type=module', '-e', `import.meta.resolve('${name}')`);
const notInstalled = (name: string): string => `${name} is not installed: npm ci --prefix bench/peers`;

/** A training step or its gradient; the first argument is the number of steps, the second the batch. */
const TRAINING = {
  torch: { command: [python, 'torch_step.py', '15'], there: hasTorch, missing: noPython },
  tfjs: {
    command: ['node', 'tfjs.mjs', '2'],
    there: () => hasPackage('@tensorflow/tfjs'),
    missing: notInstalled('tfjs'),
  },
  jax: { command: ['node', 'jax.mjs', '6'], there: () => hasPackage('@jax-js/jax'), missing: notInstalled('jax-js') },
  jaxConv: {
    command: ['node', 'jax.mjs', '6', 'conv'],
    there: () => hasPackage('@jax-js/jax'),
    missing: notInstalled('jax-js'),
  },
};

/** Runs a peer's training on a batch; a line that says what is missing where it cannot run. */
export function runPeer(name: keyof typeof TRAINING, batch: number): PeerRun | string {
  const { command, there, missing } = TRAINING[name];
  if (!there()) return missing;
  const [program, script, steps, ...options] = command;
  const run = read(program, script, steps, String(batch), ...options);
  if (!run.losses.every(Number.isFinite) || run.losses.at(-1) === run.losses[0])
    throw new Error(`${name}: expected a loss that changes, got ${run.losses}`);
  return run;
}

/** Writes a model file's network as ONNX; a line that says what is missing where it cannot, null where it could. */
export function exportOnnx(weights: string, to: string): string | null {
  if (!hasTorch()) return noPython;
  execFileSync(python, ['export_onnx.py', weights, to], { cwd: folder, stdio: 'pipe' });
  return null;
}

/** Inference in onnxruntime-web of the `batch` beats in the file `input`. */
export function runOrt(model: string, input: string, batch: number, repeats: number): PeerRun | string {
  if (!hasPackage('onnxruntime-web')) return notInstalled('onnxruntime-web');
  return read('node', 'ort.mjs', model, input, String(batch), String(repeats));
}

/** scikit-learn's t-SNE of the points (N,D) in the file `input`: a layout, its divergence, the time. */
export function runSklearnTsne(input: string, N: number, D: number): PeerRun | string {
  if (!succeeds(python, '-c', 'import sklearn'))
    return `scikit-learn: ${python} has no sklearn; set PYTHON (Debian's is python3-sklearn)`;
  return read(python, 'tsne.py', input, String(N), String(D));
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { cwd: folder, stdio: 'ignore' }).status === 0;
}

/** The JSON of a peer's last line; one thread everywhere. */
function read(program: string, ...args: string[]): PeerRun {
  const output = execFileSync(program, args, {
    cwd: folder,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const run: PeerRun = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  return { ...run, peer: `${run.peer} ${run.version}` };
}
