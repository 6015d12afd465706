import { instantiate } from '../support/assembled.ts';
import type { SuiteOptions } from '../support/options.ts';
import type { Report } from '../support/report.ts';
import { time } from '../support/workloads.ts';

const TOLERANCE = 1e-5; // between variants, whose sums run in other orders

/** What the kernels do next to what they might do instead: each pair is compared, then timed. */
export function benchVariants(report: Report, { filter }: SuiteOptions): void {
  const { call, floats, room } = instantiate('variants.ts');
  const at = ({ byteOffset }: Float32Array): number => byteOffset;
  const pair = (work: string, taken: [string, () => void], other: [string, () => void], ...outputs: Float32Array[]) => {
    if (!filter.test(work)) return;
    report.print(`\n${work}`);
    for (const y of outputs) y.fill(0);
    taken[1]();
    const expected = outputs.map((y) => y.slice());
    for (const y of outputs) y.fill(0);
    other[1]();
    for (const [i, y] of outputs.entries())
      for (const [j, v] of y.entries())
        if (!(Math.abs(v - expected[i][j]) <= TOLERANCE * (1 + Math.abs(v))))
          throw new Error(`${work}: expected ${expected[i][j]} from both ways, got ${v}`);
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < 40; i++) {
      const warmUp = i === 0 ? 300 : 0;
      times[0].push(...time(taken[1], 1, warmUp)); // in turns, so that what else the machine does befalls both
      times[1].push(...time(other[1], 1, warmUp));
    }
    report.ratio(report.timing(work, taken[0], times[0]), report.timing(work, other[0], times[1]));
  };

  const [B, C, L, O, K] = [96, 32, 126, 64, 5];
  const x = floats(B * C * L);
  const weight = floats(O * C * K);
  const y = floats(B * O * L);
  const columns = floats(C * K * L);
  const sizes = [B, C, L, O, L, K, 1, 2, 1, 1];
  pair(
    'conv2 of 96 beats',
    ['panels packed from the signal', () => call.conv1d(at(y), at(x), at(weight), 0, ...sizes, room())],
    [
      'columns in memory, then gemm',
      () => call.conv1dColumns(at(y), at(x), at(weight), at(columns), B, C, L, O, K, 2, room()),
    ],
    y,
  );

  const [T, H] = [63, 64];
  const inputs = floats(T * B * H);
  const weights = [floats(4 * H * H), floats(4 * H * H), floats(4 * H), floats(4 * H)];
  for (const w of weights) for (let i = 0; i < w.length; i++) w[i] /= 8;
  const states = [floats(T * B * H), floats(T * B * H), floats(T * B * 4 * H)];
  const lstm = [...states, inputs, ...weights].map(at);
  pair(
    'LSTM, one direction, 96 beats',
    ['each step projects its inputs', () => call.lstm(...lstm, 0, 0, T, B, H, H, H, 0, room())],
    ['all inputs in one gemm first', () => call.lstmAtOnce(...lstm, T, B, H, H, room())],
    states[0],
    states[1],
  );

  pair(
    'conv2 of 96 beats, fewer products',
    ['panels packed from the signal', () => call.conv1d(at(y), at(x), at(weight), 0, ...sizes, room())],
    ["Winograd's F(2,5)", () => call.conv5Winograd(at(y), at(x), at(weight), B, C, L, O, room())],
    y,
  );

  const rows = T * B;
  const [ys, cs, cells, dh, dc] = [rows * H, rows * H, rows * H, rows * H, rows * H].map(floats);
  const [products, dgates] = [4 * rows * H, 4 * rows * H].map(floats);
  const original = products.slice();
  const afterProducts = (steps: (...args: number[]) => number) => (): void => {
    products.set(original);
    steps(at(ys), at(cs), at(products), at(weights[2]), at(cells), rows, H);
  };
  pair(
    'LSTM, gates and cell after the products',
    ['one after the other', afterProducts(call.stepsInTwoPasses)],
    ['in one pass', afterProducts(call.stepsInOnePass)],
    ys,
    cs,
  );

  const tanhs = floats(rows * H);
  for (let i = 0; i < tanhs.length; i++) tanhs[i] = Math.tanh(cs[i]);
  const before = dc.slice();
  const beforeProducts = (steps: (...args: number[]) => number, c: Float32Array) => (): void => {
    dc.set(before);
    steps(at(dgates), at(dh), at(dc), at(c), at(products), at(cells), rows, H);
  };
  pair(
    'LSTM, gradient of gates and cell',
    ['tanh(c) anew', beforeProducts(call.stepsBackward, cs)],
    ['tanh(c) stored', beforeProducts(call.stepsBackwardStored, tanhs)],
    dgates,
    dc,
  );

  const P = L >> 1;
  const channels = [floats(O), floats(O), floats(O), floats(O)];
  for (let c = 0; c < O; c++) channels[1][c] = 1 + c / O;
  const statistics = channels.map(at);
  const [between, rectified, pooled, argmax, dy] = [O * L, O * L, O * P, O * P, O * P].map((n) => floats(B * n));
  const [dx, drectified, dbetween] = [O * L, O * L, O * L].map((n) => floats(B * n));
  const n = B * O * L;
  pair(
    'batch norm, relu and pooling behind conv2',
    ['in one', () => call.batchNormReluPool(at(pooled), at(y), ...statistics, B, O, L, 2)],
    [
      'one after the other',
      () => {
        call.batchNorm(at(between), at(y), ...statistics, B, O, L);
        call.relu(at(rectified), at(between), n);
        call.maxPool1d(at(pooled), at(argmax), at(rectified), B * O, L, P, 2, 2, 0);
      },
    ],
    pooled,
  );
  const [mean, invStd, gain] = statistics;
  pair(
    'their gradients',
    [
      'in one',
      () => {
        dx.fill(0);
        call.batchNormReluPoolBackward(at(dx), 0, 0, at(dy), at(y), ...statistics, B, O, L, 2, 1);
      },
    ],
    [
      'one after the other',
      () => {
        for (const d of [dx, drectified, dbetween]) d.fill(0);
        call.maxPool1dBackward(at(drectified), at(dy), at(argmax), B * O, L, P);
        call.reluBackward(at(dbetween), at(drectified), at(rectified), n);
        call.batchNormBackward(at(dx), 0, 0, at(dbetween), at(y), mean, invStd, gain, B, O, L, 1);
      },
    ],
    dx,
  );
  const codes = floats(B * O * P);
  const forwards = (way: () => void) => (): void => {
    dx.fill(0);
    way();
  };
  pair(
    'the same with its gradients, and a mask between',
    [
      'the largest found again',
      forwards(() => {
        call.batchNormReluPool(at(pooled), at(y), ...statistics, B, O, L, 2);
        call.batchNormReluPoolBackward(at(dx), 0, 0, at(dy), at(y), ...statistics, B, O, L, 2, 1);
      }),
    ],
    [
      'from a mask',
      forwards(() => {
        call.batchNormReluPoolMask(at(pooled), at(codes), at(y), ...statistics, B, O, L);
        call.batchNormReluPoolMaskBackward(at(dx), at(dy), at(codes), at(y), mean, invStd, gain, B, O, L);
      }),
    ],
    pooled,
    dx,
  );
}
