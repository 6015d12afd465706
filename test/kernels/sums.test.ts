// The order in which JavaScript's kernels add, which is what their bits depend on: held to plain loops, bit by bit.
import { Random } from 'dynaecg/js';
import { jsKernels, type Vec } from 'dynaecg/kernels';
import { suite } from 'uvu';
import { exp, expEach, sigmoid, tanh } from '../../src/core/math.ts';
import { assertSameBits } from '../support/asserts.ts';

const test = suite('kernels/sums');
const KC = 256; // terms that are rounded as a whole

for (const Type of [Float32Array, Float64Array]) {
  const draw = (random: Random, n: number): Vec => Type.from(Array.from({ length: n }, () => random.normal()));

  test(`a product, of few rows or many, adds in the order of K, ${Type.name}`, () => {
    const random = new Random(`gemm ${Type.name}`);
    const rows = [1, 2, 3, 4, 5, 7, 63, 64, 66];
    for (let i = 0; i < 90; i++) {
      const M = rows[i % rows.length];
      const [N, K] = [1 + random.integer(M > 60 ? 40 : 300), 1 + random.integer(M > 60 ? 80 : 600)];
      const [transposeA, transposeB] = [random.uniform() < 0.5, random.uniform() < 0.5];
      const [alpha, beta] = [1, 0, 0.5].map((v) => [v, random.integer(2)])[random.integer(3)];
      const [a, b, c] = [M * K, K * N, M * N].map((n) => draw(random, n));
      const expected = c.map((v) => (beta === 0 ? 0 : v));
      const product = (m: number, n: number, k: number): number =>
        a[transposeA ? k * M + m : m * K + k] * b[transposeB ? n * K + k : k * N + n];
      for (let m = 0; m < M; m++)
        for (let n = 0; n < N; n++)
          for (let from = 0; from < K; from += M < 3 ? K : KC) {
            let sum = 0;
            for (let k = from; k < (M < 3 ? K : Math.min(K, from + KC)); k++) sum += product(m, n, k);
            expected[m * N + n] += alpha * sum; // alpha is a power of two, so that its place in the sum does not matter
          }
      jsKernels.gemm(
        c,
        0,
        N,
        a,
        0,
        transposeA ? M : K,
        b,
        0,
        transposeB ? K : N,
        M,
        N,
        K,
        transposeA,
        transposeB,
        alpha,
        beta,
      );
      assertSameBits(c, expected, `${M} x ${N} x ${K}, alpha ${alpha}`);
    }
  });

  test(`a convolution adds in the order of channels and taps, ${Type.name}`, () => {
    const random = new Random(`conv1d ${Type.name}`);
    for (let i = 0; i < 60; i++) {
      const [stride, dilation, groups] = [1 + random.integer(3), 1 + random.integer(3), 1 + random.integer(3)];
      const [cg, og, K, B] = [
        1 + random.integer(12),
        1 + random.integer(6),
        1 + random.integer(9),
        1 + random.integer(2),
      ];
      const [padding, L] = [random.integer(8), 30 + random.integer(300)];
      const P = Math.floor((L + 2 * padding - dilation * (K - 1) - 1) / stride) + 1;
      const [C, O] = [cg * groups, og * groups];
      const [x, weight, bias] = [B * C * L, O * cg * K, O].map((n) => draw(random, n));
      const y = draw(random, B * O * P);
      const expected = y.map((_, at) => {
        const [b, o, p] = [Math.floor(at / (O * P)), Math.floor(at / P) % O, at % P];
        let sum = 0;
        for (let c = 0; c < cg; c++)
          for (let k = 0; k < K; k++) {
            const l = p * stride + k * dilation - padding;
            const from = b * C + Math.floor(o / og) * cg + c;
            sum += weight[(o * cg + c) * K + k] * (l >= 0 && l < L ? x[from * L + l] : 0);
          }
        return bias[o] + sum;
      });
      jsKernels.conv1d(y, x, weight, bias, B, C, L, O, P, K, stride, padding, dilation, groups);
      assertSameBits(y, expected, JSON.stringify({ B, cg, og, groups, L, K, stride, padding, dilation }));
    }
  });

  test(`sigmoid and tanh of many numbers have the bits of one, ${Type.name}`, () => {
    const random = new Random(`sigmoid ${Type.name}`);
    const special = [0, -0, 0.625, -0.625, 36, -36, 708, -708, 745, -746, 800, Infinity, -Infinity, Number.NaN];
    const draw = (i: number): number => special[i] ?? random.normal() * 10 ** random.uniform(-3, 3);
    const x = Type.from(Array.from({ length: 700 }, (_, i) => draw(i)));
    const y = new Type(x.length);
    jsKernels.sigmoid(y, x, x.length);
    assertSameBits(y, x.map(sigmoid), 'sigmoid');
    jsKernels.tanh(y, x, x.length);
    assertSameBits(y, x.map(tanh), 'tanh');
  });
}

test('e^x of many numbers has the bits of one', () => {
  const random = new Random('exp');
  const special = [0, -0, 709, 709.78, 710, -708, -745, -746, Infinity, -Infinity, Number.NaN, Math.LN2 / 2];
  const x = Float64Array.from({ length: 20_000 }, (_, i) => special[i] ?? random.uniform(-760, 760));
  const expected = x.map(exp);
  expEach(x, x.length);
  assertSameBits(x, expected, 'exp');
});

test.run();
