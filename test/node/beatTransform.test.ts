import { Readable } from 'node:stream';
import { ArgumentError } from 'dynaecg';
import { BeatStream, type StreamedBeats } from 'dynaecg/ecg';
import { beatTransform } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, RATE, samples } from '../support/annotated.ts';
import { joined, streamed } from '../support/streamed.ts';

const test = suite('node/beatTransform');
const SIZE = 100;
const stream = (): BeatStream => new BeatStream(model, { rate: RATE });

function* packets(taken = { count: 0 }): Generator<Float32Array> {
  for (let i = 0; i < samples.length; i += SIZE) {
    taken.count++;
    yield samples.subarray(i, i + SIZE);
  }
}

test('the same beats, at the pace of the reader', async () => {
  const parts: StreamedBeats[] = [];
  for await (const found of Readable.from(packets()).pipe(beatTransform(stream()))) parts.push(found);
  assert.equal(joined(parts), streamed(stream(), samples));

  const taken = { count: 0 };
  const unread = Readable.from(packets(taken)).pipe(beatTransform(stream()));
  await new Promise((done) => setTimeout(done, 100));
  assert.ok(taken.count < samples.length / SIZE / 2, `${taken.count} packets of which nothing was read`);
  unread.destroy();
});

test('what throws ends it with the error', async () => {
  let thrown: unknown;
  try {
    for await (const _ of Readable.from([samples.subarray(0, SIZE), 'nonsense']).pipe(beatTransform(stream())));
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, ArgumentError);
  assert.is((thrown as Error).message, 'beatTransform: expected packet to be an object, got "nonsense"');
});

test.run();
