import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a peer prints: its losses show that it trains, its times are of whole steps in milliseconds. */
export interface PeerRun {
  peer: string;
  version: string;
  parameters: number;
  losses: number[];
  times: number[];
}

const folder = fileURLToPath(new URL('./peers/', import.meta.url));
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Each peer's command, what tells whether it is there, and how to get it. */
export const PEERS = {
  tfjs: {
    command: ['node', 'tfjs.mjs'],
    steps: 2,
    probe: ['-e', "import.meta.resolve('@tensorflow/tfjs')", '--input-type=module'],
    missing: 'npm ci --prefix bench/peers',
  },
  torch: {
    command: [process.env.PYTHON ?? 'python3', 'torch_step.py'],
    steps: 12,
    probe: ['-c', 'import torch'],
    missing: "PYTHON, or python3, has no torch (Debian's is python3-torch with libopenblas0-pthread)",
  },
};

/** Runs a peer on a batch; null where it is not installed. */
export function runPeer(name: keyof typeof PEERS, batch: number): PeerRun | null {
  const { command, steps, probe } = PEERS[name];
  const [program, script] = command;
  if (spawnSync(program, probe, { cwd: folder, stdio: 'ignore' }).status !== 0) return null;
  const output = execFileSync(program, [script, String(steps), String(batch)], {
    cwd: folder,
    env: { ...process.env, ...oneThread },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const run: PeerRun = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  if (!run.losses.every(Number.isFinite) || run.losses.at(-1) === run.losses[0])
    throw new Error(`${name}: expected a loss that changes, got ${run.losses}`);
  return run;
}
