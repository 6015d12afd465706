import type { Tensor } from '../autograd/tensor.ts';
import { Hash } from '../core/hash.ts';
import { checkParts, type DatasetLike } from './datasetParts.ts';

/**
 * A number for the contents of a data set, to notice that a training would be resumed with other data: 16 hexadecimal digits,
 * the same on every engine. It is no protection against forgery.
 *
 * It is of the words of every value as float64, the shapes, the labels, the context and the groups.
 *
 * @throws DataError, ShapeError as `Dataset`
 */
export function dataChecksum(data: DatasetLike): string {
  const { x, labels, context, groups, classes } = checkParts('dataChecksum', 'data', data, undefined);
  const hash = new Hash();
  const add = ({ data, shape }: Tensor): Hash => hash.numbers(shape).numbers(data);
  add(x);
  hash.numbers(labels);
  if (context) add(context);
  if (groups) hash.numbers(groups);
  for (const name of classes ?? []) hash.numbers(Array.from(name, (character) => character.codePointAt(0)!));
  return hash.digits;
}
