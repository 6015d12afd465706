/** Arguments for the kernels of sequences. */

import type { Random } from 'dynaecg';
import type { Vec } from 'dynaecg/kernels';
import { between, blank, data, few, floats, perhaps, pick, shares, some } from './arrays.ts';
import type { Entries } from './entry.ts';

function recurrent(r: Random) {
  const [T, B] = [few(r, 6), few(r, 12)];
  const [D, H] = r.integer(8) === 0 ? [300, 70] : [few(r, 20), few(r, 20)]; // more than one block of a sum
  const weights = (n: number): Float32Array => floats(r, 4 * H * n, (random) => random.normal() / Math.sqrt(n));
  const initial = (): Float32Array | null => perhaps(r, floats(r, B * H), 0.5);
  const step = T * B * H;
  const ldy = H + pick(r, 0, H, r.integer(5)); // the other direction's states may lie between
  const sizes = [T, B, D, H, ldy, r.integer(2) === 0] as const;
  return { step, y: (T * B - 1) * ldy + H, D, H, B, x: T * B * D, weights, initial, sizes };
}

export const sequences: Entries = {
  lstm: {
    within: 80,
    of: 'one',
    args: (r) => {
      const { step, y, D, H, x, weights, initial, sizes } = recurrent(r);
      const inputs = [data(r, x), weights(D), weights(H), floats(r, 4 * H), floats(r, 4 * H)] as const;
      return [blank(y), blank(step), blank(4 * step), ...inputs, initial(), initial(), ...sizes];
    },
  },
  lstmBackward: {
    within: 20,
    of: 'terms',
    args: (r) => {
      const { step, y, D, H, B, x, weights, initial, sizes } = recurrent(r);
      const gates = floats(r, 4 * step, between(0.01, 1));
      for (let i = 0; i < gates.length; i++) if (Math.floor(i / H) % 4 === 2) gates[i] = r.uniform(-1, 1);
      const [h0, c0] = [initial(), initial()];
      const gradient = (n: number): Vec | null => perhaps(r, floats(r, n));
      return [
        ...([gradient(x), gradient(4 * H * D), gradient(4 * H * H), gradient(4 * H), gradient(4 * H)] as const),
        ...([h0 && gradient(B * H), c0 && gradient(B * H)] as const),
        // A NaN there spoils what JavaScript leaves at 0: the forget gate of a first step that has no cell to forget.
        ...([perhaps(r, c0 ? data(r, y) : floats(r, y)), perhaps(r, floats(r, B * H))] as const),
        ...([
          floats(r, y, between(-1, 1)),
          floats(r, step),
          gates,
          floats(r, x),
          weights(D),
          weights(H),
          h0,
          c0,
        ] as const),
        ...sizes,
      ];
    },
  },

  gruStep: {
    within: 8,
    of: 'one',
    args: (r) => {
      const [B, H] = [few(r, 6), few(r, 20)];
      const gates = data(r, 3 * B * H, (random) => random.normal(0, 2));
      return [blank(B * H), gates, floats(r, 3 * B * H), perhaps(r, floats(r, B * H, between(-1, 1))), B, H];
    },
  },
  gruStepBackward: {
    within: 8,
    of: 'largest',
    args: (r) => {
      const [B, H] = [few(r, 6), few(r, 20)];
      const gates = floats(r, 3 * B * H, between(0.01, 1));
      for (let i = 0; i < gates.length; i++) if (Math.floor(i / H) % 3 === 2) gates[i] = r.uniform(-1, 1);
      const [dy, h] = [perhaps(r, data(r, B * H)), perhaps(r, floats(r, B * H, between(-1, 1)))];
      return [floats(r, B * H), gates, floats(r, 3 * B * H), dy, h, B, H];
    },
  },

  attentionPool: {
    within: 24,
    of: 'largest',
    args: (r) => {
      const [T, B, D] = [pick(r, few(r), some(r)), few(r), few(r, 40)];
      const values = data(r, T * B * D);
      const [keys, E] = r.integer(2) === 0 ? [values, D] : [floats(r, T * B * 7), 7]; // keys and values may be one
      return [blank(B * D), blank(T * B), values, keys, floats(r, E), T, B, D, E];
    },
  },
  attentionPoolBackward: {
    within: 20,
    of: 'largest',
    args: (r) => {
      const [T, B, D] = [pick(r, few(r), some(r)), few(r), few(r, 40)];
      const same = r.integer(2) === 0;
      const values = floats(r, T * B * D);
      const [keys, E] = same ? [values, D] : [floats(r, T * B * 7), 7];
      const w = floats(r, E);
      const dvalues = perhaps(r, floats(r, T * B * D));
      const dkeys = same ? dvalues : perhaps(r, floats(r, T * B * E));
      const alpha = shares(r, 1, T, B);
      const gradients = [dvalues, dkeys, perhaps(r, floats(r, E))] as const;
      return [...gradients, data(r, B * D), alpha, values, keys, w, T, B, D, E];
    },
  },
};
