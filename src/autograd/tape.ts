import { arena } from '../backend/arena.ts';
import { checkKind } from '../core/check.ts';
import { BackendError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { Vec } from '../kernels/types.ts';
import { argument } from './argument.ts';
import { checkLive, type TapeNode, Tensor, type TensorLike } from './tensor.ts';

/**
 * What an op returns: its inputs, its output or outputs, and its vector-Jacobian product.
 *
 * `vjp` receives the gradient of each output (null if nothing depends on it; never null for a single output) and adds
 * to the gradient of each input (null if it is not wanted). What it allocates is released when it returns.
 */
export interface Rule<O extends Tensor | readonly Tensor[]> {
  readonly inputs: readonly (Tensor | null)[];
  readonly output: O;
  readonly vjp: (dy: O extends Tensor ? Vec : (Vec | null)[], dInputs: (Vec | null)[]) => void;
}

let recording = true;
let serial = 0;

/**
 * Makes an op: a function that computes its output and defines its gradient side by side. Without a `vjp` it does not
 * compile.
 *
 * @param name the op's name in errors
 * @example
 *     const double = defineOp('double', (x: Tensor) => ({
 *       inputs: [x],
 *       output: new Tensor(x.data.map((v) => 2 * v), x.shape),
 *       vjp: (dy, [dx]) => dx && dy.forEach((v, i) => { dx[i] += 2 * v; }),
 *     }));
 */
export function defineOp<A extends readonly unknown[], O extends Tensor | readonly Tensor[]>(
  name: string,
  rule: (...args: A) => Rule<O>,
): (...args: A) => O {
  checkKind('defineOp', 'name', name, 'text');
  checkKind('defineOp', 'rule', rule, 'function');
  return (...args) => {
    const { inputs, output, vjp } = rule(...args);
    const dtype = inputs.find((x) => x !== null)?.dtype;
    for (const x of inputs) {
      if (x) checkLive(name, x);
      if (x && x.dtype !== dtype)
        throw new ShapeError(`${name}: expected inputs of one dtype, got ${dtype} and ${x.dtype}`);
    }
    if (!recording || !inputs.some((x) => x?.requiresGrad)) return output;
    const single = output instanceof Tensor;
    const outputs: readonly Tensor[] = single ? [output] : output;
    const node: TapeNode = {
      op: name,
      serial: ++serial,
      inputs,
      outputs,
      versions: inputs.map((x) => x?.version ?? 0),
      vjp: (dOutputs, dInputs) => vjp((single ? dOutputs[0] : dOutputs) as Parameters<typeof vjp>[0], dInputs),
    };
    for (const y of outputs) {
      y.requiresGrad = true;
      y.node = node;
    }
    return output;
  };
}

/** Runs `f` without recording: no gradient flows through what it computes. */
export function noGrad<T>(f: () => T): T {
  checkKind('noGrad', 'f', f, 'function');
  const before = recording;
  recording = false;
  try {
    return f();
  } finally {
    recording = before;
  }
}

/**
 * Reverse-mode differentiation: adds d(sum of seed * y)/dx to `x.grad` of every leaf x with `requiresGrad`.
 *
 * The ops that led to `y` are visited once, newest first; recording order is a topological order. Gradients themselves
 * carry no history.
 *
 * @param y the result; a scalar unless `seed` is given
 * @param seed gradient of the outer function with respect to `y`, with the shape of y; 1 for a scalar
 * @throws BackendError if the graph was used before, depends on no leaf with `requiresGrad`, or has an input that an
 * optimiser's step or `loadStateDict` has changed since the forward pass: its gradient would match neither value.
 * PyTorch rejects that too, though only if the gradient depends on the input's value.
 * @example
 *     const w = tensor([1, 2, 3], undefined, { requiresGrad: true });
 *     backward(sum(square(w)));
 *     w.grad?.toArray(); // [2, 4, 6]
 */
export function backward(y: Tensor, seed?: TensorLike): void {
  const start = argument('backward', 'y', y);
  if (!start.requiresGrad)
    throw new BackendError(
      'backward: expected a result that depends on a tensor with requiresGrad, got one that does not',
    );
  if (seed === undefined && y.size !== 1)
    throw new ShapeError(`backward: expected a scalar or a seed gradient, got shape ${formatShape(y.shape)}`);
  const first = seed === undefined ? null : argument('backward', 'seed', seed);
  if (first && !sameShape(first.shape, y.shape))
    throw new ShapeError(`backward: expected a seed of shape ${formatShape(y.shape)}, got ${formatShape(first.shape)}`);

  const nodes = history(start);
  for (const node of nodes) checkFresh(node);
  const gradients = new Map<Tensor, Vec>();
  const gradient = (x: Tensor | null): Vec | null => {
    if (!x?.requiresGrad) return null;
    const known = x.node ? gradients.get(x) : x.grad?.data;
    if (known) return known;
    // A leaf's gradient lives as long as the leaf: it outlives any scope nested inside the leaf's own.
    const data =
      x.node || x.scope === arena.current ? arena.allocate(x.dtype, x.size).fill(0) : (x.data.slice().fill(0) as Vec);
    if (x.node) gradients.set(x, data);
    else x.grad = new Tensor(data, x.shape, false, x.scope);
    return data;
  };

  const dy = gradient(start) as Vec;
  for (let i = 0; i < dy.length; i++) dy[i] += first ? first.data[i] : 1;
  for (const node of nodes) {
    const dOutputs = node.outputs.map((x) => gradients.get(x) ?? null);
    const vjp = node.vjp as NonNullable<TapeNode['vjp']>; // as checked above
    const dInputs = node.inputs.map(gradient);
    arena.enter(); // the rule's workspace is released with it
    try {
      vjp(dOutputs, dInputs);
    } finally {
      arena.leave();
    }
    node.vjp = null; // releases what was saved
    for (const x of node.outputs) gradients.delete(x);
  }
}

/** Throws if a node has already run backward, or one of its inputs has changed since it was recorded. */
function checkFresh({ op, inputs, versions, vjp }: TapeNode): void {
  if (!vjp) throw new BackendError(`backward: expected a fresh graph, got one whose ${op} has already run backward`);
  const changed = inputs.find((x, i) => x && x.version !== versions[i]);
  if (changed)
    throw new BackendError(
      `backward: expected the inputs that ${op} ran on, got one of shape ${formatShape(changed.shape)} that has changed since, ` +
        'such as by an optimiser step or a loaded state',
    );
}

/** The nodes that `y` depends on, newest first. */
function history(y: Tensor): TapeNode[] {
  const found = new Set<TapeNode>();
  const pending = [y];
  for (let x = pending.pop(); x; x = pending.pop()) {
    if (!x.node || found.has(x.node)) continue;
    found.add(x.node);
    for (const input of x.node.inputs) if (input?.requiresGrad) pending.push(input);
  }
  return [...found].sort((a, b) => b.serial - a.serial);
}
