import { Transform } from 'node:stream';
import { checkKind } from '../core/check.ts';
import { hasAny, type Packet, pushPacket } from '../ecg/stream/adaptors.ts';
import type { BeatStream } from '../ecg/stream/beatStream.ts';
import type { StreamedBeats } from '../ecg/stream/output.ts';

/**
 * A Node.js stream from packets of samples to beats, both in object mode; nothing comes of a packet without any. What throws
 * destroys it with the error.
 *
 * @example
 *     declare const [stream, packets]: [BeatStream, NodeJS.ReadableStream];
 *     for await (const { beats } of packets.pipe(beatTransform(stream))) console.log(beats.length);
 */
export function beatTransform(stream: BeatStream): Transform {
  checkKind('beatTransform', 'stream', stream, 'beatStream');
  type Done = (error?: Error | null, found?: StreamedBeats) => void;
  const answer = (found: () => StreamedBeats, done: Done): void => {
    try {
      const all = found();
      done(null, hasAny(all) ? all : undefined);
    } catch (error) {
      done(error as Error);
    }
  };
  return new Transform({
    objectMode: true,
    transform: (packet: Packet, _encoding, done) => answer(() => pushPacket('beatTransform', stream, packet), done),
    flush: (done) => answer(() => stream.flush(), done),
  });
}
