import { checkFields, checkKind } from '../../core/check.ts';
import type { BeatStream } from './beatStream.ts';
import type { StreamedBeats } from './output.ts';

/** Samples as they come: bare, or with the time of the first of them, s by the recorder's clock. */
export type Packet = ArrayLike<number> | { samples: ArrayLike<number>; time?: number };

/** `push` of a packet. */
export function pushPacket(op: string, stream: BeatStream, packet: Packet): StreamedBeats {
  if (Array.isArray(packet) || ArrayBuffer.isView(packet)) return stream.push(packet as ArrayLike<number>);
  checkFields(op, 'packet', packet, { samples: 'numbers' });
  const { samples, time } = packet as { samples: ArrayLike<number>; time?: number };
  return stream.push(samples, time);
}

/** What takes the results of a `TransformStream`. */
interface Controller {
  enqueue(beats: StreamedBeats): void;
}

/**
 * The transformer of a `TransformStream` of the web, from packets to beats; nothing comes of a packet without any. Its back
 * pressure is that of the stream.
 *
 * @example
 *     declare const [stream, source]: [BeatStream, { pipeThrough<T>(t: T): AsyncIterable<StreamedBeats> }];
 *     declare const TransformStream: new (transformer: object) => object;
 *     for await (const { beats } of source.pipeThrough(new TransformStream(beatTransformer(stream))))
 *       for (const { time, label } of beats) console.log(time, label);
 */
export function beatTransformer(stream: BeatStream): {
  transform(packet: Packet, controller: Controller): void;
  flush(controller: Controller): void;
} {
  checkKind('beatTransformer', 'stream', stream, 'beatStream');
  return {
    transform: (packet, controller) => give(pushPacket('beatTransformer', stream, packet), controller),
    flush: (controller) => give(stream.flush(), controller),
  };
}

function give(found: StreamedBeats, controller: Controller): void {
  if (hasAny(found)) controller.enqueue(found);
}

/** Whether there is anything to say. */
export const hasAny = ({ beats, notes }: StreamedBeats): boolean => beats.length + notes.length > 0;

/**
 * Beats from any iterable of packets, sync or async, as they are asked for; nothing comes of a packet without any.
 *
 * @example
 *     declare const [stream, packets]: [BeatStream, AsyncIterable<Float32Array>];
 *     for await (const { beats } of streamBeats(stream, packets)) console.log(beats.length);
 */
export function streamBeats(
  stream: BeatStream,
  packets: AsyncIterable<Packet> | Iterable<Packet>,
): AsyncGenerator<StreamedBeats, void, undefined> {
  checkKind('streamBeats', 'stream', stream, 'beatStream');
  const { [Symbol.asyncIterator]: iterator } = Object(packets) as Partial<AsyncIterable<Packet>>;
  if (typeof iterator !== 'function') checkKind('streamBeats', 'packets', packets, 'iterable');
  return beatsOf(stream, packets);
}

async function* beatsOf(
  stream: BeatStream,
  packets: AsyncIterable<Packet> | Iterable<Packet>,
): AsyncGenerator<StreamedBeats, void, undefined> {
  for await (const packet of packets) {
    const found = pushPacket('streamBeats', stream, packet);
    if (hasAny(found)) yield found;
  }
  const rest = stream.flush();
  if (hasAny(rest)) yield rest;
}
