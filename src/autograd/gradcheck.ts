import { arena } from '../backend/arena.ts';
import { checkKind, checkRange } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { argument } from './argument.ts';
import { backward } from './tape.ts';
import { Tensor } from './tensor.ts';

/**
 * Checks an op's gradient against a numeric directional derivative in float64, as HIPS autograd does:
 * for random directions v and u, `<u, (f(x + eps v) - f(x - eps v)) / (2 eps)>` against `<v, VJP(u)>`. Two forward
 * passes, whatever the size.
 *
 * @param f a function of tensors; it is called three times and must give the same result each time
 * @param inputs float64 tensors; those with `requiresGrad` are varied
 * @returns the relative error `|numeric - exact| / max(|numeric|, |exact|)`; a correct gradient stays below 1e-6
 */
export function gradcheck(
  f: (...x: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  random: Random,
  eps = 1e-6,
): number {
  checkKind('gradcheck', 'f', f, 'function');
  checkKind('gradcheck', 'inputs', inputs, 'array');
  checkKind('gradcheck', 'random', random, 'random');
  checkRange('gradcheck', 'eps', eps, Number.MIN_VALUE);
  for (const [i, x] of inputs.entries()) if (!(x instanceof Tensor)) argument('gradcheck', `inputs[${i}]`, x);
  for (const x of inputs)
    if (x.dtype !== 'float64') throw new ArgumentError(`gradcheck: expected float64 inputs, got ${x.dtype}`);
  const directions = inputs.map((x) => x.data.map(() => (x.requiresGrad ? random.normal() : 0)));
  const at = (t: number): Tensor =>
    f(
      ...inputs.map(
        (x, i) =>
          new Tensor(
            x.data.map((v, j) => v + t * directions[i][j]),
            x.shape,
          ),
      ),
    );
  const high = at(eps);
  const low = at(-eps);
  const leaves = inputs.map((x) => new Tensor(x.data.slice(), x.shape, x.requiresGrad));
  const y = f(...leaves);
  const u = new Tensor(arena.allocate('float64', y.size), y.shape);
  for (let i = 0; i < u.size; i++) u.data[i] = random.normal();
  backward(y, u);
  let numeric = 0;
  for (let i = 0; i < u.size; i++) numeric += (u.data[i] * (high.data[i] - low.data[i])) / (2 * eps);
  let exact = 0;
  leaves.forEach((x, i) => {
    for (let j = 0; j < x.size; j++) exact += directions[i][j] * (x.grad?.data[j] ?? 0);
  });
  return numeric === exact ? 0 : Math.abs(numeric - exact) / Math.max(Math.abs(numeric), Math.abs(exact));
}
