import type { Acc, In, InOut, Out } from './arrays.ts';

/** Over time: recurrent layers and attention. */
export interface Sequence {
  /**
   * One direction of an LSTM over time-major x (T,B,D): hidden states y (T,B,H) in rows `ldy` apart, so that another
   * direction fits next to it, cell states c (T,B,H), activated gates (T,B,4H) in the order i f g o; wIh (4H,D),
   * wHh (4H,H), bIh bHh (4H); h0 c0 (B,H), null for zeros. `reverse` runs from the last time step to the first.
   */
  lstm: (
    y: InOut, c: Out, gates: Out, x: In, wIh: In, wHh: In, bIh: In, bHh: In, h0: In | null, c0: In | null,
    T: number, B: number, D: number, H: number, ldy: number, reverse: boolean,
  ) => void;
  /** dy (T,B,H) in rows `ldy` apart as y, dcLast (B,H) of the last cell state */
  lstmBackward: (
    dx: Acc | null, dwIh: Acc | null, dwHh: Acc | null, dbIh: Acc | null, dbHh: Acc | null, dh0: Acc | null,
    dc0: Acc | null, dy: In | null, dcLast: In | null, y: In, c: In, gates: In, x: In,
    wIh: In, wHh: In, h0: In | null, c0: In | null,
    T: number, B: number, D: number, H: number, ldy: number, reverse: boolean,
  ) => void;

  /**
   * One time step of a GRU: y (B,H) from the input's part in each gate, gates (B,3H) in the order r z n, the hidden state's
   * part, hidden (B,3H), and that state h (B,H), null for zeros. Leaves the activated gates in `gates`.
   */
  gruStep: (y: Out, gates: InOut, hidden: In, h: In | null, B: number, H: number) => void;
  /**
   * dh (B,H), the gradient of the step's y except dy, becomes that of h past the gates; gates and hidden, as the step
   * left them, become their own gradients before activation.
   */
  gruStepBackward: (dh: InOut, gates: InOut, hidden: InOut, dy: In | null, h: In | null, B: number, H: number) => void;

  /**
   * context (B,D) = sum over t of alpha values, alpha (T,B) = softmax over t of keys . w; values (T,B,D), keys (T,B,E),
   * w (E). Keys and values may be the same array.
   */
  attentionPool: (
    context: Out, alpha: Out, values: In, keys: In, w: In,
    T: number, B: number, D: number, E: number,
  ) => void;
  attentionPoolBackward: (
    dvalues: Acc | null, dkeys: Acc | null, dw: Acc | null, dcontext: In, alpha: In, values: In, keys: In, w: In,
    T: number, B: number, D: number, E: number,
  ) => void;
}
