import { type Parameter, Tensor } from '../autograd/tensor.ts';
import { kernels } from '../backend/active.ts';
import { checkCount, checkKind, checkRange, formatValue, isCount } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError, CheckpointError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import type { Kernels, Vec } from '../kernels/types.ts';

/** The state of an optimiser: the steps taken, and some arrays of the size of each parameter. */
export interface OptimizerState {
  /** the method, such as `AdamW`; missing in old states, which are matched by their sizes */
  kind?: string;
  /** calls of `step` */
  step: number;
  /** steps taken on each parameter; missing in old states, where every parameter has taken `step` */
  steps?: readonly number[];
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

/**
 * Parameters that share options. PyTorch gives each group its own learning rate; here a group has a factor on the
 * optimiser's, so that a schedule, which sets the optimiser's rate, affects all groups.
 */
export interface ParameterGroup {
  readonly parameters: readonly Parameter[];
  /** replaces the optimiser's */
  readonly weightDecay?: number;
  /** factor on the optimiser's learning rate
   * @defaultValue 1 */
  readonly learningRateScale?: number;
}

/** What an optimiser takes: parameters, or groups of them. */
export type ParametersOrGroups = readonly Parameter[] | readonly ParameterGroup[];

/** The options of one step for the parameters of a group. */
export interface GroupOptions {
  /** the optimiser's, scaled */
  learningRate: number;
  /** undefined if the group does not set it */
  weightDecay: number | undefined;
}

/** The groups of an optimiser; bare parameters become one group. Throws unless there is at least one group. */
export function checkGroups(op: string, parameters: ParametersOrGroups): readonly ParameterGroup[] {
  checkKind(op, 'parameters', parameters, 'array');
  if (parameters.length === 0 || !isGroup(parameters[0])) {
    checkParameters(op, parameters as readonly Parameter[]);
    return [{ parameters: parameters as readonly Parameter[] }];
  }
  const groups = parameters as readonly ParameterGroup[];
  for (const [i, group] of groups.entries()) {
    if (!isGroup(group))
      throw new ArgumentError(`${op}: expected parameters[${i}] to be a group, got ${formatValue(group)}`);
    checkOptions(op, group, ['parameters'], ['weightDecay', 'learningRateScale']);
    checkParameters(op, group.parameters, 0);
    if (group.weightDecay !== undefined) checkRange(op, 'weightDecay', group.weightDecay, 0);
    if (group.learningRateScale !== undefined) checkRange(op, 'learningRateScale', group.learningRateScale, 0);
  }
  checkParameters(
    op,
    groups.flatMap((group) => group.parameters),
  );
  return groups;
}

function isGroup(value: unknown): value is ParameterGroup {
  return typeof value === 'object' && value !== null && !(value instanceof Tensor) && 'parameters' in value;
}

/** Updates parameters from their gradients. */
export abstract class Optimizer {
  /** all, group by group */
  readonly parameters: readonly Parameter[];
  readonly groups: readonly ParameterGroup[];
  /** May be changed between steps. */
  learningRate: number;
  /** Calls of `step`. */
  protected steps = 0;
  protected readonly slots: Vec[][];
  private readonly kind: string;
  /** steps taken on each parameter */
  private readonly taken: number[];
  /** the group of each parameter */
  private readonly groupOf: readonly ParameterGroup[];

  /**
   * @param given parameters, or groups of them
   * @param slots how many arrays of a parameter's size the method keeps
   * @param kind the method's name, which identifies its states
   * @throws ArgumentError if there is no parameter, or one is passed twice: it would be stepped twice (PyTorch rejects
   * one that is in two groups)
   */
  constructor(given: ParametersOrGroups, learningRate: number, slots: number, kind = 'Optimizer') {
    this.groups = checkGroups(kind, given);
    const parameters = this.groups.flatMap((group) => group.parameters);
    this.groupOf = this.groups.flatMap((group) => group.parameters.map(() => group));
    checkCount('Optimizer', 'slots', slots, 0);
    checkRange('Optimizer', 'learningRate', learningRate, 0);
    parameters.forEach((p, i) => {
      const first = parameters.indexOf(p);
      if (first < i)
        throw new ArgumentError(
          `${kind}: expected each parameter once, got number ${first} ${formatShape(p.shape)} again as number ${i}`,
        );
    });
    this.parameters = parameters;
    this.learningRate = learningRate;
    this.kind = kind;
    this.taken = parameters.map(() => 0);
    this.slots = parameters.map((p) => Array.from({ length: slots }, () => p.data.slice().fill(0)));
  }

  /**
   * One step along the gradients. A parameter that never had a gradient, or whose `requiresGrad` is off, is left
   * unchanged, and the step does not count for it: one that is trained later starts at its own first step, as in
   * PyTorch.
   *
   * @throws ArgumentError if the learning rate was set to an invalid value
   */
  step(): void {
    checkRange(this.kind, 'learningRate', this.learningRate, 0);
    this.steps++;
    this.parameters.forEach((p, i) => {
      if (!p.grad || !p.requiresGrad) return;
      const { learningRateScale = 1, weightDecay } = this.groupOf[i];
      const group = { learningRate: this.learningRate * learningRateScale, weightDecay };
      this.update(p.data, this.slots[i], p.grad.data, kernels(p.dtype), ++this.taken[i], group);
      p.noteChange();
    });
  }

  /**
   * @param step which step on this parameter it is, 1 for the first
   * @param group learning rate and weight decay of the parameter's group
   */
  protected abstract update(
    parameter: Vec,
    slots: Vec[],
    gradient: Vec,
    k: Kernels,
    step: number,
    group: GroupOptions,
  ): void;

  /** Sets all gradients to zero; call it before each backward pass, since gradients accumulate. */
  zeroGrad(): void {
    for (const p of this.parameters) p.grad?.data.fill(0);
  }

  /** A copy of the optimiser's state, to resume from later. */
  get state(): OptimizerState {
    const slots = this.slots.map((arrays) => arrays.map((a) => a.slice()));
    return { kind: this.kind, step: this.steps, steps: [...this.taken], slots };
  }

  /** @throws CheckpointError for a state of another method, of parameters of other sizes, or without counts of steps */
  set state(state: OptimizerState) {
    const { kind = this.kind, step, steps = this.taken.map((): number => step), slots } = state ?? {};
    const expected = 'Optimizer: expected a state of the same parameters';
    if (kind !== this.kind) throw new CheckpointError(`${expected} by ${this.kind}, got one by ${kind}`);
    const fits =
      Array.isArray(slots) &&
      slots.length === this.slots.length &&
      this.slots.every(
        (own, i) => own.length === slots[i].length && own.every((a, j) => slots[i][j].length === a.length),
      );
    if (!fits) throw new CheckpointError(`${expected}, got one of other sizes`);
    const counts = Array.isArray(steps) && steps.length === this.taken.length && [step, ...steps].every(isCount);
    if (!counts)
      throw new CheckpointError(`${expected}, got steps ${JSON.stringify(steps)} of ${JSON.stringify(step)} in all`);
    this.steps = step;
    this.slots.forEach((own, i) => {
      this.taken[i] = steps[i];
      own.forEach((a, j) => {
        a.set(slots[i][j]);
      });
    });
  }
}
