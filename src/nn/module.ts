import { argument } from '../autograd/argument.ts';
import { checkDType, Parameter, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { ArgumentError, CheckpointError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { DType } from '../kernels/types.ts';

/** A model's tensors by their dotted names, as in PyTorch: `lstm.weight_ih_l0_reverse`, `bn1.running_mean`. */
export type StateDict = Record<string, TensorLike>;

/**
 * A layer, or a model made of layers. A module is its fields: every `Parameter` is trained, every other `Tensor` is a
 * buffer (saved, not trained), every `Module`, also in an array, is a child, and the field names make up the state
 * dictionary. Private fields (`#name`) are ignored.
 */
export abstract class Module {
  /** Whether batch norm and dropout behave as in training; set by `train` and `eval`. */
  training = true;
  private ownFrozen = false;

  /** The direct children, by name. */
  children(): [string, Module][] {
    const found: [string, Module][] = [];
    for (const [name, value] of Object.entries(this))
      if (value instanceof Module) found.push([name, value]);
      else if (Array.isArray(value))
        for (const [i, item] of value.entries()) if (item instanceof Module) found.push([`${name}.${i}`, item]);
    return found;
  }

  /**
   * This module and all modules inside it.
   *
   * @throws ArgumentError if a module contains itself
   */
  modules(): Module[] {
    return this.ownModules([]);
  }

  private ownModules(path: readonly Module[]): Module[] {
    return [this, ...this.ownInside(path).flatMap(([, child, inner]) => child.ownModules(inner))];
  }

  /** The children, each with the path of modules that leads to it, none of which it may be. */
  private ownInside(path: readonly Module[]): [string, Module, readonly Module[]][] {
    const inner = [...path, this];
    return this.children().map(([name, child]) => {
      if (inner.includes(child))
        throw new ArgumentError(`Module: expected layers that do not contain themselves, got a cycle at ${name}`);
      return [name, child, inner];
    });
  }

  /**
   * Every tensor inside, with its dotted name, in the order in which the fields were set.
   *
   * @throws ArgumentError if a module contains itself
   */
  namedTensors(prefix = ''): [string, Tensor][] {
    checkKind('namedTensors', 'prefix', prefix, 'text');
    const found: [string, Tensor][] = [];
    this.ownAddTensors(found, prefix, []);
    return found;
  }

  private ownAddTensors(to: [string, Tensor][], prefix: string, path: readonly Module[]): void {
    for (const [name, value] of Object.entries(this)) if (value instanceof Tensor) to.push([prefix + name, value]);
    for (const [name, child, inner] of this.ownInside(path)) child.ownAddTensors(to, `${prefix}${name}.`, inner);
  }

  /** Every parameter inside, with its dotted name; a shared one is listed once. */
  namedParameters(): [string, Parameter][] {
    const all = this.namedTensors().filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);
    const seen = new Set<Parameter>();
    return all.filter(([, p]) => !seen.has(p) && seen.add(p));
  }

  /** The parameters, for an optimiser. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Number of trainable values. */
  get parameterCount(): number {
    return this.parameters().reduce((sum, p) => sum + p.size, 0);
  }

  /**
   * Switches this module and all inside it to training mode, or with `false` to inference mode; frozen modules stay in
   * inference mode.
   */
  train(on = true): this {
    checkKind('train', 'on', on, 'flag');
    for (const module of this.modules()) module.training = on && !module.ownFrozen;
    return this;
  }

  /**
   * Freezes this module and all inside it, or with `false` unfreezes them: no gradient is computed for frozen
   * parameters, optimisers leave them unchanged, and a frozen module stays in inference mode, so that the running
   * statistics of batch norm do not change either.
   *
   * @example
   *     declare const embedder: Embedder;
   *     embedder.freeze();
   *     embedder.fc2.freeze(false); // only the last layer learns
   */
  freeze(on = true): this {
    checkKind('freeze', 'on', on, 'flag');
    for (const module of this.modules()) {
      module.ownFrozen = on;
      if (on) module.training = false;
    }
    for (const parameter of this.parameters()) parameter.requiresGrad = !on;
    return this;
  }

  /** The same as `train(false)`: batch norm uses its running statistics, dropout does nothing. */
  eval(): this {
    return this.train(false);
  }

  /** Converts every tensor inside to another float type. An optimiser made before still holds the old parameters. */
  to(dtype: DType): this {
    checkDType('to', dtype);
    for (const module of this.modules()) module.ownConvert(dtype);
    return this;
  }

  private ownConvert(dtype: DType): void {
    const fields = this as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(this)) {
      if (!(value instanceof Tensor)) continue;
      const data = dtype === 'float64' ? Float64Array.from(value.data) : Float32Array.from(value.data);
      fields[name] = value instanceof Parameter ? new Parameter(data, value.shape) : new Tensor(data, value.shape);
    }
  }

  /** Copies of all parameters and buffers. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.namedTensors().map(([name, tensor]) => [name, tensor.clone()]));
  }

  /**
   * Loads the values of a state dictionary. Everything is checked before anything is changed.
   *
   * @throws CheckpointError naming every entry that is missing, unexpected, or of another shape
   */
  loadStateDict(state: StateDict): this {
    checkKind('loadStateDict', 'state', state, 'object');
    const own = new Map(this.namedTensors());
    const faults: string[] = [];
    for (const [name, tensor] of own) {
      const given = state[name] && argument('loadStateDict', name, state[name]);
      if (!given) faults.push(`expected ${name} ${formatShape(tensor.shape)}, got none`);
      else if (!sameShape(given.shape, tensor.shape))
        faults.push(`expected ${name} ${formatShape(tensor.shape)}, got ${formatShape(given.shape)}`);
    }
    for (const name of Object.keys(state)) if (!own.has(name)) faults.push(`expected no ${name}, got one`);
    if (faults.length > 0) throw new CheckpointError(`loadStateDict: ${faults.join('; ')}`);
    const given = [...own.keys()].map((name) => argument('loadStateDict', name, state[name]));
    [...own.values()].forEach((tensor, i) => {
      tensor.data.set(given[i].data);
      tensor.noteChange();
    });
    return this;
  }

  /**
   * Loads the entries of a state dictionary that match by name and shape, and leaves the rest unchanged: for a model
   * with a new head, another number of classes, or without some part. Returns the names that did not match, so that a
   * misspelt name is noticed.
   *
   * @example
   *     declare const [model, pretrained]: [Embedder, Embedder];
   *     const { missing } = model.loadMatching(pretrained.stateDict()); // the new head: fc2.weight, fc2.bias
   */
  loadMatching(state: StateDict): MatchingNames {
    checkKind('loadMatching', 'state', state, 'object');
    const own = new Map(this.namedTensors());
    const fits = (name: string): boolean => {
      const tensor = own.get(name);
      return tensor !== undefined && sameShape(argument('loadMatching', name, state[name]).shape, tensor.shape);
    };
    const loaded = Object.keys(state).filter(fits);
    for (const name of loaded) {
      const tensor = own.get(name)!;
      tensor.data.set(argument('loadMatching', name, state[name]).data);
      tensor.noteChange();
    }
    const taken = new Set(loaded);
    return {
      loaded,
      missing: [...own.keys()].filter((name) => !taken.has(name)),
      unused: Object.keys(state).filter((name) => !taken.has(name)),
    };
  }
}

/** Names of tensors that `loadMatching` did or did not load. */
export interface MatchingNames {
  loaded: string[];
  /** in the model, without a matching entry */
  missing: string[];
  /** in the state dictionary, without a matching tensor */
  unused: string[];
}

/** Throws unless x has the float type of a module's parameters; the error says how to cast it. */
export function checkSameDType(op: string, name: string, x: Tensor, module: Module): void {
  const [first] = module.parameters();
  if (!first || first.dtype === x.dtype) return;
  const array = first.dtype === 'float32' ? 'Float32Array' : 'Float64Array';
  throw new ShapeError(
    `${op}: expected ${name} of ${first.dtype} like the model's weights (tensor(${array}.from(x.data), x.shape) casts it), ` +
      `got ${x.dtype}`,
  );
}

/**
 * A module that maps one tensor to another; some also take `context`, numbers (B,F) that accompany each sample of x.
 */
export abstract class Layer extends Module {
  abstract forward(x: TensorLike, context?: TensorLike): Tensor;

  /** A copy for inference alone, where there is one that is faster; by default the layer itself. */
  prepare(): Layer {
    return this;
  }
}

/**
 * Layers, or functions such as `relu`, applied in order; named by their position, as in PyTorch. The first layer
 * receives the context.
 */
export class Sequential extends Layer {
  readonly layers: readonly (Layer | ((x: Tensor) => Tensor))[];

  constructor(...layers: (Layer | ((x: Tensor) => Tensor))[]) {
    super();
    for (const [i, layer] of layers.entries())
      if (typeof layer !== 'function') checkKind('Sequential', `layer ${i}`, layer, 'layer');
    this.layers = layers;
  }

  override children(): [string, Module][] {
    return this.layers.flatMap((layer, i): [string, Module][] => (layer instanceof Module ? [[String(i), layer]] : []));
  }

  forward(x: TensorLike, context?: TensorLike): Tensor {
    if (context && !(this.layers[0] instanceof Module))
      throw new ArgumentError('Sequential: expected a first layer that takes context, got a function');
    return this.layers.reduce(
      (t, layer, i) => (layer instanceof Module ? layer.forward(t, i === 0 ? context : undefined) : layer(t)),
      argument('Sequential', 'x', x),
    );
  }
}
