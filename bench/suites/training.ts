import { type PeerRun, runPeer } from '../support/peers.ts';
import { OURS, type Report } from '../support/report.ts';
import { BATCH, profile, time, training } from '../support/workloads.ts';

/** A training step next to PyTorch's and tfjs's, forward and backward next to jax-js's, and where the time goes. */
export function benchTraining(report: Report): void {
  const { parameters, gradient, step } = training();
  const losses = Array.from({ length: 20 }, step);
  if (!(Math.min(...losses) < losses[0])) throw new Error(`${STEP}: expected the loss to fall, got ${losses}`);
  report.print(`\n${STEP}, ${BATCH} beats, ${parameters} parameters`);
  const times: number[] = [];
  const torch: (PeerRun | string)[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    times.push(...time(step, 15));
    torch.push(runPeer('torch', BATCH));
  }
  const ours = report.timing(STEP, OURS, times);
  for (const peers of [torch, [runPeer('tfjs', BATCH)]]) {
    const ran = peers.filter((peer) => typeof peer !== 'string');
    if (ran.length === 0) report.print(`  ${peers[0]}`);
    else
      report.ratio(
        ours,
        report.timing(
          STEP,
          ran[0].peer,
          ran.flatMap(({ times }) => times),
        ),
      );
  }

  report.print(`\n${GRADIENT}, ${BATCH} beats`);
  const alone = time(gradient, 20);
  const jax = (['jax', 'jaxConv'] as const).map((name) => {
    const peer = runPeer(name, BATCH);
    alone.push(...time(gradient, 20));
    return peer;
  });
  const both = report.timing(GRADIENT, OURS, alone);
  for (const peer of jax)
    if (typeof peer === 'string') report.print(`  ${peer}`);
    else report.ratio(both, report.timing(GRADIENT, peer.peer, peer.times));

  const shares = profile(step);
  const total = shares.reduce((sum, [, t]) => sum + t, 0);
  report.print('\nshare of the training step by kernel');
  for (const [name, t] of shares) {
    report.run.shares[name] = t / 1000;
    if (t > total / 200) report.print(`  ${name.padEnd(28)} ${((100 * t) / total).toFixed(1).padStart(5)} %`);
  }
}

const TURNS = 4; // of ours and PyTorch's, so that what else the machine does befalls both
const STEP = 'training step: forward, semi-hard mining, backward, AdamW';
const GRADIENT = 'forward, semi-hard mining and backward';
