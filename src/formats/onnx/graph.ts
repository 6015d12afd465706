import type { Tensor } from '../../autograd/tensor.ts';
import { last } from '../../core/builtins.ts';
import { formatValue } from '../../core/check.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Layer } from '../../nn/module.ts';
import type { Attribute, Dim, OnnxNode, OnnxTensor, OnnxValue } from './protobuf.ts';

/** The name of the dynamic size in the file. */
export const BATCH = 'batch';

/** Adds the operators of a layer to a graph, and returns its output. */
export type Rule<L extends Layer = Layer> = (graph: Graph, layer: L, x: OnnxValue, context?: OnnxValue) => OnnxValue;

/** The rules by class: a subclass may compute anything, so it has none. */
export type Rules = ReadonlyMap<unknown, Rule>;

/** A class with its rule, for the table. */
export function rule<L extends Layer>(
  layer: abstract new (...args: never[]) => L,
  add: Rule<L>,
): [layer: unknown, rule: Rule] {
  return [layer, add as Rule];
}

export const int = (value: number): Attribute => ({ int: value });
export const ints = (...values: number[]): Attribute => ({ ints: values });
export const float = (value: number): Attribute => ({ float: value });

/** A graph in the making. Names follow the modules: node `/lstm/LSTM`, weight `lstm.W`. */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  private readonly rules: Rules;
  private readonly names = new Set<string>();
  private path: readonly string[] = [];

  constructor(rules: Rules, inputs: readonly OnnxValue[]) {
    this.rules = rules;
    for (const { name } of inputs) this.names.add(name);
  }

  /** The output of an operator; an input that is null is left out. */
  op(
    type: string,
    inputs: readonly (OnnxValue | null)[],
    shape: readonly Dim[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): OnnxValue {
    const name = this.unique(['', ...this.path, type].join('/'));
    const names = inputs.map((input) => input?.name ?? '');
    while (last(names) === '') names.pop();
    this.nodes.push({ name, type, inputs: names, output: name, attributes });
    return { name, shape };
  }

  /** Weights in float32, whatever type they are of. */
  weights(name: string, data: ArrayLike<number>, shape: readonly number[]): OnnxValue {
    return this.constant(name, Float32Array.from(data), shape);
  }

  /** A tensor of a module, or null where it has none. */
  tensor(name: string, tensor: Tensor): OnnxValue;
  tensor(name: string, tensor: Tensor | null): OnnxValue | null;
  tensor(name: string, tensor: Tensor | null): OnnxValue | null {
    return tensor && this.weights(name, tensor.data, tensor.shape);
  }

  scalar(value: number): OnnxValue {
    return this.weights('constant', [value], []);
  }

  /** Axes or sizes, which some operators take as an input. */
  integers(...values: number[]): OnnxValue {
    return this.constant('constant', BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** The output of a layer that is `name` in the one whose rule runs. */
  layer(name: string, layer: Layer, x: OnnxValue, context?: OnnxValue): OnnxValue {
    return this.within(name, () => {
      const add = this.rules.get(layer.constructor);
      if (!add) throw this.missing('layer', layer.constructor.name);
      return add(this, layer, x, context);
    });
  }

  /** Runs something whose names begin with one more part. */
  within<T>(name: string, run: () => T): T {
    const outer = this.path;
    this.path = name === '' ? outer : [...outer, ...name.split('.')];
    try {
      return run();
    } finally {
      this.path = outer;
    }
  }

  /** A value under the name of an output of the file. */
  named(name: string, { name: input, shape }: OnnxValue): OnnxValue {
    this.nodes.push({ name, type: 'Identity', inputs: [input], output: name, attributes: {} });
    return { name, shape };
  }

  /** The error for what has no equivalent, with its place. */
  missing(kind: 'layer' | 'function', name: string): ArgumentError {
    const place = this.path.length > 0 ? ` at ${this.path.join('.')}` : '';
    return new ArgumentError(
      `encodeOnnx: expected a ${kind} with an equivalent in ONNX${place}, got ${name || formatValue(() => {})}`,
    );
  }

  private constant(name: string, values: OnnxTensor['values'], shape: readonly number[]): OnnxValue {
    const unique = this.unique([...this.path, name].join('.'));
    this.initializers.push({ name: unique, shape, values });
    return { name: unique, shape };
  }

  private unique(name: string): string {
    let unique = name;
    for (let n = 1; this.names.has(unique); n++) unique = `${name}_${n}`;
    this.names.add(unique);
    return unique;
  }
}
