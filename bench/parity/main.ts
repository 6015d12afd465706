// npm run parity: every layer next to PyTorch and onnxruntime, as the table in docs/pytorch.md.
import { runProgram } from '../../examples/shared/exit.ts';
import { Program } from '../../examples/shared/program.ts';
import { cases } from './cases.ts';
import { type Column, compareWithPeers } from './compare.ts';

const COUNT = 1000;
const LIMIT = 1e-5;

function print(): void {
  const all = cases();
  const columns = compareWithPeers(all, COUNT);
  for (const line of columns) if (typeof line === 'string') console.log(`left out: ${line}\n`);
  const there = columns.filter((column): column is Column => typeof column !== 'string');
  const show = (value: number | string): string =>
    typeof value === 'string' ? value : value === 0 ? '0' : value.toExponential(0);
  console.log(`| ${['layer', ...there.map(({ peer }) => peer)].join(' | ')} |`);
  console.log(`|${'---|'.repeat(there.length + 1)}`);
  for (const [i, { name }] of all.entries())
    console.log(`| ${[name, ...there.map(({ differences }) => show(differences[i]))].join(' | ')} |`);
  const wrong = there.some(({ differences }) => differences.some((d) => typeof d === 'string' || !(d <= LIMIT)));
  if (wrong) {
    console.error(`parity: expected differences of at most ${LIMIT}, got a larger one or none`);
    process.exitCode = 1;
  }
}

await runProgram(
  new Program('parity').description('Every layer next to PyTorch and onnxruntime, where they are.').action(print),
);
