import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GIANTS, measure } from './memory.ts';

const test = suite('fuzz memory');

const SLACK = 64; // MB that an engine takes or leaves, whatever it does
const SLOWEST_S = 600; // a hang

for (const [name, { reader, bound }] of Object.entries(GIANTS))
  test(`${reader}, ${name}: at most ${bound} bytes for each byte of the file`, async () => {
    const { megabytes, multiple, seconds } = await measure(name);
    assert.ok(multiple * megabytes < bound * megabytes + SLACK, `${multiple} bytes for each of ${megabytes} MB`);
    assert.ok(seconds < SLOWEST_S, `${seconds} s`);
  });

test.run();
