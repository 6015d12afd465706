import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBase64, encodeBase64 } from '../../src/core/base64.ts';

const test = suite('core/base64');

test('decodes what Node encodes, with and without padding, and encodes the same', () => {
  for (let n = 0; n < 20; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 89 + n * 31) & 0xff);
    const text = Buffer.from(bytes).toString('base64');
    assert.equal(decodeBase64(text), bytes);
    assert.is(encodeBase64(bytes), text);
  }
});

test.run();
