import { CheckpointError, decodeSafetensors, encodeSafetensors, type Tensor, tensor, zeros } from 'dynaecg';
import ndarray from 'ndarray';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameBits, assertThrows } from '../support/asserts.ts';
import { ndarrayTest } from '../support/engine.ts';

const test = suite('formats/safetensors');

// The format: https://huggingface.co/docs/safetensors, "Format".

/** A file from its header, an object or text, and the bytes of its tensors. */
function file(header: unknown, body: ArrayLike<number> = [], padding = ''): Uint8Array {
  const text = Buffer.from((typeof header === 'string' ? header : JSON.stringify(header)) + padding, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Uint8Array.from(Buffer.concat([length, text, Uint8Array.from(body)]));
}
const littleEndian = (values: number[]): number[] => [...new Uint8Array(Float32Array.from(values).buffer)];

function headerOf(bytes: Uint8Array): { header: Record<string, { data_offsets: number[] }>; start: number } {
  const start = 8 + Number(Buffer.from(bytes).readBigUInt64LE(0));
  return { header: JSON.parse(Buffer.from(bytes.subarray(8, start)).toString('utf8')), start };
}

// ---- writing

test('a file is, byte for byte, what the format says', () => {
  const header = '{"__metadata__":{"by":"é"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const bytes = encodeSafetensors({ a: tensor([1, -2.5]) }, { by: 'é' });
  assert.is(Buffer.byteLength(header), 81);
  assert.equal(bytes, file(header, littleEndian([1, -2.5]), ' '.repeat(7))); // to 88, the next multiple of 8
});

test('whatever is written comes back with the same bits, shapes and names', () => {
  const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
  const cases: [Record<string, Tensor>, Record<string, string>][] = [
    [{}, {}],
    [{}, { only: 'metadata', ünï: '"quoted"\n\u{1f493}' }],
    [{ scalar: tensor(3.5), 'double scalar': tensor(Math.PI, undefined, { dtype: 'float64' }) }, {}],
    [{ single: tensor([-0, NAN, INF, -INF, 1e-45, 3.4e38]) }, {}],
    [{ double: tensor(Float64Array.of(-0, NAN, INF, -INF, 5e-324, 1.7e308, Math.E)) }, {}],
    [
      {
        none: zeros([0]),
        flat: zeros([3, 0, 2]),
        cube: tensor(Float32Array.from({ length: 24 }, Math.sqrt), [2, 3, 4]),
      },
      {},
    ],
    [{ 'блок.вес': tensor([1]), '重み 💓': tensor([2]), '': tensor([3]), '"\\': tensor([4]) }, { format: 'pt' }],
    [{ toString: tensor([1]), constructor: tensor([2]) }, {}],
  ];
  for (const [tensors, metadata] of cases) {
    const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
    assert.equal(read.metadata, metadata);
    assert.equal(Object.keys(read.tensors).sort(), Object.keys(tensors).sort());
    for (const [name, t] of Object.entries(tensors)) {
      const found = read.tensors[name];
      assert.is(found.dtype, t.dtype);
      assert.equal([...found.shape], [...t.shape]);
      assertSameBits(found.data, t.data, name);
    }
  }
});

test('tensors lie without holes, each at a multiple of its element size, whatever their order', () => {
  for (let n = 0; n < 20; n++) {
    const tensors = {
      [`a${'x'.repeat(n)}`]: zeros([3]),
      b: zeros([5], { dtype: 'float64' }),
      c: zeros([]),
      d: zeros([2], { dtype: 'float64' }),
    };
    const bytes = encodeSafetensors(tensors);
    const { header, start } = headerOf(bytes);
    assert.is(start % 8, 0, 'the header ends at a multiple of 8');
    const places = Object.entries(header).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
    let at = 0;
    for (const [name, { data_offsets }] of places) {
      assert.is(data_offsets[0], at);
      assert.is((start + at) % (tensors[name].dtype === 'float64' ? 8 : 4), 0);
      at = data_offsets[1];
    }
    assert.is(start + at, bytes.length);
  }
});

ndarrayTest(test, 'formats/safetensors')('a strided ndarray is written as it looks', () => {
  const view = ndarray(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3]).transpose(1, 0);
  const { tensors } = decodeSafetensors(encodeSafetensors({ view }));
  assert.equal(tensors.view.toArray(), [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
});

// ---- reading

test('every type that is read, from bytes put together by hand, wherever they lie', () => {
  const body = Buffer.alloc(8 + 8 + 4 + 2);
  body.writeDoubleLE(Math.PI, 0);
  body.writeBigInt64LE(-(2n ** 53n), 8);
  body.writeInt32LE(-7, 16);
  body.set([0, 255], 20);
  const header = {
    u8: { dtype: 'U8', shape: [2], data_offsets: [20, 22] },
    i32: { dtype: 'I32', shape: [1, 1], data_offsets: [16, 20] },
    i64: { dtype: 'I64', shape: [], data_offsets: [8, 16] },
    f64: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
  };
  for (const lead of [0, 1, 2, 3]) {
    // A view into a larger buffer, at any alignment.
    const whole = file(header, body, ' '.repeat(lead));
    const buffer = new Uint8Array(whole.length + lead);
    buffer.set(whole, lead);
    const { tensors } = decodeSafetensors(buffer.subarray(lead));
    const found = Object.entries(tensors).map(([name, t]) => [name, t.dtype, t.toArray()]);
    assert.equal(found, [
      ['u8', 'float32', [0, 255]],
      ['i32', 'float64', [[-7]]],
      ['i64', 'float64', -(2 ** 53)],
      ['f64', 'float64', [Math.PI]],
    ]);
  }
});

test('a file cut at any place is an error', () => {
  const bytes = encodeSafetensors({ a: tensor([1, 2]), b: tensor(3) }, { key: 'value' });
  for (let n = 0; n < bytes.length; n++)
    assert.throws(
      () => decodeSafetensors(bytes.subarray(0, n)),
      (e: unknown) => e instanceof CheckpointError,
    );
});

const entry = (parts: object): object => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...parts } });
const eight = littleEndian([1, 2]);
const headerOfLength = (n: bigint): Uint8Array => {
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(n);
  return bytes;
};
const TYPES = 'F64 F32 F16 BF16 I64 U64 I32 U32 I16 U16 I8 U8 BOOL';
const faults: [bytes: Uint8Array, message: string][] = [
  [new Uint8Array(0), 'expected at least 8 bytes, got 0'],
  [new Uint8Array(7), 'expected at least 8 bytes, got 7'],
  [headerOfLength(17n), 'expected a header of 17 bytes, got a file of 24'],
  [headerOfLength(100_000_001n), 'expected a header of 100000001 bytes, got a file of 24'],
  [headerOfLength(2n ** 64n - 1n), 'expected a header of 18446744073709552000 bytes, got a file of 24'],
  [file('[1]'), 'expected a JSON object as header, got [1]'],
  [file('null'), 'expected a JSON object as header, got null'],
  [file('7'), 'expected a JSON object as header, got 7'],
  [file({ __metadata__: null }), 'expected __metadata__ to hold strings by key, got null'],
  [file({ __metadata__: ['a'] }), 'expected __metadata__ to hold strings by key, got ["a"]'],
  [file({ __metadata__: { a: 1 } }), 'expected __metadata__ to hold strings by key, got {a}'],
  [file({ a: null }, eight), 'expected a to be an object, got null'],
  [file(entry({ dtype: undefined }), eight), `expected a in one of ${TYPES}, got undefined`],
  [file(entry({ dtype: 'F8_E4M3' }), eight), `expected a in one of ${TYPES}, got "F8_E4M3"`],
  [file(entry({ shape: undefined }), eight), 'expected a to have a shape, got undefined'],
  [file(entry({ shape: 2 }), eight), 'expected a to have a shape, got 2'],
  [file(entry({ shape: [-2] }), eight), 'expected a to have a shape, got [-2]'],
  [file(entry({ shape: [1.5] }), eight), 'expected a to have a shape, got [1.5]'],
  [file(entry({ shape: [3] }), eight), 'expected a F32 [3] in 12 bytes, got offsets [0,8]'],
  [file(entry({ data_offsets: undefined }), eight), 'expected a F32 [2] in 8 bytes, got offsets undefined'],
  [file(entry({ data_offsets: [8, 0] }), eight), 'expected a F32 [2] in 8 bytes, got offsets [8,0]'],
  [file(entry({ data_offsets: [-8, 0] }), eight), 'expected a F32 [2] in 8 bytes, got offsets [-8,0]'],
  [file(entry({ data_offsets: ['0', 8] }), eight), 'expected a F32 [2] in 8 bytes, got offsets ["0",8]'],
  [file(entry({ data_offsets: [0, 4] }), eight), 'expected a F32 [2] in 8 bytes, got offsets [0,4]'],
  [file(entry({}), eight.slice(1)), 'expected 8 bytes after the header, as it announces, got 7'],
  [file(entry({}), [...eight, 0]), 'expected 8 bytes after the header, as it announces, got 9'],
  [file({}, [0]), 'expected 0 bytes after the header, as it announces, got 1'],
  [
    file({ ...entry({}), b: { dtype: 'U8', shape: [2], data_offsets: [6, 8] } }, eight),
    'expected b to begin where another ends, at 8, got an overlap from 6',
  ],
  [
    file({ ...entry({}), b: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, eight),
    'expected b to begin where another ends, at 8, got an overlap from 0',
  ],
  [
    file({ ...entry({}), b: { dtype: 'U8', shape: [1], data_offsets: [9, 10] } }, [...eight, 0, 0]),
    'expected b to begin where another ends, at 8, got a gap up to 9',
  ],
  [
    file(entry({ data_offsets: [1, 9] }), [0, ...eight]),
    'expected a to begin where another ends, at 0, got a gap up to 1',
  ],
  [file(entry({ data_offsets: [0, 8, 8] }), eight), 'expected a F32 [2] in 8 bytes, got offsets [0,8,8]'],
  [
    file(
      '{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}',
      [0],
    ),
    'expected every name once in its object, got one twice',
  ],
  [
    file('{"a":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}}', [0]),
    'expected every name once in its object, got one twice',
  ],
  [
    file(`{${Array.from({ length: 1000 }, (_, i) => `"${i}":{}`).join()}}`),
    'expected dtype, shape and data_offsets in each of 1000 entries, got 1000 names in all',
  ],
  [
    file(`{"__metadata__":{${Array.from({ length: 65_537 }, (_, i) => `"${i}":""`).join()}}}`),
    'expected at most 65536 names in an entry of the header, got more',
  ],
  [file(`{"a":${'['.repeat(1e6)}`), 'expected a header of at most 3 levels, got one more at its byte 7'],
  [file('{"\\ud800":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}', [0]), 'expected names in Unicode, got "\\ud800"'],
  [file('{"__metadata__":{"a":"\\ud800"}}'), 'expected __metadata__ to hold strings by key, got {a}'],
  [
    file({ a: { dtype: 'I64', shape: [2], data_offsets: [0, 16] } }, [
      ...new Uint8Array(BigInt64Array.of(1n, 2n ** 53n + 1n).buffer),
    ]),
    'expected a to hold whole numbers up to 2^53, got a larger one at 1',
  ],
  [
    file({ a: { dtype: 'U64', shape: [1], data_offsets: [0, 8] } }, [
      ...new Uint8Array(BigUint64Array.of(2n ** 64n - 1n).buffer),
    ]),
    'expected a to hold whole numbers up to 2^53, got a larger one at 0',
  ],
  [file(entry({ shape: [2 ** 40, 2 ** 40] }), eight), 'expected a to be of a size, got [1099511627776,1099511627776]'],
];
for (const [bytes, message] of faults)
  test(message, () => assertThrows(() => decodeSafetensors(bytes), CheckpointError, `decodeSafetensors: ${message}`));

for (const [name, bytes] of [
  ['broken JSON', file('{"a":')],
  ['an empty header', file('')],
  ['bytes that are no UTF-8', file('{"a":1}').map((b, i) => (i === 10 ? 0xff : b))],
] as const)
  test(`a header of ${name} is an error`, () => {
    assert.throws(
      () => decodeSafetensors(bytes),
      (e: unknown) =>
        e instanceof CheckpointError && e.message.startsWith('decodeSafetensors: expected a JSON header, got '),
    );
  });

test.run();
