/** Gradient checks of recurrent ops. */
import type { Shape } from 'dynaecg';
import * as d from 'dynaecg';
import { both, type Case, type Op } from './cases.ts';

const lstm = (T: number, B: number, D: number, H: number, reverse: boolean, initial: string): Case => {
  const op: Op = (x, weight_ih, weight_hh, bias_ih, bias_hh, ...state) => {
    const named = Object.fromEntries(initial.split(' ').map((name, i) => [name, state[i]]));
    const { y, c } = d.lstm(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, ...named });
    return both(y, c);
  };
  const states = initial.split(' ').filter(Boolean);
  const what = `T=${T} B=${B} D=${D} H=${H}${reverse ? ' reverse' : ''} ${initial}`;
  return [what, op, [T, B, D], [4 * H, D], [4 * H, H], [4 * H], [4 * H], ...states.map(() => [B, H])];
};

const gru = (T: number, B: number, D: number, H: number, reverse: boolean, initial: boolean): Case => {
  const op: Op = (x, weight_ih, weight_hh, bias_ih, bias_hh, h0) =>
    d.gru(x, { weight_ih, weight_hh, bias_ih, bias_hh }, { reverse, h0 });
  const what = `T=${T} B=${B} D=${D} H=${H}${reverse ? ' reverse' : ''}${initial ? ' h0' : ''}`;
  return [what, op, [T, B, D], [3 * H, D], [3 * H, H], [3 * H], [3 * H], ...(initial ? [[B, H]] : [])];
};
const LSTM_WEIGHTS: Shape[] = [[16, 3], [16, 4], [16], [16]];

export const recurrent: Record<string, Case[]> = {
  lstm: [
    ...[false, true].flatMap((reverse) =>
      ['', 'h0', 'c0', 'h0 c0'].map((initial) => lstm(4, 2, 3, 2, reverse, initial)),
    ),
    lstm(1, 2, 3, 2, false, 'h0 c0'),
    lstm(1, 1, 1, 1, true, ''),
    ...[false, true].flatMap((reverse): Case[] => [
      [
        `only y, reverse ${reverse}`,
        (x, ih, hh, bi, bh) => d.lstm(x, { weight_ih: ih, weight_hh: hh, bias_ih: bi, bias_hh: bh }, { reverse }).y,
        [5, 2, 3],
        ...LSTM_WEIGHTS,
      ],
      [
        `only c, reverse ${reverse}`,
        (x, ih, hh, bi, bh) => d.lstm(x, { weight_ih: ih, weight_hh: hh, bias_ih: bi, bias_hh: bh }, { reverse }).c,
        [5, 2, 3],
        ...LSTM_WEIGHTS,
      ],
    ]),
  ],
  bilstm: [
    [
      'two directions',
      (x, ...w) => {
        const [forwards, backwards] = [w.slice(0, 4), w.slice(4)].map(([weight_ih, weight_hh, bias_ih, bias_hh]) => {
          return { weight_ih, weight_hh, bias_ih, bias_hh };
        });
        return d.bilstm(x, forwards, backwards);
      },
      [4, 2, 3],
      ...LSTM_WEIGHTS,
      ...LSTM_WEIGHTS,
    ],
    [
      'one set of weights for both',
      (x, weight_ih, weight_hh, bias_ih, bias_hh) => {
        const weights = { weight_ih, weight_hh, bias_ih, bias_hh };
        return d.bilstm(x, weights, weights);
      },
      [3, 2, 3],
      ...LSTM_WEIGHTS,
    ],
  ],
  gru: [
    ...[false, true].flatMap((reverse) => [false, true].map((initial) => gru(4, 2, 3, 2, reverse, initial))),
    gru(1, 2, 3, 2, false, true),
    gru(1, 1, 1, 1, true, false),
    gru(3, 2, 4, 5, true, true),
    [
      'its last state alone',
      (x, weight_ih, weight_hh, bias_ih, bias_hh) =>
        d.slice(d.gru(x, { weight_ih, weight_hh, bias_ih, bias_hh }), 0, -1),
      [4, 2, 3],
      [6, 3],
      [6, 2],
      [6],
      [6],
    ],
  ],
};
