import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { bilstm, lstm } from '../ops/lstm.ts';
import { lastState, Recurrent, type RecurrentOptions, type RecurrentWeights, type RunOptions } from './recurrent.ts';

/** Initial states, zeros by default; L counts layers and, in a BiLSTM, both directions of each, forward first. */
export interface LstmRunOptions extends RunOptions {
  /** hidden states (L,B,hiddenSize) */
  h0?: TensorLike;
  /** cell states (L,B,hiddenSize) */
  c0?: TensorLike;
}

/**
 * LSTM over time-major x (T,B,inputSize), or (B,T,inputSize) with `batchFirst`; y (T,B,hiddenSize). See `lstm` for the
 * formula.
 */
export class LSTM extends Recurrent {
  /** (4 hiddenSize, inputSize): gates i f g o; further layers are `weight_ih_l1` and so on */
  declare readonly weight_ih_l0: Parameter;
  /** (4 hiddenSize, hiddenSize) */
  declare readonly weight_hh_l0: Parameter;
  declare readonly bias_ih_l0: Parameter;
  declare readonly bias_hh_l0: Parameter;

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions) {
    super('LSTM', 4, inputSize, hiddenSize, options);
  }

  /**
   * The outputs, and the states after the last step (L,B,hiddenSize), to resume from. With `lengths` each sequence
   * gives the same as alone: y is 0 after its end, and its states are those at its end.
   *
   * @throws ShapeError if the sizes do not fit; ArgumentError for a length that is not a whole number from 1 to T
   * @example
   *     declare const [lstm, x]: [LSTM, Tensor]; // x (7,3,inputSize)
   *     const { y, h, c } = lstm.run(x, { lengths: [7, 3, 5] });
   */
  run(x: TensorLike, options: LstmRunOptions = {}): { y: Tensor; h: Tensor; c: Tensor } {
    const { y, states } = this.runFrom(x, ['h0', 'c0'], options);
    return { y, h: states[0], c: states[1] };
  }

  protected outputs(x: Tensor, k: number): Tensor {
    return lstm(x, this.weights(k, '')).y;
  }

  protected recur(
    x: Tensor,
    weights: RecurrentWeights,
    [h0, c0]: readonly (Tensor | null)[],
    reverse: boolean,
  ): { y: Tensor; states: Tensor[] } {
    const { y, c } = lstm(x, weights, { reverse, h0: h0 ?? undefined, c0: c0 ?? undefined });
    return { y, states: [lastState(y, reverse), c] };
  }
}

/** Two LSTMs, one per direction, concatenated: x (T,B,inputSize), y (T,B,2 hiddenSize), forward half first. */
export class BiLSTM extends LSTM {
  declare readonly weight_ih_l0_reverse: Parameter;
  declare readonly weight_hh_l0_reverse: Parameter;
  declare readonly bias_ih_l0_reverse: Parameter;
  declare readonly bias_hh_l0_reverse: Parameter;

  protected override get directions(): readonly string[] {
    return ['', '_reverse'];
  }

  protected override outputs(x: Tensor, k: number): Tensor {
    return bilstm(x, this.weights(k, ''), this.weights(k, '_reverse'));
  }
}
