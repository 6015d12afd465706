import { argument } from '../autograd/argument.ts';
import type { Parameter, Tensor, TensorLike } from '../autograd/tensor.ts';
import { asLengths } from '../core/asArrays.ts';
import { checkCount, checkKind, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ShapeError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { expectShape, formatShape } from '../core/shape.ts';
import { concat, reshape, slice, stack, transpose } from '../ops/movement.ts';
import { Dropout } from './dropout.ts';
import { uniform } from './init.ts';
import { Layer } from './module.ts';
import { type Packing, pack, reordered, runPacked } from './packing.ts';
import { timeMajor } from './timeMajor.ts';

/** Options of the recurrent layers, with PyTorch's names. */
export interface RecurrentOptions {
  random: Random;
  /** layers stacked on each other, each over the outputs of the one below
   * @defaultValue 1 */
  numLayers?: number;
  /** whether x and y are (B,T,...) instead of time-major (T,B,...); states are (...,B,H) either way
   * @defaultValue false */
  batchFirst?: boolean;
  /** probability of dropout between two layers in training
   * @defaultValue 0 */
  dropout?: number;
}

/** Inputs that accompany the sequences of one run. */
export interface RunOptions {
  /**
   * steps of each sequence (B), 1 to T; the steps after them are padding, are not read, and may contain anything, NaN
   * included. All steps of all sequences by default.
   */
  lengths?: ArrayLike<number>;
}

/** Weights of one layer in one direction. */
export interface RecurrentWeights {
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter;
  bias_hh: Parameter;
}

const WEIGHTS = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'] as const;

/** The common part of LSTM and GRU: layers, directions, states, batches of unequal lengths. */
export abstract class Recurrent extends Layer {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  /** between two layers; null if there is none */
  readonly dropout: Dropout | null;

  private readonly op: string;

  /**
   * @param cell name of the layer with one direction
   * @param gates number of rows of weights per hidden unit
   */
  constructor(cell: string, gates: number, inputSize: number, hiddenSize: number, options: RecurrentOptions) {
    super();
    const op = this.directions.length > 1 ? `Bi${cell}` : cell;
    checkCount(op, 'inputSize', inputSize, 1);
    checkCount(op, 'hiddenSize', hiddenSize, 1);
    checkOptions(op, options, ['random'], ['numLayers', 'batchFirst', 'dropout']);
    const { random, numLayers = 1, batchFirst = false, dropout = 0 } = options;
    checkKind(op, 'random', random, 'random');
    checkCount(op, 'numLayers', numLayers, 1);
    checkKind(op, 'batchFirst', batchFirst, 'flag');
    checkRange(op, 'dropout', dropout, 0, 1);
    this.op = op;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    const own: Record<string, Parameter> = {};
    const bound = 1 / Math.sqrt(hiddenSize); // as in PyTorch
    const rows = gates * hiddenSize;
    for (let k = 0; k < numLayers; k++)
      for (const direction of this.directions) {
        const inputs = k === 0 ? inputSize : hiddenSize * this.directions.length;
        const shapes = [[rows, inputs], [rows, hiddenSize], [rows], [rows]];
        for (const [i, name] of WEIGHTS.entries())
          own[`${name}_l${k}${direction}`] = uniform(op, shapes[i], bound, random);
      }
    Object.assign(this, own);
    this.dropout = dropout > 0 && numLayers > 1 ? new Dropout(dropout, { random: random.fork('dropout') }) : null;
  }

  /** Suffixes of the weights' names for each direction, as in PyTorch. */
  protected get directions(): readonly string[] {
    return [''];
  }

  /** The weights of layer k in one direction. */
  protected weights(k: number, direction: string): RecurrentWeights {
    const fields = this as unknown as Record<string, Parameter>;
    const entries = WEIGHTS.map((name) => [name, fields[`${name}_l${k}${direction}`]]);
    return Object.fromEntries(entries) as RecurrentWeights;
  }

  /** Outputs of layer k for x (T,B,D), from zero states, in all directions, concatenated. */
  protected abstract outputs(x: Tensor, k: number): Tensor;

  /** Layer k in one direction: its outputs, and the states after the last step that it processes. */
  protected abstract recur(
    x: Tensor,
    weights: RecurrentWeights,
    states: readonly (Tensor | null)[],
    reverse: boolean,
  ): { y: Tensor; states: Tensor[] };

  /** y (T,B,H times directions) for x (T,B,inputSize), from zero states; or (B,T,...) with `batchFirst`. */
  forward(x: TensorLike): Tensor {
    let t = timeMajor(this.op, x, this.batchFirst);
    for (let k = 0; k < this.numLayers; k++) t = this.outputs(this.between(t, k), k);
    return this.asGiven(t);
  }

  /**
   * The complete run: from states (L,B,H) to states (L,B,H), where L counts layers and, in each, directions.
   *
   * @param names names of the states among the options
   */
  protected runFrom(x: TensorLike, names: readonly string[], options: RunOptions): { y: Tensor; states: Tensor[] } {
    const op = `${this.op}.run`;
    checkOptions(op, options, [], ['lengths', ...names]);
    const { lengths } = options;
    const given = options as Readonly<Record<string, TensorLike | undefined>>;
    let t = argument(op, 'x', x);
    const { T, B } = expectShape<'T' | 'B' | 'D'>(op, this.batchFirst ? 'x (B,T,D)' : 'x (T,B,D)', t.shape);
    if (T < 1) throw new ShapeError(`${op}: expected at least one time step, got x ${formatShape(t.shape)}`);
    t = timeMajor(op, t, this.batchFirst);
    const steps = lengths === undefined ? null : asLengths(op, lengths, B, T);
    const packing = steps?.some((n) => n < T) ? pack(steps) : null;
    const L = this.numLayers * this.directions.length;
    const initial = names.map((name) => {
      const state = given[name];
      if (state === undefined) return null;
      const s = argument(op, name, state);
      expectShape(op, `${name} (L,B,H)`, s.shape, { L, B, H: this.hiddenSize });
      return packing ? reordered(s, packing.order, 1) : s;
    });
    if (packing) t = reordered(t, packing.order, 1);
    const final: Tensor[][] = initial.map(() => []);
    for (let k = 0; k < this.numLayers; k++) {
      const input = this.between(t, k);
      const parts = this.directions.map((direction, d) => {
        const at = k * this.directions.length + d;
        const first = initial.map((s) => s && reshape(slice(s, 0, at, at + 1), [B, this.hiddenSize]));
        const own = this.direction(input, this.weights(k, direction), first, d > 0, packing);
        own.states.forEach((s, i) => {
          final[i].push(s);
        });
        return own.y;
      });
      t = parts.length > 1 ? concat(parts, 2) : parts[0];
    }
    const back = (s: Tensor): Tensor => (packing ? reordered(s, packing.place, 1) : s);
    return { y: this.asGiven(back(t)), states: final.map((own) => back(stack(own))) };
  }

  private direction(
    x: Tensor,
    weights: RecurrentWeights,
    initial: readonly (Tensor | null)[],
    reverse: boolean,
    packing: Packing | null,
  ): { y: Tensor; states: Tensor[] } {
    if (!packing) return this.recur(x, weights, initial, reverse);
    return runPacked((part, states) => this.recur(part, weights, states, reverse), x, packing, initial, reverse);
  }

  /** The input of layer k: outputs of the layer below after dropout. */
  private between(t: Tensor, k: number): Tensor {
    return k > 0 && this.dropout ? this.dropout.forward(t) : t;
  }

  private asGiven(t: Tensor): Tensor {
    return this.batchFirst ? transpose(t, [1, 0, 2]) : t;
  }
}

/** The state (B,H) after the last step processed. */
export function lastState(y: Tensor, reverse: boolean): Tensor {
  const [T, B, H] = y.shape;
  return reshape(reverse ? slice(y, 0, 0, 1) : slice(y, 0, T - 1, T), [B, H]);
}
