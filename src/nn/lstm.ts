import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind, checkOptions } from '../core/check.ts';
import type { Random } from '../core/random.ts';
import { bilstm, type LstmWeights, lstm } from '../ops/sequence.ts';
import { uniform } from './init.ts';
import { Layer } from './module.ts';

/** LSTM with one layer over time-major x (T,B,inputSize); y (T,B,hiddenSize). See `lstm` for the formula. */
export class LSTM extends Layer {
  /** (4 hiddenSize, inputSize): gates i f g o */
  readonly weight_ih_l0: Parameter;
  /** (4 hiddenSize, hiddenSize) */
  readonly weight_hh_l0: Parameter;
  readonly bias_ih_l0: Parameter;
  readonly bias_hh_l0: Parameter;

  constructor(inputSize: number, hiddenSize: number, options: { random: Random }) {
    super();
    const op = this instanceof BiLSTM ? 'BiLSTM' : 'LSTM';
    checkCount(op, 'inputSize', inputSize, 1);
    checkCount(op, 'hiddenSize', hiddenSize, 1);
    checkOptions(op, options, ['random']);
    checkKind(op, 'random', options.random, 'random');
    [this.weight_ih_l0, this.weight_hh_l0, this.bias_ih_l0, this.bias_hh_l0] = weights(
      inputSize,
      hiddenSize,
      options.random,
    );
  }

  protected get forwards(): LstmWeights {
    return {
      weight_ih: this.weight_ih_l0,
      weight_hh: this.weight_hh_l0,
      bias_ih: this.bias_ih_l0,
      bias_hh: this.bias_hh_l0,
    };
  }

  forward(x: TensorLike): Tensor {
    return lstm(x, this.forwards).y;
  }
}

/** Two LSTMs, one in either direction, side by side: x (T,B,inputSize), y (T,B,2 hiddenSize), forward half first. */
export class BiLSTM extends LSTM {
  readonly weight_ih_l0_reverse: Parameter;
  readonly weight_hh_l0_reverse: Parameter;
  readonly bias_ih_l0_reverse: Parameter;
  readonly bias_hh_l0_reverse: Parameter;

  constructor(inputSize: number, hiddenSize: number, options: { random: Random }) {
    super(inputSize, hiddenSize, options);
    [this.weight_ih_l0_reverse, this.weight_hh_l0_reverse, this.bias_ih_l0_reverse, this.bias_hh_l0_reverse] = weights(
      inputSize,
      hiddenSize,
      options.random,
    );
  }

  override forward(x: TensorLike): Tensor {
    return bilstm(x, this.forwards, {
      weight_ih: this.weight_ih_l0_reverse,
      weight_hh: this.weight_hh_l0_reverse,
      bias_ih: this.bias_ih_l0_reverse,
      bias_hh: this.bias_hh_l0_reverse,
    });
  }
}

/** Uniform in +-1 / sqrt(hiddenSize), as PyTorch initialises them. */
function weights(inputSize: number, hiddenSize: number, random: Random): [Parameter, Parameter, Parameter, Parameter] {
  const bound = 1 / Math.sqrt(hiddenSize);
  const gates = 4 * hiddenSize;
  return [
    uniform('LSTM', [gates, inputSize], bound, random),
    uniform('LSTM', [gates, hiddenSize], bound, random),
    uniform('LSTM', [gates], bound, random),
    uniform('LSTM', [gates], bound, random),
  ];
}
