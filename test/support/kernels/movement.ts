/** Arguments for kernels that move elements, and for those along an axis. */
import type { Random } from 'dynaecg';
import {
  between,
  blank,
  coarse,
  data,
  few,
  floats,
  integers,
  long,
  normal,
  pick,
  shares,
  some,
  special,
} from './arrays.ts';
import type { Entries, Same } from './entry.ts';

const along = (within: number): Same<'softmax'> => ({
  within,
  of: 'value',
  args: (r) => {
    const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
    return [blank(outer * n * inner), data(r, outer * n * inner, between(-9, 9)), outer, n, inner];
  },
});

/** A dense array's size, and a view into it: axes sliced, stepped, stretched and put into another order. */
function view(r: Random): { size: number; shape: number[]; stride: number[]; offset: number; viewed: number } {
  const axes: { n: number; stride: number }[] = [];
  let size = 1;
  let offset = 0;
  for (let axis = r.integer(4); axis > 0; axis--) {
    const n = axis === 1 && r.integer(8) === 0 ? 300 + r.integer(300) : r.integer(20) === 0 ? 0 : few(r, 12);
    const step = pick(r, 1, 1, 1, 2, 3);
    const start = pick(r, 0, 0, r.integer(3));
    axes.push({ n: Math.max(Math.ceil((n - start) / step), 0), stride: step * size });
    offset += start * size;
    size *= Math.max(n, start + 1);
  }
  for (let more = r.integer(3); more > 0; more--) axes.push({ n: pick(r, 1, few(r, 5), 30), stride: 0 });
  axes.reverse(); // row-major, with the stretched axes in front
  if (r.integer(2) === 0) axes.push(...axes.splice(0, r.integer(axes.length + 1)));
  if (r.integer(2) === 0) axes.reverse();
  const shape = axes.map(({ n }) => n);
  return { size, shape, stride: axes.map(({ stride }) => stride), offset, viewed: shape.reduce((a, b) => a * b, 1) };
}

export const movement: Entries = {
  stridedGather: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const { size, viewed, shape, stride, offset } = view(r);
      return [floats(r, viewed), data(r, size), shape, stride, offset];
    },
  },
  stridedScatter: {
    within: 2,
    of: 'terms',
    args: (r) => {
      const { size, viewed, shape, stride, offset } = view(r);
      return [floats(r, size), data(r, viewed), shape, stride, offset];
    },
  },
  gather: {
    within: 0,
    of: 'value',
    args: (r) => {
      const [outer, n, m, inner] = [few(r, 4), few(r), r.integer(12), long(r)];
      return [blank(outer * m * inner), data(r, outer * n * inner), integers(r, m, n), outer, n, m, inner];
    },
  },
  gatherBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const [outer, n, m, inner] = [few(r, 4), few(r), r.integer(12), long(r)];
      return [floats(r, outer * n * inner), data(r, outer * m * inner), integers(r, m, n), outer, n, m, inner];
    },
  },

  max: {
    within: 0,
    of: 'value',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const argmax = new Int32Array(outer * inner);
      return [
        blank(outer * inner),
        argmax,
        data(r, outer * n * inner, pick(r, normal, coarse, special)),
        outer,
        n,
        inner,
      ];
    },
  },
  maxBackward: {
    within: 0,
    of: 'terms',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const n2 = outer * inner;
      return [floats(r, n2 * n), data(r, n2), integers(r, n2, n), outer, n, inner];
    },
  },
  softmax: along(40), // of e^(x - maximum), where float32 rounds the difference
  softmaxBackward: {
    within: 4,
    of: 'largest',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const size = outer * n * inner;
      return [floats(r, size), data(r, size), shares(r, outer, n, inner), outer, n, inner];
    },
  },
  logSoftmax: along(20),
  logSoftmaxBackward: {
    within: 6,
    of: 'largest',
    args: (r) => {
      const [outer, n, inner] = [few(r, 4), some(r), pick(r, 1, few(r, 20))];
      const size = outer * n * inner;
      return [floats(r, size), data(r, size), shares(r, outer, n, inner).map(Math.log), outer, n, inner];
    },
  },
};
