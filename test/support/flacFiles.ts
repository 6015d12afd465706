// FLAC files of the reference encoder, version 1.4.2 (`apt-get install flac`), made by these lines of Python, and what they hold.
//
//     import subprocess, base64
//     def noise(i, m): return i * i * 7919 % 10007 % m
//     def wave(i): return 4 * abs(i * 13 % 400 - 200) - 400 + noise(i, 9)
//     def encode(name, channels, bits, *args):
//         size = bits // 8
//         raw = b''.join((v & (1 << bits) - 1).to_bytes(size, 'little') for vs in zip(*channels) for v in vs)
//         fixed = ['--force-raw-format', '--endian=little', '--sign=signed', '--sample-rate=250', '--no-padding', '--no-seektable', '--lax', '-sc']
//         out = subprocess.run(['flac', *fixed, f'--channels={len(channels)}', f'--bps={bits}', *args, '-'], input=raw, capture_output=True, check=True).stdout
//         print(name, base64.b64encode(out).decode())
//     n = range(100)
//     encode('stereo', [[wave(i) for i in n], [wave(i) + noise(i, 3) for i in n]], 16, '-8')
//     encode('sides', [[wave(i) for i in n], [noise(i, 4) - wave(i) // 50 for i in n]], 16, '-8', '-b', '32')
//     encode('left', [[noise(i,700)-350 for i in n], [noise(i,700)-350 + i % 2 for i in n]], 16, '-5')
//     encode('right', [[noise(i,300) -noise(i,7)*20 for i in n], [noise(i,300) for i in n]], 16, '-5','-b','32')
//     encode('narrow', [[wave(i) // 8 for i in n]], 8, '-0')
//     encode('wasted', [[16 * wave(i) for i in n]], 16, '-5')
//     encode('wide', [[-(1 << 23) for i in n], [900 * noise(i, 9001) - 4000000 for i in n], [9000 * wave(i) for i in n]], 24, '-8')
//     ys = [300, 320]
//     for i in range(198): ys.append((31 * ys[-1] >> 4) - ys[-2] + noise(i, 5) - 2)
//     encode('linear', [ys], 16, '-8')

import { crc8, crc16 } from '../../src/ecg/wfdb/flac/crc.ts';

const noise = (i: number, m: number): number => ((i * i * 7919) % 10007) % m;
const wave = (i: number): number => 4 * Math.abs(((i * 13) % 400) - 200) - 400 + noise(i, 9);
const n = Array.from({ length: 100 }, (_, i) => i);

function resonance(): number[] {
  const y = [300, 320];
  for (let i = 0; i < 198; i++) y.push(((31 * y[i + 1]) >> 4) - y[i] + noise(i, 5) - 2);
  return y;
}

/** A file, its samples by channel, and what it has that others do not. */
export interface FlacFile {
  name: string;
  about: string;
  bytes: Uint8Array;
  channels: number[][];
  bitsPerSample: number;
}

const of = (name: string, about: string, base64: string, channels: number[][], bitsPerSample = 16): FlacFile => ({
  ...{ name, about, channels, bitsPerSample },
  bytes: Uint8Array.from(Buffer.from(base64, 'base64')),
});

export const FLAC_FILES: readonly FlacFile[] = [
  of(
    'stereo',
    'fixed prediction, its order by channel',
    'ZkxhQwAAACIQABAAAAAAAAAAAA+i8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G6IAGMAGcEUAZABZAE/GMIIIwQTSRSiBwCUIwjKcIRgknB8AEUEUoooQgmhKMUgB56EUk0kUEUk0IQAiB9FCCCMYQQRikmSAAgmlBNCEIwhGMvAD4RQ/7/hAAIijVaNYo7FGrGiIsdYo8Wji0eKNWNERFGq3Xcejg==',
    [n.map(wave), n.map((i) => wave(i) + noise(i, 3))],
  ),
  of(
    'sides',
    'blocks of 32, the difference to the left or from the right channel, verbatim',
    'ZkxhQwAAACIAIAAgAAAAAAAAAA+i8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G4YAB8AGfkUAZABZAzfJWQIZMEFmUSVKiwRQQhSIbRJOD4l//AAhKhZESqC1D8maOh+IMv9//huGAEfABnvFAFSASIBEUoooQgmhKMUgB56EUk0kUEUk0IQAiB8S//wAcWRJKFZFe2jQ62yYsHy//huGAIfABnVFAEQANwMoEILZDIJkpqeIQKZlQWQGwqVuD8hwEv/8AEiSqFkRW2R0P8jcTRNFv/4bhgDAwAZmwIA0wCjAGsAOgL//f/9//4AAV15',
    [n.map(wave), n.map((i) => noise(i, 4) - Math.floor(wave(i) / 50))],
  ),
  of(
    'left',
    'the left channel and the difference',
    'ZkxhQwAAACIQABAAAAAAAAAAAA+i8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G6IAGMAGcEQAg3aC71WJ2z5pCcrfdSpLhvp5FVm45svJ5EULK6pJu1QbgqRZJmZsoTsE706Ockv5ZyPtPnuK8HcaY0DWqUgrDuzXVOKarlBa9T+8TupcltS4q/HTC7qoRaGOg2ZDsR0FIfBEWUQ14fPQmc2ZpNpkifF81xjV8dznFLVsu4gAFttttttttttttttttttttttttreCA==',
    [n.map((i) => noise(i, 700) - 350), n.map((i) => noise(i, 700) - 350 + (i % 2))],
  ),
  of(
    'right',
    'both channels, mean and difference',
    'ZkxhQwAAACIAIAAgAAAAAAAAAA+i8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G6oAB8AGTgSAAAB2NaE7L9G4cRAoFCM0/tnlUCxsb1kLyJKd4HmcklDQrLa9cJoAAAMtKUjogapSizEpSOiBoILUWYYkPHRAOqa//humAEfABl4E3/zgIY0mmopku8XMOmNJpqKZyXhAxrQ2JCKmRIAVgHORhpPyUSv/89bJslrtlG6VVPEGSX0nOZhCtUWXA8WCMYcakDTFP/4bogCHwAZcBIAxQHJ3NXDPPaR2UnyVU6d4uHPPVKmVe1JOLvW7/J6zRyKjDFCYE3/7AIXhAw7pMSEVM5ehB3WtJqKZLvPOw1rQHKs//huiAMDABk+AgA1AQABAAByA3/zgAD/9/+IoVg=',
    [n.map((i) => noise(i, 300) - 20 * noise(i, 7)), n.map((i) => noise(i, 300))],
  ),
  of(
    'narrow',
    '8 bits',
    'ZkxhQwAAACIEgASAAAAAAAAAAA+gcAAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G4CAGMAGYsUMiwAbpXLWoBAla1rlbADWplTLWQAila1rlAYPla5WsgAJlcrXLQBhrWgUOY=',
    [n.map((i) => Math.floor(wave(i) / 8))],
    8,
  ),
  of(
    'wasted',
    'low bits that are all 0',
    'ZkxhQwAAACIQABAAAAAAAAAAAA+g8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G4IAGMAGVYVEZAWQBPxjCCCMEE0kUogcAlCMIynCEYJJwfABFBFKKKEIJoSjFIAeehFJNJFBFJNCEAIgfRQggjGEEEYpJkgAIJpQTQhCMIRjLwA+EUP+/72IA==',
    [n.map((i) => 16 * wave(i))],
  ),
  of(
    'wide',
    '24 bits: a constant, Rice parameters of 5 bits',
    'ZkxhQwAAACIQABAAAAAAAAAAAA+lcAAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G4sAGMAGb0BAAADEVCj0I/r7c8mTqKxA5+8DhdURJhdgtmdXeGEXtoFVEuVTbcayD9QoKF2Iha4p3NNaIwbNNMh/9qxZ6mGLxrdulnhzxMwL9ocemwzNeuW6P2D1WlD/57ytY66JFrZZQwXHkxtPzSeVkdrR1gTqNqJ+n30m/XB1DQ2nNtb55FjlMILGMi55H6LoHE1bXPUH+sN6M9a9WE/uZ88D3V5MZT2w7Df+gSbmaDU9HOEGO4Hs1jsdg96a7SU2TLFHc2dTmZpp0knXHulybGb/yRp3DXtsvFo9YUlzv0X0RLdzIOhUi7icuYqUULW6RHUMEdgi7jCPEP9MYl5FN1R/Pa1k+ync3lWd8yuG2g1WvRhiAp2Mw9FSbd0DDjoByMnyMmRkwACAAIygnjMAARlBX408aTxlPGpGSAtTgG6qgAEjJgAEjJkZVGTgAEAAkZMAATxpX44AATJ8ACccoygnjKeNSMlPGUZQgAEAAV+NGUJGVIyZGSnjQAdlYh60AAkZKeNK/GnjSeMoygnjKeNK/GjKEAAgAAG6pAbC9PGUZQgACMoJ4zIyYABAAEZQTxmRkp40r8ZVagAEvAV+NPGoAAr8aMoQACAASMmAAQACRkyMmRlfYYAP4+GIJRlBGT/sMjJ/2GACp0=',
    [n.map(() => -(2 ** 23)), n.map((i) => 900 * noise(i, 9001) - 4_000_000), n.map((i) => 9000 * wave(i))],
    24,
  ),
  of(
    'linear',
    'linear prediction of order 3',
    'ZkxhQwAAACIQABAAAAAAAAAAAA+g8AAAAAAAAAAAAAAAAAAAAAAAAAAAhAAAKCAAAAByZWZlcmVuY2UgbGliRkxBQyAxLjQuMiAyMDIyMTAyMgAAAAD/+G4IAMcAGbVEASwBQAE+tKil1QmoAhGskdIjhI8SVwrCYsTJwjRInyuCJKYWXiYnEZE6SKIpbCV5MtZMlwk9SvRhK2U0yZZJxEh9V3i8V5YmJpORHrUlUKVrFli00nUUwkAPAA==',
    [resonance()],
  ),
];

/** A frame of a header and subframes, with their checksums. */
export function flacFrame(header: readonly number[], subframes: readonly number[]): number[] {
  const frame = [...header, crc8(Uint8Array.from(header), 0, header.length), ...subframes];
  const sum = crc16(Uint8Array.from(frame), 0, frame.length);
  return [...frame, sum >> 8, sum & 0xff];
}

/** A file of frames with 24 bits a sample, behind a block of so much padding. */
export function flacStream(channels: number, frames: readonly (readonly number[])[], padding = 0): Uint8Array {
  const stream = [0x66, 0x4c, 0x61, 0x43, 0, 0, 0, 34, ...Array(12).fill(0), ((channels - 1) << 1) | 1, 0x70];
  const block = [...Array(20).fill(0), 0x81, padding >> 16, (padding >> 8) & 0xff, padding & 0xff];
  const start = stream.length + block.length + padding;
  const file = new Uint8Array(start + frames.reduce((sum, frame) => sum + frame.length, 0));
  file.set([...stream, ...block]);
  let at = start;
  for (const frame of frames) {
    file.set(frame, at);
    at += frame.length;
  }
  return file;
}

/** A subframe of a constant in 24 bits. */
export const constant = (value: number): number[] => [0, value >> 16, (value >> 8) & 0xff, value & 0xff];

/** Frames of 65,536 samples in 14 bytes, one channel that is always 1, behind a block of so much padding. */
export function constantFlac(frames: number, padding = 0): Uint8Array {
  const frame = flacFrame([0xff, 0xf8, 0x70, 0x0c, 0, 0xff, 0xff], constant(1)); // the size less 1 in 16 bits
  return flacStream(1, Array(frames).fill(frame), padding);
}
