import {
  CheckpointError,
  decodeCheckpoint,
  decodeSafetensors,
  decodeTrainingState,
  encodeCheckpoint,
  encodeSafetensors,
  encodeTrainingState,
} from 'dynaecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import { edited, samples } from './edits.ts';
import { fuzz } from './harness.ts';
import { NUMBERS, VALUES } from './hostile.ts';
import { checkpoint, editMetadata, editSafetensors, fileOf, safetensors, state } from './safetensors.ts';

const test = suite('fuzz safetensors');
const refuses = [CheckpointError];

/** Headers of entries that are right one by one or not, in every type. */
const entries = fc
  .array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', '__proto__', '__metadata__', '\\u0000'),
      dtype: fc.constantFrom(...'F64 F32 F16 BF16 I64 U64 I32 U32 I16 U16 I8 U8 BOOL C64 F8_E4M3'.split(' ')),
      shape: fc.constantFrom('[]', '[0]', '[1]', '[2]', '[1,1]', '[4294967296,4294967296,0]', ...VALUES),
      from: fc.constantFrom('0', '8', '4', '2', ...NUMBERS),
      to: fc.constantFrom('8', '4', '2', '1', '0', '16', ...NUMBERS),
    }),
    { maxLength: 3 },
  )
  .map((list) =>
    list.map((e) => `"${e.name}":{"dtype":"${e.dtype}","shape":${e.shape},"data_offsets":[${e.from},${e.to}]}`),
  );
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.tuple(entries, fc.uint8Array({ maxLength: 16 })).map(([list, body]) => fileOf(`{${list.join()}}`, body)),
);

fuzz(test, {
  name: 'decodeSafetensors',
  valid: safetensors,
  near: edited(samples(safetensors), editSafetensors),
  noise,
  read: (file) => decodeSafetensors(file),
  refuses,
  again: ({ tensors, metadata }) => decodeSafetensors(encodeSafetensors(tensors, metadata)),
});

fuzz(test, {
  name: 'decodeTrainingState',
  valid: state,
  near: edited(samples(state), (file, list, other) =>
    list[0][0] % 3 ? editMetadata(file, list, ['numbers']) : editSafetensors(file, list, other),
  ),
  noise,
  read: (file) => decodeTrainingState(file),
  refuses,
  again: (read) => decodeTrainingState(encodeTrainingState(read)),
});

fuzz(test, {
  name: 'decodeCheckpoint',
  valid: checkpoint,
  near: edited(samples(checkpoint), (file, list, other) =>
    list[0][0] % 3 ? editMetadata(file, list, ['state', 'extra', 'configuration']) : editSafetensors(file, list, other),
  ),
  noise,
  read: (file) => decodeCheckpoint(file),
  refuses,
  again: (read) => decodeCheckpoint(encodeCheckpoint(read)),
});

test.run();
