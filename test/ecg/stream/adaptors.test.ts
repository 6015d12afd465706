import { ArgumentError } from 'dynaecg';
import { BeatStream, beatTransformer, type Packet, type StreamedBeats, streamBeats } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { model, RATE, samples } from '../../support/annotated.ts';
import { joined, streamed } from '../../support/streamed.ts';

const test = suite('ecg/stream/adaptors');
const SIZE = 500;
const stream = (): BeatStream => new BeatStream(model, { rate: RATE });
const expected = streamed(stream(), samples);

/** The samples in packets, some of them with their time; counts how many were taken. */
function* packets(taken = { count: 0 }): Generator<Packet> {
  for (let i = 0; i < samples.length; i += SIZE) {
    taken.count++;
    const part = samples.subarray(i, i + SIZE);
    yield i % 3 === 0 ? part : { samples: part, ...(i % 2 === 0 ? { time: i / RATE } : {}) };
  }
}

async function* later(taken?: { count: number }): AsyncGenerator<Packet> {
  for (const packet of packets(taken)) yield await Promise.resolve(packet);
}

test('iterables, sync and async: the same beats, as they are asked for', async () => {
  for (const source of [packets, later]) {
    const taken = { count: 0 };
    const parts: StreamedBeats[] = [];
    for await (const found of streamBeats(stream(), source(taken))) {
      parts.push(found);
      assert.ok(taken.count < samples.length / SIZE + 1);
    }
    assert.equal(joined(parts), expected);
    const some = { count: 0 };
    const beats = streamBeats(stream(), source(some));
    await beats.next();
    const { count } = some;
    await new Promise((done) => setTimeout(done, 20));
    assert.ok(count > 0 && some.count === count && count < 20, 'nothing is taken ahead');
    await beats.return();
  }
});

test('a TransformStream: the same beats, and no more packets than there is room for', async () => {
  const parts: StreamedBeats[] = [];
  const whole = new ReadableStream<Packet>({
    start: (controller) => {
      for (const packet of packets()) controller.enqueue(packet);
      controller.close();
    },
  }).pipeThrough(new TransformStream(beatTransformer(stream())));
  const reader = whole.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  assert.equal(joined(parts), expected);

  const taken = { count: 0 };
  const source = packets(taken);
  const slow = new ReadableStream<Packet>(
    {
      pull: (controller) => {
        const { value, done } = source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 1 },
  ).pipeThrough(new TransformStream(beatTransformer(stream())));
  await new Promise((done) => setTimeout(done, 50));
  assert.ok(taken.count < 12, `${taken.count} packets of which nothing was read`);
  await slow.cancel();
});

test('what is no packet is an error where it is read', async () => {
  const wrong = [5] as unknown as Packet[];
  let thrown: unknown;
  try {
    for await (const _ of streamBeats(stream(), wrong));
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, ArgumentError);
  assert.is((thrown as Error).message, 'streamBeats: expected packet to be an object, got 5');
});

test.run();
