import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { gru } from '../ops/gru.ts';
import { concat } from '../ops/movement.ts';
import { lastState, Recurrent, type RecurrentOptions, type RecurrentWeights, type RunOptions } from './recurrent.ts';

/** Initial state, zeros by default; L counts layers and, in a BiGRU, both directions of each, forward first. */
export interface GruRunOptions extends RunOptions {
  /** hidden states (L,B,hiddenSize) */
  h0?: TensorLike;
}

/**
 * GRU over time-major x (T,B,inputSize), or (B,T,inputSize) with `batchFirst`; y (T,B,hiddenSize). See `gru` for the
 * formula.
 */
export class GRU extends Recurrent {
  /** (3 hiddenSize, inputSize): gates r z n; further layers are `weight_ih_l1` and so on */
  declare readonly weight_ih_l0: Parameter;
  /** (3 hiddenSize, hiddenSize) */
  declare readonly weight_hh_l0: Parameter;
  declare readonly bias_ih_l0: Parameter;
  declare readonly bias_hh_l0: Parameter;

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions) {
    super('GRU', 3, inputSize, hiddenSize, options);
  }

  /**
   * The outputs, and the states after the last step (L,B,hiddenSize), to resume from. With `lengths` each sequence
   * gives the same as alone: y is 0 after its end, and its states are those at its end.
   *
   * @throws ShapeError if the sizes do not fit; ArgumentError for a length that is not a whole number from 1 to T
   */
  run(x: TensorLike, options: GruRunOptions = {}): { y: Tensor; h: Tensor } {
    const { y, states } = this.runFrom(x, ['h0'], options);
    return { y, h: states[0] };
  }

  protected outputs(x: Tensor, k: number): Tensor {
    const parts = this.directions.map((direction, d) => gru(x, this.weights(k, direction), { reverse: d > 0 }));
    return parts.length > 1 ? concat(parts, 2) : parts[0];
  }

  protected recur(
    x: Tensor,
    weights: RecurrentWeights,
    [h0]: readonly (Tensor | null)[],
    reverse: boolean,
  ): { y: Tensor; states: Tensor[] } {
    const y = gru(x, weights, { reverse, h0: h0 ?? undefined });
    return { y, states: [lastState(y, reverse)] };
  }
}

/** Two GRUs, one per direction, concatenated: x (T,B,inputSize), y (T,B,2 hiddenSize), forward half first. */
export class BiGRU extends GRU {
  declare readonly weight_ih_l0_reverse: Parameter;
  declare readonly weight_hh_l0_reverse: Parameter;
  declare readonly bias_ih_l0_reverse: Parameter;
  declare readonly bias_hh_l0_reverse: Parameter;

  protected override get directions(): readonly string[] {
    return ['', '_reverse'];
  }
}
