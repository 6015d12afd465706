// The ends of every type's range, written by Node's Buffer and by hand: the value, and the dtype that holds it.
import { decodeSafetensors } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('safetensors types');

type Write = (buffer: Buffer, at: number) => void;
const INF = Number.POSITIVE_INFINITY;

const types: Record<string, [dtype: string, bytes: number, ...values: [value: number, write: Write][]]> = {
  F64: ['float64', 8, [5e-324, (b, at) => b.writeDoubleLE(5e-324, at)], [-INF, (b, at) => b.writeDoubleLE(-INF, at)]],
  F32: [
    'float32',
    4,
    [2 ** -149, (b, at) => b.writeFloatLE(2 ** -149, at)],
    [-INF, (b, at) => b.writeFloatLE(-INF, at)],
  ],
  F16: [
    'float32',
    2,
    [65504, (b, at) => b.writeUInt16LE(0x7bff, at)],
    [-(2 ** -24), (b, at) => b.writeUInt16LE(0x8001, at)],
  ],
  BF16: ['float32', 2, [-1.5, (b, at) => b.writeUInt16LE(0xbfc0, at)], [2 ** -133, (b, at) => b.writeUInt16LE(1, at)]],
  I64: [
    'float64',
    8,
    ...[2 ** 53, -(2 ** 53)].map((v): [number, Write] => [v, (b, at) => b.writeBigInt64LE(BigInt(v), at)]),
  ],
  U64: ['float64', 8, ...[2 ** 53, 0].map((v): [number, Write] => [v, (b, at) => b.writeBigUInt64LE(BigInt(v), at)])],
  I32: ['float64', 4, ...[2 ** 31 - 1, -(2 ** 31)].map((v): [number, Write] => [v, (b, at) => b.writeInt32LE(v, at)])],
  U32: ['float64', 4, ...[2 ** 32 - 1, 0].map((v): [number, Write] => [v, (b, at) => b.writeUInt32LE(v, at)])],
  I16: ['float32', 2, ...[32767, -32768].map((v): [number, Write] => [v, (b, at) => b.writeInt16LE(v, at)])],
  U16: ['float32', 2, ...[65535, 0].map((v): [number, Write] => [v, (b, at) => b.writeUInt16LE(v, at)])],
  I8: ['float32', 1, ...[127, -128].map((v): [number, Write] => [v, (b, at) => b.writeInt8(v, at)])],
  U8: ['float32', 1, ...[255, 0].map((v): [number, Write] => [v, (b, at) => b.writeUInt8(v, at)])],
  BOOL: ['float32', 1, ...[1, 0].map((v): [number, Write] => [v, (b, at) => b.writeUInt8(v, at)])],
};

for (const [type, [dtype, bytes, ...values]] of Object.entries(types))
  test(type, () => {
    const end = bytes * values.length;
    const json = JSON.stringify({ a: { dtype: type, shape: [values.length], data_offsets: [0, end] } });
    const file = Buffer.alloc(8 + json.length + end);
    file.writeBigUInt64LE(BigInt(json.length));
    file.write(json, 8);
    for (const [i, [, write]] of values.entries()) write(file, 8 + json.length + i * bytes);
    const { a } = decodeSafetensors(file).tensors;
    assert.is(a.dtype, dtype);
    assert.equal(
      [...a.data],
      values.map(([value]) => value),
    );
  });

test.run();
