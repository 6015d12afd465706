import { CheckpointError, decodeTrainingState, encodeSafetensors, encodeTrainingState } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { throwsWith } from '../support/asserts.ts';

const test = suite('trainingState');
const file = (numbers: string): Uint8Array => encodeSafetensors({}, { format: 'dynaecg training 1', numbers });

test('numbers are an object, of which every part can be written again', () => {
  assert.equal(decodeTrainingState(file('{"a":[1,{"b":null}]}')).numbers, { a: [1, { b: null }] });
  const refused = (numbers: string, got: string): void =>
    throwsWith(() => decodeTrainingState(file(numbers)), CheckpointError, 'a JSON object under numbers', got);
  refused('[1]', 'got [1]');
  refused('null', 'got null');
  refused('"a"', 'got "a"');
  refused('{', 'got "{"');
  refused('{"a":[1e400]}', 'a number beyond float64');
  refused('{"a":-1e400}', 'a number beyond float64');
  refused('['.repeat(100_000), 'more than 64 levels');
  refused(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'more than 64 levels');
  const bytes = encodeSafetensors({}, { format: 'dynaecg training 1' });
  throwsWith(() => decodeTrainingState(bytes), CheckpointError, 'under numbers, got nothing');
});

test('brackets in texts are no levels', () => {
  const numbers = { text: '['.repeat(1000), '"\\[': 1 };
  assert.equal(decodeTrainingState(encodeTrainingState({ numbers, tensors: {} })).numbers, numbers);
});

test.run();
