import { lines, type Plan, pieceSize, run } from './plan.ts';

const TILE = 5; // rows of a product's tile
const DGATES = 2 ** 21; // bytes of dgates that are kept from the rows of the batch to the weight gradients: they stay in a cache

/** By rows of the batch, each through all time steps. */
export const lstmPlan: Plan = ({ args, scalars, pool, functions }) => {
  const [T, B, D, H] = args.slice(10);
  const size = pieceSize(pool, B, T * 4 * H * (D + H), TILE);
  if (size === null) return null;
  const packed = lines(functions['lstmPackBytes'](D, H));
  const thread = lines(functions['lstmWorkspace'](...scalars) - functions['lstmPackBytes'](D, H));
  return {
    bytes: packed + pool.threads * thread,
    run(passed, at) {
      const [y, c, gates, x, wIh, wHh, bIh, bHh, ...rest] = passed;
      functions['lstmPack'](at, wIh, wHh, bIh, bHh, D, H);
      const own = [y, c, gates, x, ...rest, at, 0, 0];
      const [first, counted] = [own.length - 2, own.length - 1];
      const workspaces = { workspace: at + packed, workspaceBytes: thread };
      return run(pool, {
        kernel: 'lstmPart',
        args: own,
        steps: { [first]: 1 },
        counted,
        units: B,
        size,
        ...workspaces,
      });
    },
  };
};

/** A run of time steps by rows of the batch, then its part in the weight gradients by their rows; then the next run. */
export const lstmBackwardPlan: Plan = ({ args, pool, functions }) => {
  const [T, B, D, H] = args.slice(17);
  const backSteps = functions['lstmBackwardSteps'];
  const steps = Math.min(T, Math.max(Math.floor(DGATES / (16 * B * H)), backSteps(T - 1, B)));
  const size = pieceSize(pool, B, steps * 4 * H * (D + H), TILE);
  if (size === null) return null;
  const shared = lines(functions['lstmBackwardShared'](B, D, H, steps));
  const thread = lines(functions['lstmBackwardThread'](H));
  const rows = D + H + 1;
  const rowsSize = pieceSize(pool, rows, steps * B * 4 * H, TILE) ?? rows;
  return {
    bytes: shared + pool.threads * thread,
    run(passed, at) {
      const [dx, dwIh, dwHh, dbIh, dbHh, dh0, dc0, dy, dcLast, y, c, gates, x, wIh, wHh, h0, c0, ...sizes] = passed;
      const workspaces = { workspace: at + shared, workspaceBytes: thread };
      functions['lstmBackwardStart'](at, dcLast, wIh, wHh, B, D, H);
      for (let s = T - 1; s >= 0; ) {
        let n = backSteps(s, B); // whole blocks of the weight gradients, as many as fit
        for (let next = n; n <= s && n + next <= steps; n += next) next = backSteps(s - n, B);
        const own = [...sizes, at, s, n, 0, 0];
        const ends = (before: number) => ({
          steps: { [before + own.length - 2]: 1 },
          counted: before + own.length - 1,
        });
        const byRows = { kernel: 'lstmBackwardRows', args: [dx, dy, c, gates, c0, ...own], ...ends(5), units: B, size };
        run(pool, { ...byRows, ...workspaces });
        const sums = { kernel: 'lstmBackwardSums', args: [dwIh, dwHh, y, x, h0, ...own], ...ends(5) };
        run(pool, { ...sums, units: rows, size: rowsSize, ...workspaces });
        s -= n;
      }
      functions['lstmBackwardEnd'](dwIh, dwHh, dbIh, dbHh, dh0, dc0, B, D, H, at);
      return 0;
    },
  };
};
