/** Arguments for the kernels of miners, which count before they fill. */
import type { Kernels } from 'dynaecg/kernels';
import { labelled } from './batches.ts';
import type { Entries, Same } from './entry.ts';

type Mine = Extract<keyof Kernels, `mine${string}`>;

const mining = (kernel: Kernels[Mine]): Same<Mine> => ({
  within: 0,
  of: 'value',
  args: (r) => {
    const { B, d, labels, margin } = labelled(r);
    if (r.integer(5) === 0) return [null, null, null, d, labels, B, margin]; // only counts
    const count = kernel(null, null, null, d, labels, B, margin);
    const [anchors, positives, negatives] = [0, 1, 2].map(() => new Int32Array(count).fill(-1));
    return [anchors, positives, negatives, d, labels, B, margin];
  },
});

export const miners = (js: Kernels): Entries => ({
  mineSemiHard: mining(js.mineSemiHard),
  mineViolating: mining(js.mineViolating),
  mineNearestSemiHard: mining(js.mineNearestSemiHard),
  mineSemiHardOrFarthest: mining(js.mineSemiHardOrFarthest),
  mineBatchHard: mining(js.mineBatchHard),
  mineAllTriplets: mining(js.mineAllTriplets),
});
