import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** Each peer's command; `missing` says how to get it where it is not there. */
export const PEERS = {
  tfjs: { command: ['node', 'tfjs.mjs'], steps: 2, needs: 'node_modules', missing: 'npm ci --prefix bench/peers' },
  torch: {
    command: ['/usr/bin/python3', 'torch_step.py'],
    steps: 12,
    needs: '/usr/lib/python3/dist-packages/torch',
    missing: 'apt-get install python3-torch libopenblas0-pthread',
  },
};

/** Runs a peer on a batch; null where it is not installed. */
export function runPeer(name: keyof typeof PEERS, batch: number): PeerRun | null {
  const { command, steps, needs } = PEERS[name];
  if (!existsSync(needs.startsWith('/') ? needs : `${folder}${needs}`)) return null;
  const [program, script] = command;
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
