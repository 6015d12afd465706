import { backward, conv1d } from 'dynaecg';
import { type ConvolutionSizes, visitConvolution } from '../../support/loops.ts';
import { gradients, normal, type Workload } from './workload.ts';

const BATCH = 16; // beats: the chunk in which gradients of weights are summed

/** The two convolutions of the default network, of beats of 253 samples, and the second with other strides. */
const CONV1: ConvolutionSizes = { B: BATCH, C: 1, L: 253, O: 32, P: 253, K: 5, stride: 1, padding: 2 };
const CONV2: ConvolutionSizes = { B: BATCH, C: 32, L: 126, O: 64, P: 126, K: 5, stride: 1, padding: 2 };
const STRIDED: ConvolutionSizes = { ...CONV2, P: 63, stride: 2 };

const flops = ({ B, C, O, P, K }: ConvolutionSizes): number => 2 * B * O * P * C * K;

function operands({ B, C, L, O, K }: ConvolutionSizes, requiresGrad: boolean) {
  const x = normal([B, C, L], { seed: 'x', requiresGrad });
  const weight = normal([O, C, K], { seed: 'weight', requiresGrad });
  const bias = normal([O], { seed: 'bias', requiresGrad });
  return { x, weight, bias };
}

function forward(name: string, sizes: ConvolutionSizes): Workload {
  const { B, O, P, stride, padding } = sizes;
  return {
    name: `${name} of ${B} beats`,
    flops: flops(sizes),
    make: () => {
      const { x, weight, bias } = operands(sizes, false);
      return {
        run: () => [conv1d(x, weight, bias, { stride, padding }).data],
        expected: () => {
          const y = Float64Array.from({ length: B * O * P }, (_, i) => bias.data[Math.floor(i / P) % O]);
          visitConvolution(sizes, (to, from, by) => {
            y[to] += x.data[from] * weight.data[by];
          });
          return [y];
        },
      };
    },
  };
}

function withGradients(name: string, sizes: ConvolutionSizes): Workload {
  const { B, O, P, stride, padding } = sizes;
  return {
    name: `${name} of ${B} beats and its gradients`,
    flops: 3 * flops(sizes),
    make: () => {
      const { x, weight, bias } = operands(sizes, true);
      const dy = normal([B, O, P], { seed: 'dy' });
      return {
        run: () => gradients([x, weight, bias], () => backward(conv1d(x, weight, bias, { stride, padding }), dy)),
        expected: () => {
          const [dx, dweight, dbias] = [x, weight, bias].map(({ size }) => new Float64Array(size));
          for (const [i, v] of dy.data.entries()) dbias[Math.floor(i / P) % O] += v;
          visitConvolution(sizes, (to, from, by) => {
            dx[from] += dy.data[to] * weight.data[by];
            dweight[by] += dy.data[to] * x.data[from];
          });
          return [dx, dweight, dbias];
        },
      };
    },
  };
}

export const CONVOLUTION: readonly Workload[] = [
  forward('conv1', CONV1),
  forward('conv2', CONV2),
  forward('conv2 with stride 2', STRIDED),
  withGradients('conv2', CONV2),
];
