/** Samples in a file: written part by part, read as they are asked for. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DataError,
  Dataset,
  type DatasetLike,
  DynaecgError,
  dataChecksum,
  decodeSafetensors,
  encodeSafetensors,
  Random,
  Tensor,
  zeros,
} from 'dynaecg';
import { openDataset, saveDataset } from 'dynaecg/node';
import * as assert from 'uvu/assert';
import { throwsWith } from '../support/asserts.ts';
import { suite } from '../support/backends.ts';
import { bits, courses, told } from '../support/trainers.ts';
import { inFolder } from '../support/wfdbRecords.ts';

const test = suite('node/dataset');

/** Parts of some samples with everything that samples can have; the third is empty. */
function partsOf(dtype: 'float32' | 'float64', named: boolean): DatasetLike[] {
  const random = new Random('parts');
  const numbers = (n: number) => {
    const values = Float64Array.from({ length: n }, () => random.normal());
    return dtype === 'float64' ? values : Float32Array.from(values);
  };
  return [5, 1, 0, 7].map((n, p) => ({
    x: new Tensor(numbers(n * 6), [n, 2, 3]),
    context: new Tensor(numbers(n * 2), [n, 2]),
    labels: Array.from({ length: n }, (_, i) =>
      named ? ['walk', 'run', 'lie'][(i + p) % 3] : (i + p) % 3,
    ) as number[],
    groups: Array.from({ length: n }, () => (named ? `patient ${9 - p}` : -p)) as number[],
  }));
}

/** All parts as one set. */
function together(parts: readonly DatasetLike[]): DatasetLike {
  const all = parts
    .filter(({ labels }) => labels.length > 0)
    .map(({ x, context, ...rest }) => ({ x: x as Tensor, context: context as Tensor, ...rest }));
  const N = all.reduce((sum, { labels }) => sum + labels.length, 0);
  const join = (of: (part: (typeof all)[number]) => Tensor): Tensor => {
    const tensors = all.map(of);
    const flat = tensors.flatMap(({ data }) => [...data]);
    const data = tensors[0].dtype === 'float64' ? Float64Array.from(flat) : Float32Array.from(flat);
    return new Tensor(data, [N, ...tensors[0].shape.slice(1)]);
  };
  return {
    x: join(({ x }) => x),
    context: join(({ context }) => context),
    labels: all.flatMap(({ labels }) => Array.from<number | string>(labels) as number[]),
    groups: all.flatMap(({ groups }) => Array.from<number | string>(groups!) as number[]),
  };
}

for (const dtype of ['float32', 'float64'] as const)
  for (const named of [false, true])
    test(`what is written part by part is read in any order: ${dtype}, ${named ? 'names' : 'numbers'}`, () =>
      inFolder((dir) => {
        const path = join(dir, 'set');
        const parts = partsOf(dtype, named);
        saveDataset(path, parts);
        assert.equal(readdirSync(dir), ['set']);
        const expected = together(parts);
        const file = openDataset(path);
        assert.equal([file.length, [...file.sampleShape]], [13, [2, 3]]);
        assert.equal(Array.from<number | string>(file.labels), expected.labels);
        assert.equal(Array.from<number | string>(file.groups!), expected.groups);
        const memory = new Dataset(expected);
        for (const order of [[...Array(13).keys()], [12, 0, 1, 2, 2, 3, 11, 10, 5], [], [4]]) {
          const at = Int32Array.from(order);
          const { x, context, labels, groups } = file.get(at);
          const wanted = memory.take(at);
          assert.equal([x.dtype, [...x.shape]], [dtype, [order.length, 2, 3]]);
          assert.equal(x.data, wanted.x.data);
          assert.equal(context!.data, wanted.context!.data);
          assert.equal(
            [...(labels as number[])],
            order.map((i) => expected.labels[i]),
          );
          assert.equal(
            [...(groups as number[])],
            order.map((i) => expected.groups![i]),
          );
        }
        assert.is(dataChecksum(file), dataChecksum(expected), 'of the same samples');
        file.close();
        file.close();
        throwsWith(() => file.get(Int32Array.of(0)), DataError, `get: expected ${path} to be open, got it closed`);
      }));

test('it is a safetensors file, and one that others have written will do', () =>
  inFolder((dir) => {
    const path = join(dir, 'set');
    const parts = partsOf('float32', true);
    saveDataset(path, parts);
    const { tensors } = decodeSafetensors(readFileSync(path));
    const whole = together(parts);
    assert.equal(tensors['x'].data, (whole.x as Tensor).data);
    assert.equal(tensors['context'].data, (whole.context as Tensor).data);
    const names = JSON.parse(String.fromCharCode(...tensors['labels.names'].data)) as string[];
    assert.equal(
      Array.from(tensors['labels'].data, (k) => names[k]),
      whole.labels,
    );
    assert.equal(names, ['lie', 'run', 'walk'], 'those of the first part, ascending');

    // as by Python: labels of 64 bits, and whatever else there is
    const floats = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const longs = new Uint8Array(BigInt64Array.of(7n, -2n).buffer);
    writeFileSync(
      path,
      safetensors({ labels: ['I64', [2], longs], x: ['F32', [2, 2], floats], y: ['U8', [3], floats.subarray(3, 6)] }),
    );
    const file = openDataset(path);
    assert.equal([file.length, [...file.sampleShape], [...file.labels], file.groups], [2, [2], [7, -2], undefined]);
    const { x, context, labels } = file.get([1, 0]);
    assert.equal([[...x.data], context, Array.from<number | string>(labels)], [[3, 4, 1, 2], undefined, [-2, 7]]);
    file.close();
  }));

/** A safetensors file with these tensors, in their order. */
function safetensors(tensors: Record<string, [dtype: string, shape: number[], bytes: Uint8Array]>): Uint8Array {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, [dtype, shape, { length }]]) => {
    end += length;
    return [name, { dtype, shape, data_offsets: [end - length, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(([, , bytes]) => bytes)]);
}

test('trainers learn the same from a file as from memory', () =>
  inFolder((dir) => {
    const path = join(dir, 'set');
    const small = told(20, 1);
    const whole = new Dataset(small);
    saveDataset(path, [whole.slice(0, 17), whole.slice(17)]);
    for (const name of ['TripletTrainer', 'ClassifierTrainer', 'Trainer'] as const) {
      const train = (data: DatasetLike | ReturnType<typeof openDataset>) => {
        const { steps, model } = courses[name]('file', { data });
        return { steps: [...steps(2)], weights: bits(model) };
      };
      const file = openDataset(path);
      assert.equal(train(file), train(small), name);
      file.close();
    }
  }));

const x = (...shape: number[]): Tensor => zeros(shape);

test('parts that do not fit together are errors, and leave the file as it was', () =>
  inFolder((dir) => {
    const path = join(dir, 'set');
    const plain = { x: x(2, 3), labels: [0, 1] };
    const full = { ...plain, context: x(2, 1), groups: [1, 1] };
    saveDataset(path, [plain]);
    const before = readFileSync(path);
    const form = (what: string): string =>
      `saveDataset: expected parts[1] of float32 samples [3], ${what}, got float32 samples`;
    const wrong: [parts: DatasetLike[], message: string][] = [
      [[], 'saveDataset: expected parts with samples, got none'],
      [[{ x: x(0, 3), labels: [] }], 'saveDataset: expected parts with samples, got none'],
      [[plain, { x: x(2, 4), labels: [0, 1] }], `${form('numbers for labels, like those before')} [4]`],
      [
        [plain, { x: zeros([2, 3], { dtype: 'float64' }), labels: [0, 1] }],
        'got float64 samples [3], numbers for labels',
      ],
      [[plain, { ...plain, labels: ['a', 'b'] }], 'got float32 samples [3], names for labels'],
      [
        [full, plain],
        `${form('1 numbers of float32 context, numbers for labels, numbers for groups, like those before')} [3]`,
      ],
      [[full, { ...full, groups: ['a', 'a'] }], 'names for groups'],
      [[full, { ...full, context: x(2, 2) }], 'got float32 samples [3], 2 numbers of float32 context'],
      [[plain, { ...plain, labels: [0] }], 'saveDataset: expected 2 labels for 2 samples, got 1'],
      [
        [plain, { x: new Tensor(new Float32Array(6).fill(Number.NaN), [2, 3]), labels: [0, 1] }],
        'saveDataset: expected finite values',
      ],
    ];
    for (const [parts, message] of wrong) throwsWith(() => saveDataset(path, parts), DataError, message);
    const failing = function* (): Generator<DatasetLike> {
      yield plain;
      throw new RangeError('of the caller');
    };
    throwsWith(() => saveDataset(path, failing()), RangeError, 'of the caller');
    assert.equal(readdirSync(dir), ['set']);
    assert.equal(readFileSync(path), before);
    throwsWith(
      () => saveDataset(join(dir, 'absent', 'set'), [plain]),
      DataError,
      `saveDataset: expected to write ${join(dir, 'absent', 'set')}, got ENOENT`,
    );
  }));

test('files that hold anything else are errors that name them', () =>
  inFolder((dir) => {
    const path = join(dir, 'set');
    saveDataset(path, [{ x: x(20, 3), labels: new Int32Array(20) }]);
    const bytes = readFileSync(path);
    const three = new Uint8Array(12);
    const good: Parameters<typeof safetensors>[0] = { x: ['F32', [3, 1], three], labels: ['I32', [3], three] };
    const one = Uint8Array.of(0, 0, 0, 1);
    const files: [contents: Uint8Array | null, message: string][] = [
      [null, 'ENOENT'],
      [bytes.subarray(0, 4), 'expected at least 8 bytes, got 4'],
      [bytes.subarray(0, 100), 'got a file of 100'],
      [bytes.subarray(0, -1), 'bytes after the header, as it announces, got'],
      [encodeSafetensors({ y: x(2) }), 'expected x (N,...) of type F32, F64, got none'],
      [safetensors({ ...good, x: ['F16', [3, 2], three] }), 'expected x (N,...) of type F32, F64, got F16 [3,2]'],
      [safetensors({ ...good, x: ['F32', [3], three] }), 'got F32 [3]'],
      [safetensors({ ...good, labels: ['I32', [1, 3], three] }), 'expected labels (N) with N=3 of type I64,'],
      [safetensors({ ...good, labels: ['F32', [3], three] }), 'got F32 [3]'],
      [
        safetensors({ ...good, context: ['F32', [3], three] }),
        'expected context (N,F) with N=3 of type F32, F64, got F32 [3]',
      ],
      [safetensors({ ...good, groups: ['I32', [1], one] }), 'expected groups (N) with N=3'],
      [
        safetensors({ ...good, labels: ['U32', [3], Buffer.concat([one, one, Buffer.alloc(4, 255)])] }),
        'expected labels within 32 bits, got 4294967295 at 2',
      ],
      [
        safetensors({ ...good, 'labels.names': ['U8', [2], Buffer.from('[]')] }),
        'expected labels.names with a name for 0, got none at 0',
      ],
      [
        safetensors({ ...good, 'labels.names': ['U8', [2], Buffer.from('{}')] }),
        'expected labels.names with a name for 0',
      ],
    ];
    for (const [i, [contents, message]] of files.entries()) {
      const bad = join(dir, `bad${i}`);
      if (contents) writeFileSync(bad, contents);
      throwsWith(() => openDataset(bad), DataError, `openDataset: expected a dataset in ${bad}, got: `, message);
    }
    const file = openDataset(path);
    truncateSync(path, bytes.length - 100);
    file.get([0]);
    throwsWith(() => file.get([19]), DataError, `get: expected to read ${path}, got expected `, 'bytes');
    for (const at of [-1, 20, 0.5]) throwsWith(() => file.get([at]), DynaecgError, `got ${at}`);
    file.close();
  }));

test.run();
