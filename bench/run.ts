// npm run bench: verifies, then times the library beside its peers, and prints ratios of one run on one machine.
import { cpus } from 'node:os';
import { benchGemm } from './gemm.ts';
import { PEERS, runPeer } from './peers.ts';
import { BATCH, embedding, median, minimum, profile, time, trainingStep } from './workloads.ts';

const print = (line = ''): void => console.log(line);
const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

print(`Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus()[0].model}, ${cpus().length} cores`);
print('float32 kernels: plain JavaScript');

const { parameters, step } = trainingStep();
const first = step();
const steps = time(step, 10, 3);
const last = step();
if (!(last < first)) throw new Error(`training step: expected the loss to fall, got ${first} and then ${last}`);
print(`\ntraining step, ${BATCH} beats, ${parameters} parameters: forward, semi-hard mining, backward, AdamW`);
print(
  `  dynaecg             minimum ${ms(minimum(steps))}, median ${ms(median(steps))}, loss ${first.toFixed(4)} to ${last.toFixed(4)}`,
);
for (const name of ['tfjs', 'torch'] as const) {
  const peer = runPeer(name, BATCH);
  if (!peer) {
    print(`  ${name.padEnd(19)} not installed: ${PEERS[name].missing}`);
    continue;
  }
  const label = `${peer.peer} ${peer.version}`;
  print(
    `  ${label.padEnd(19)} minimum ${ms(minimum(peer.times))}, median ${ms(median(peer.times))}, ${peer.parameters} parameters`,
  );
  const ratio = minimum(steps) / minimum(peer.times);
  print(
    `    ours / peer, minimum: ${ratio.toFixed(ratio < 1 ? 4 : 1)}${ratio < 1 ? ` (${(1 / ratio).toFixed(1)} times as fast)` : ''}`,
  );
}

const shares = profile(step);
const total = shares.reduce((sum, [, t]) => sum + t, 0);
print('\nshare of the training step by kernel');
for (const [name, t] of shares.filter(([, t]) => t > total / 100))
  print(`  ${name.padEnd(24)} ${((100 * t) / total).toFixed(1).padStart(5)} %`);

print('\ninference');
for (const batch of [1, 256]) {
  const times = time(embedding(batch), batch === 1 ? 50 : 5, 3);
  print(`  embed ${String(batch).padStart(3)} beats   minimum ${ms(minimum(times))}, median ${ms(median(times))}`);
}

print();
benchGemm(print);
