// Sizes that a header claims, up to what a number holds: nothing is allocated, and each fault has its own message.
import { CheckpointError, decodeSafetensors } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { throwsWith } from '../support/asserts.ts';

const test = suite('safetensors sizes');

/** A file with one entry, `a`, and this many bytes after the header. */
function claiming(dtype: string, shape: number[], to: number, bytes = 0): Uint8Array {
  const json = JSON.stringify({ a: { dtype, shape, data_offsets: [0, to] } });
  const file = Buffer.alloc(8 + json.length + bytes);
  file.writeBigUInt64LE(BigInt(json.length));
  file.write(json, 8);
  return file;
}

test('bytes of a tensor up to 2^53 - 1', () => {
  const refused = (dtype: string, shape: number[], to: number, ...parts: string[]): void =>
    throwsWith(() => decodeSafetensors(claiming(dtype, shape, to)), CheckpointError, ...parts);
  for (const [dtype, bytes] of Object.entries({ F64: 8, F32: 4, F16: 2, U8: 1 })) {
    const most = 2 ** 53 / bytes;
    refused(dtype, [2, most / 2], 2 ** 53, 'a to be of a size');
    refused(dtype, [4, most / 2], 2 ** 54, 'a to be of a size');
    refused(dtype, [most - 1], 2 ** 53 - bytes, 'after the header', 'got 0');
    refused(dtype, [most - 1], 8, 'a', 'got offsets');
  }
  refused('U8', [2 ** 26, 2 ** 26, 2 ** 26], 8, 'a to be of a size');
});

test('none, one, and as many as there are', () => {
  for (const shape of [[0], [2 ** 40, 0], [0, 2 ** 40]])
    assert.equal([...decodeSafetensors(claiming('F32', shape, 0)).tensors['a'].shape], shape);
  assert.equal([...decodeSafetensors(claiming('U8', [], 1, 1)).tensors['a'].data], [0]);
  assert.is(decodeSafetensors(claiming('F64', [3], 24, 24)).tensors['a'].size, 3);
  throwsWith(() => decodeSafetensors(claiming('F64', [3], 24, 23)), CheckpointError, '24 bytes after', 'got 23');
  throwsWith(() => decodeSafetensors(claiming('F64', [3], 24, 25)), CheckpointError, '24 bytes after', 'got 25');
});

test.run();
