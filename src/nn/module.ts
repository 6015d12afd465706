import { argument } from '../autograd/argument.ts';
import { checkDType, Parameter, Tensor, type TensorLike } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { ArgumentError, CheckpointError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { DType } from '../kernels/types.ts';

/** A model's tensors by their dotted names, as in PyTorch: `lstm.weight_ih_l0_reverse`, `bn1.running_mean`. */
export type StateDict = Record<string, TensorLike>;

/**
 * A layer, or a model made of layers. A module is its fields: every field that is a `Parameter` is trained, every other
 * `Tensor` is a buffer (saved, not trained), every `Module`, also in an array, is a child, and their names make the state
 * dictionary. Private fields (`#name`) are not seen.
 */
export abstract class Module {
  /** Whether batch norm and dropout behave as in training; set by `train` and `eval`. */
  training = true;
  #frozen = false;

  /** The named layers directly inside this one. */
  children(): [string, Module][] {
    return Object.entries(this).flatMap(([name, value]): [string, Module][] => {
      if (value instanceof Module) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i) => (item instanceof Module ? [[`${name}.${i}`, item]] : []));
    });
  }

  /**
   * This module and all inside it.
   *
   * @throws ArgumentError where a module is inside itself
   */
  modules(): Module[] {
    return this.#modules([]);
  }

  #modules(path: readonly Module[]): Module[] {
    return [this, ...this.#inside(path).flatMap(([, child, inner]) => child.#modules(inner))];
  }

  /** The children, each with the modules that lead to it, none of which it may be. */
  #inside(path: readonly Module[]): [string, Module, readonly Module[]][] {
    const inner = [...path, this];
    return this.children().map(([name, child]) => {
      if (inner.includes(child))
        throw new ArgumentError(`Module: expected layers that are not inside themselves, got ${name} in a circle`);
      return [name, child, inner];
    });
  }

  /**
   * Every tensor inside, with its dotted name, in the order in which the fields were set.
   *
   * @throws ArgumentError where a module is inside itself
   */
  namedTensors(prefix = ''): [string, Tensor][] {
    checkKind('namedTensors', 'prefix', prefix, 'text');
    return this.#namedTensors(prefix, []);
  }

  #namedTensors(prefix: string, path: readonly Module[]): [string, Tensor][] {
    const own = Object.entries(this).filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor);
    return [
      ...own.map(([name, tensor]): [string, Tensor] => [prefix + name, tensor]),
      ...this.#inside(path).flatMap(([name, child, inner]) => child.#namedTensors(`${prefix}${name}.`, inner)),
    ];
  }

  /** Every parameter inside, with its dotted name; one that is shared by several layers comes once. */
  namedParameters(): [string, Parameter][] {
    const all = this.namedTensors().filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);
    const seen = new Set<Parameter>();
    return all.filter(([, p]) => !seen.has(p) && seen.add(p));
  }

  /** What an optimiser takes. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Number of trained values. */
  get parameterCount(): number {
    return this.parameters().reduce((sum, p) => sum + p.size, 0);
  }

  /** Switches this module and all inside it to training, or with `false` to inference, which frozen ones stay in. */
  train(on = true): this {
    checkKind('train', 'on', on, 'flag');
    for (const module of this.modules()) module.training = on && !module.#frozen;
    return this;
  }

  /**
   * Freezes this module and all inside it, or with `false` lets them learn again: no gradient is computed for frozen
   * parameters, optimisers leave them as they are, and a frozen module stays in inference mode, so that batch norm's running
   * statistics stay, too.
   *
   * @example
   *     embedder.freeze();
   *     embedder.fc2.freeze(false); // the last layer alone learns
   */
  freeze(on = true): this {
    checkKind('freeze', 'on', on, 'flag');
    for (const module of this.modules()) {
      module.#frozen = on;
      if (on) module.training = false;
    }
    for (const parameter of this.parameters()) parameter.requiresGrad = !on;
    return this;
  }

  /** The same as `train(false)`: batch norm uses its running statistics, dropout does nothing. */
  eval(): this {
    return this.train(false);
  }

  /** Changes the float type of every tensor inside. An optimiser made before still holds the old parameters. */
  to(dtype: DType): this {
    checkDType('to', dtype);
    for (const module of this.modules()) module.#convert(dtype);
    return this;
  }

  #convert(dtype: DType): void {
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
   * Takes over the values of a state dictionary. All of it is checked before anything is changed.
   *
   * @throws CheckpointError naming every entry that is missing, not known here, or of another shape
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
   * Takes over what fits of a state dictionary, by name and shape, and leaves the rest as it is: for a model with a new head,
   * another number of classes, or without a part. Says what was taken, so that a misspelt name does not go unseen.
   *
   * @example
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

/** What `loadMatching` took over, and what not: names of tensors. */
export interface MatchingNames {
  loaded: string[];
  /** of the model, without an entry of their name and shape */
  missing: string[];
  /** of the state dictionary, without a tensor of their name and shape */
  unused: string[];
}

/** Throws unless x is of the float type of a module's parameters, and says how to cast it. */
export function checkSameDType(op: string, name: string, x: Tensor, module: Module): void {
  const [first] = module.parameters();
  if (!first || first.dtype === x.dtype) return;
  const array = first.dtype === 'float32' ? 'Float32Array' : 'Float64Array';
  throw new ShapeError(
    `${op}: expected ${name} of ${first.dtype} as the model's weights (tensor(${array}.from(x.data), x.shape) casts it), ` +
      `got ${x.dtype}`,
  );
}

/** A module that maps one tensor to another; some take `context` too, numbers (B,F) that go with each sample of x. */
export abstract class Layer extends Module {
  abstract forward(x: TensorLike, context?: TensorLike): Tensor;
}

/**
 * Layers, or functions such as `relu`, one behind the other; named by their position, as in PyTorch. The first is given the
 * context.
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
