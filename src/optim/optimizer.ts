import { type Parameter, Tensor } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkCount, checkKind, checkRange, formatValue } from '../core/check.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import type { Vec } from '../kernels/types.ts';

/** What an optimiser remembers: the steps taken, and for each parameter some arrays of its size. */
export interface OptimizerState {
  step: number;
  slots: Vec[][];
}

/** Throws unless these are parameters, and at least one; `op` is the optimiser or function that takes them. */
export function checkParameters(op: string, parameters: readonly Parameter[], least = 1): void {
  checkKind(op, 'parameters', parameters, 'array');
  if (parameters.length < least) throw new ArgumentError(`${op}: expected at least one parameter, got none`);
  for (const [i, p] of parameters.entries())
    if (!(p instanceof Tensor))
      throw new ArgumentError(`${op}: expected parameters[${i}] to be a Parameter, got ${formatValue(p)}`);
}

/** Changes parameters by their gradients. */
export abstract class Optimizer {
  readonly parameters: readonly Parameter[];
  /** May be changed between steps. */
  learningRate: number;
  /** Steps taken. */
  protected steps = 0;
  protected readonly slots: Vec[][];

  /** @param slots how many arrays of a parameter's size the method keeps */
  constructor(parameters: readonly Parameter[], learningRate: number, slots: number) {
    checkParameters('Optimizer', parameters);
    checkCount('Optimizer', 'slots', slots, 0);
    checkRange('Optimizer', 'learningRate', learningRate, 0);
    this.parameters = parameters;
    this.learningRate = learningRate;
    this.slots = parameters.map((p) => Array.from({ length: slots }, () => p.data.slice().fill(0)));
  }

  /** One step along the gradients; a parameter that never had one, or whose `requiresGrad` is off, stays as it is. */
  step(): void {
    this.steps++;
    this.parameters.forEach((p, i) => {
      if (!p.grad || !p.requiresGrad) return;
      this.update(p.data, this.slots[i], p.grad.data, kernels(p.dtype));
      p.noteChange();
    });
  }

  protected abstract update(parameter: Vec, slots: Vec[], gradient: Vec, k: ReturnType<typeof kernels>): void;

  /** Sets all gradients to zero; to be called before each backward pass, since gradients add up. */
  zeroGrad(): void {
    for (const p of this.parameters) p.grad?.data.fill(0);
  }

  /** A copy of what the optimiser remembers, to go on from later. */
  get state(): OptimizerState {
    return { step: this.steps, slots: this.slots.map((arrays) => arrays.map((a) => a.slice())) };
  }

  set state({ step, slots }: OptimizerState) {
    const fits =
      slots.length === this.slots.length &&
      this.slots.every(
        (own, i) => own.length === slots[i].length && own.every((a, j) => slots[i][j].length === a.length),
      );
    if (!fits) throw new CheckpointError('Optimizer: expected a state of the same parameters, got one of other sizes');
    this.steps = step;
    this.slots.forEach((own, i) => {
      own.forEach((a, j) => {
        a.set(slots[i][j]);
      });
    });
  }
}
