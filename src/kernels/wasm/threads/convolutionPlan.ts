import { lines, type Plan, pieceSize, run } from './plan.ts';

const SUMS = 2 ** 23; // bytes of sums of chunks at most, if there is one for each thread

/**
 * The sums of the weight gradients of each chunk of samples, and meanwhile the gradient of the input by samples; then the sums
 * are added in order, by output channels.
 */
export const conv1dBackwardPlan: Plan = ({ args, scalars, pool, functions }) => {
  const [dx, dweight, dbias] = args;
  const [B, C, L, O, P, K, , , , groups] = scalars;
  const [cg, og] = [C / groups, O / groups];
  const chunks = functions['conv1dChunks'](B);
  const sampleSize = pieceSize(pool, B, og * cg * K * (dx ? L : P));
  if (sampleSize === null) return null;
  const sharedBytes = (n: number): number => lines(functions['conv1dBackwardShared'](C, O, K, groups, n));
  const one = sharedBytes(1) - sharedBytes(0);
  const together = dweight ? Math.min(chunks, Math.max(pool.threads, Math.floor(SUMS / Math.max(one, 1)))) : 0;
  const shared = sharedBytes(together);
  const thread = lines(functions['conv1dBackwardThread'](...scalars));
  return {
    bytes: shared + pool.threads * thread,
    run([dxAt, dweightAt, dbiasAt, dy, x, weight, ...sizes], at) {
      const add = (turn: number, n: number, g: number): void => {
        const db = turn === 0 ? dbiasAt : 0;
        const own = [dweightAt, db, dy, at, B, C, O, P, K, groups, g, n, 0, 0];
        const size = pieceSize(pool, og, n * cg * K * 16 + (db ? B * P : 0)) ?? og;
        const pieces = { kernel: 'conv1dAddChunks', args: own, steps: { 12: 1 }, counted: 13, units: og, size };
        run(pool, { ...pieces, workspace: 0, workspaceBytes: 0 });
      };
      for (let g = 0; g < groups; g++) {
        if (dx) functions['conv1dFlip'](at, weight, C, O, K, groups, g);
        for (let turn = 0; turn === 0 || turn * together < (dweight ? chunks : 0); turn++) {
          const n = Math.min(together, chunks - turn * together);
          const samples = dx && turn === 0 ? Math.ceil(B / sampleSize) : 0;
          const own = [dxAt, dy, x, at, ...sizes, g, turn * together, n, sampleSize, 0, 0];
          const pieces = { kernel: 'conv1dBackwardPart', args: own, steps: { [own.length - 2]: 1 }, size: 1 };
          const workspaces = { workspace: at + shared, workspaceBytes: thread };
          run(pool, { ...pieces, counted: own.length - 1, units: n + samples, ...workspaces });
          if (dweight || dbias) add(turn, n, g);
        }
      }
      return 0;
    },
  };
};
