/** Arguments for the kernels of layouts. */
import { CELL, Quadtree } from '../../../src/eval/tsne/quadtree.ts';
import { few, pick } from './arrays.ts';
import type { Entries } from './entry.ts';

export const layouts: Entries = {
  repulsion: {
    within: 1e-4, // of float64
    of: 'largest',
    args: (r) => {
      const N = few(r, 400);
      const width = pick(r, 1e-4, 1, 100);
      const layout = Float64Array.from({ length: 2 * N }, () => width * r.normal());
      for (let i = 0; i < N; i++) if (r.integer(8) === 0) layout.copyWithin(2 * i, 0, 2); // equal points
      const tree = new Quadtree(N);
      tree.build(layout);
      const { cells, leaves, from, to, skip, summary, box, x, y } = tree;
      const force = new Float64Array(2 * N);
      const z = new Float64Array(leaves.length);
      const walk = [from.slice(0, cells), to.slice(0, cells), skip.slice(0, cells)] as const;
      const numbers = [summary.slice(0, CELL * cells), box.slice(0, CELL * cells)] as const;
      const angle = pick(r, 0, 0.5, 1);
      return [force, z, leaves.slice(), x, y, ...walk, ...numbers, leaves.length, cells, N, angle * angle];
    },
  },
};
