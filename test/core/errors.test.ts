import { ArgumentError, CheckpointError, DataError, DynaecgError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('errors');

test('messages show control and format characters, line ends and halves of pairs escaped', () => {
  for (const type of [DynaecgError, ArgumentError, CheckpointError, DataError]) {
    const { message, stack } = new type('lead \u001b[31mII\u009b, \u202ea\u2028\n\t\0\u007f, \ud800, é 💓 "\\');
    assert.is(message, 'lead \\u001b[31mII\\u009b, \\u202ea\\u2028\\u000a\\u0009\\u0000\\u007f, \\ud800, é 💓 "\\');
    assert.ok(stack?.includes(message), stack);
  }
});

test('messages keep both ends of a text that is far too long, and the cause', () => {
  const cause = new Error('x');
  const error = new DataError(`expected ${'x'.repeat(1e6)}, got y`, { cause });
  assert.is(error.message.length, 4005);
  assert.ok(error.message.startsWith('expected x') && error.message.endsWith('x, got y'));
  assert.is(error.cause, cause);
  assert.is(new DataError('x'.repeat(4000)).message.length, 4000);
});

test.run();
