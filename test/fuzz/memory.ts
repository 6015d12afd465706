/**
 * Memory and time that readers take for large hostile files: `node --import tsx test/fuzz/memory.ts` prints a table,
 * each row from a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  decodeCheckpoint,
  decodeModel,
  decodeSafetensors,
  decodeTrainingState,
  defaultEmbedderConfig,
  Embedder,
  encodeModel,
  encodeSafetensors,
  encodeTrainingState,
  Random,
  zeros,
} from 'dynaecg';
import { decodeFlac, decodeSignal, openRecording, parseHeader, readAnnotations, readRecord } from 'dynaecg/ecg';
import { bundle } from '../support/bundle.ts';
import { constantFlac } from '../support/flacFiles.ts';
import { atcFile, ishneFile, matFile } from '../support/open/binary.ts';
import { edfFile } from '../support/open/edf.ts';
import { fileOf, partsOf } from './safetensors.ts';

const MB = 2 ** 20;

/** A reader's promise: no more than `bound` bytes for each byte of a file. */
interface Giant {
  reader: string;
  bound: number;
  make: () => { bytes: number; read: () => unknown };
}

const text = (reader: (text: string) => unknown, contents: string) => ({
  bytes: Buffer.byteLength(contents),
  read: () => reader(contents),
});
const file = (reader: (bytes: Uint8Array) => unknown, bytes: Uint8Array) => ({
  bytes: bytes.length,
  read: () => reader(bytes),
});
const header = (contents: string) => text((t) => parseHeader(t), contents);
const flat = (length: number): Uint8Array => new Uint8Array(length);
const tensors = (list: string[], body = flat(0)) => file(decodeSafetensors, fileOf(`{${list.join()}}`, body));
const own = (json: string) => encodeSafetensors({}, { format: 'dynaecg training 1', numbers: json });

/** A model of few weights, with a long list in what it says about itself. */
function modelOfLists(): Uint8Array {
  const sizes = { length: 8, channels: [1, 1], kernel: 1, hidden: 1, features: 1, embedding: 1 } as const;
  const embedder = new Embedder({ ...defaultEmbedderConfig, ...sizes, random: new Random(0) });
  const [json, body] = partsOf(encodeModel({ networks: [{ embedder, classifier: null }], about: {} }));
  return fileOf(json.replace('"about":"{}"', `"about":"{\\"a\\":[{}${',{}'.repeat(MB)}]}"`), body);
}

/** A file from another, with its body repeated: `head` bytes, then those after them `times` times. */
function repeated(file: Uint8Array, head: number, times: number): Uint8Array {
  const body = file.subarray(head);
  const out = new Uint8Array(head + times * body.length);
  out.set(file.subarray(0, head));
  for (let i = 0; i < times; i++) out.set(body, head + i * body.length);
  return out;
}

/** An EDF+ file of many data records, two samples and a list of annotations each; the number of data records is not stated. */
function edfOf(tal: string, times: number, reserved = 'EDF+C'): Uint8Array {
  const file = edfFile({ reserved, statedRecords: -1, signals: [{ label: 'ECG', samples: [1, 2] }], tals: [tal] });
  return repeated(file, 3 * 256, times);
}

/** Two data records, as far apart as a gap may be. */
function edfWithGap(): Uint8Array {
  const samples = Array.from({ length: 500_000 }, () => 1);
  return edfFile({ reserved: 'EDF+D', signals: [{ label: 'ECG', samples }], tals: ['+0\x14\x14\0', '+126\x14\x14\0'] });
}

const open = (bytes: Uint8Array, options = {}) => file((b) => openRecording(b, options), bytes);
const lines = (line: string, times: number): Uint8Array => repeated(new TextEncoder().encode(line), 0, times);

/** A checkpoint of no tensors. */
const checkpoint = (configuration: string): Uint8Array =>
  encodeSafetensors({}, { format: 'dynaecg checkpoint 1', data: '', configuration, state: '{}', extra: '{}' });

const EMPTY = '"dtype":"F32","shape":[0],"data_offsets":[0,0]';
const LINES = MB / 4;
const WORDS = MB / 2;

export const GIANTS: Readonly<Record<string, Giant>> = {
  'signal lines': { reader: 'parseHeader', bound: 150, make: () => header(`r ${LINES}\n${'a 16\n'.repeat(LINES)}`) },
  'comment lines': { reader: 'parseHeader', bound: 150, make: () => header(`r 0\n${'#\n'.repeat(MB)}`) },
  'a header in Latin-1': {
    reader: 'parseHeader',
    bound: 150,
    make: () =>
      file(
        (bytes) => parseHeader(bytes),
        Uint8Array.from(`r 0\n#${'µ'.repeat(4 * MB)}`, (c) => c.charCodeAt(0)),
      ),
  },
  'one comment': { reader: 'parseHeader', bound: 150, make: () => header(`r 0\n#${'x'.repeat(4 * MB)}`) },
  'fields of a line': { reader: 'parseHeader', bound: 150, make: () => header(`r 1\na 16 ${'1 '.repeat(2 * MB)}`) },
  'spaces of a line': { reader: 'parseHeader', bound: 150, make: () => header(`r 1\na 16 ${' '.repeat(4 * MB)}1`) },
  'a name': { reader: 'parseHeader', bound: 150, make: () => header(`r${'/'.repeat(4 * MB)}`) },
  annotations: {
    reader: 'readAnnotations',
    bound: 200,
    make: () =>
      file(
        readAnnotations,
        Uint8Array.from({ length: 2 * WORDS + 2 }, (_, i) => (i < 2 * WORDS && i & 1 ? 4 : 0)),
      ),
  },
  'annotations before the record, in part': {
    reader: 'readAnnotations',
    bound: 200,
    make: () => {
      const bytes = Uint8Array.from({ length: 2 * WORDS + 2 }, (_, i) => (i < 2 * WORDS && i & 1 ? 4 : 0));
      bytes.set([0, 236, 0, 0x80, 0, 0]); // a SKIP to the least time
      return file((b) => readAnnotations(b, undefined, { partial: true }), bytes);
    },
  },
  'steps without annotations': {
    reader: 'readAnnotations',
    bound: 200,
    make: () =>
      file(
        readAnnotations,
        Uint8Array.from({ length: 6 * WORDS + 2 }, (_, i) => (i < 6 * WORDS && i % 6 === 1 ? 236 : 0)),
      ),
  },
  samples: {
    reader: 'decodeSignal',
    bound: 6,
    make: () => file((b) => decodeSignal(80, b, { signals: 1 }), flat(16 * MB)),
  },
  'samples of a record': {
    reader: 'readRecord',
    bound: 10,
    make: () => file((b) => readRecord({ header: 'r 1\na 80', files: { a: b } }), flat(16 * MB)),
  },
  'slow leads, repeated': {
    reader: 'readRecord',
    bound: 300,
    make: () => {
      const header = `r 32 100 1\na 80x${MB}\n${'a 80\n'.repeat(31)}`;
      return file((b) => readRecord({ header, files: { a: b } }), flat(MB + 31));
    },
  },
  'a segment, 32 times': {
    reader: 'readRecord',
    bound: 300,
    make: () => {
      const own = new TextEncoder().encode(`s 1 100 ${MB}\na 80\n`);
      const header = `m/32 1 100\n${`s ${MB}\n`.repeat(32)}`;
      return file((b) => readRecord({ header, files: { 's.hea': own, a: b } }), flat(MB));
    },
  },
  'a gap': {
    reader: 'readRecord',
    bound: 300,
    make: () => {
      const own = new TextEncoder().encode('s 1 100\n~ 0\n');
      return text((h) => readRecord({ header: h, files: { 's.hea': own } }), `m/2 1 100\ns 0\n~ ${4 * MB}\n`);
    },
  },
  'segment lines': {
    reader: 'readRecord',
    bound: 400,
    make: () => text((h) => readRecord({ header: h, files: {} }), `m/${LINES} 0 100\n${'~ 0\n'.repeat(LINES)}`),
  },
  'frames that are constant': {
    reader: 'decodeFlac',
    bound: 200,
    make: () => file((b) => decodeFlac(b), constantFlac(256, MB)), // 16 samples a byte
  },
  'signals without samples': {
    reader: 'readRecord',
    bound: 400,
    make: () => text((h) => readRecord({ header: h, files: { a: flat(0) } }), `r ${LINES}\n${'a 80\n'.repeat(LINES)}`),
  },
  'annotations of an EDF file': {
    reader: 'openRecording',
    bound: 200,
    make: () => open(edfOf(`+0\x14\x14\0+0\x14${'a\x14'.repeat(32)}\0`, MB / 16)),
  },
  'data records of an EDF file': { reader: 'openRecording', bound: 200, make: () => open(edfOf('', MB, 'EDF+D')) },
  'a gap in an EDF file': { reader: 'openRecording', bound: 200, make: () => open(edfWithGap()) },
  'samples of an EDF file': {
    reader: 'openRecording',
    bound: 20,
    make: () =>
      open(repeated(edfFile({ statedRecords: -1, signals: [{ label: 'ECG', samples: [1, 2] }] }), 512, 2 * MB)),
  },
  'samples of an ISHNE file': {
    reader: 'openRecording',
    bound: 20,
    make: () => open(repeated(ishneFile({ samples: [[1], [2]], stated: 0 }), 522, 2 * MB)),
  },
  'beats of an ATC file': {
    reader: 'openRecording',
    bound: 100,
    make: () => open(atcFile({ leads: { 'ecg ': [1] }, beats: Array.from({ length: MB / 8 }, () => [0, 1] as const) })),
  },
  'samples of a MATLAB file': {
    reader: 'openRecording',
    bound: 20,
    make: () => {
      const head = matFile({ name: 'val', rows: 1, columns: 8 * MB, values: [], precision: 5 });
      const bytes = flat(head.length + 8 * MB);
      bytes.set(head);
      return open(bytes, { rate: 250 });
    },
  },
  'matrices of a MATLAB file': {
    reader: 'openRecording',
    bound: 200,
    make: () => {
      const small = matFile({ name: 'a', rows: 1, columns: 2, values: [1, 2], precision: 5 });
      return open(repeated(small, 0, MB / 8), { rate: 250 });
    },
  },
  'rows of a table': { reader: 'openRecording', bound: 50, make: () => open(lines('1\n', 2 * MB), { rate: 250 }) },
  'fields of a table': {
    reader: 'openRecording',
    bound: 50,
    make: () => open(lines(`${'1,'.repeat(500)}1\n`, MB / 256), { rate: 250 }),
  },
  'short rows of a wide table': {
    reader: 'openRecording',
    bound: 50,
    make: () => {
      const rows = [lines('1\n', MB), lines(`${'1,'.repeat(500)}1\n`, 200)];
      return open(Uint8Array.from([...rows[1], ...rows[0], ...rows[1]]), { rate: 250 });
    },
  },
  'a gap in a table': {
    reader: 'openRecording',
    bound: 200,
    make: () => {
      const row = (i: number): string => `${((i < 50_000 ? i : i + 6_200_000) / 250).toFixed(3)},1`;
      return open(
        new TextEncoder().encode(['t [s],I', ...Array.from({ length: 100_000 }, (_, i) => row(i))].join('\n')),
      );
    },
  },
  'narrow elements': {
    reader: 'decodeSafetensors',
    bound: 5,
    make: () => tensors([`"a":{"dtype":"I8","shape":[${16 * MB}],"data_offsets":[0,${16 * MB}]}`], flat(16 * MB)),
  },
  'empty tensors': {
    reader: 'decodeSafetensors',
    bound: 25,
    make: () => tensors(Array.from({ length: MB / 16 }, (_, i) => `"${i}":{${EMPTY}}`)),
  },
  'sizes of a shape': {
    reader: 'decodeSafetensors',
    bound: 25,
    make: () => tensors([`"a":{"dtype":"F32","shape":[0${',0'.repeat(2 * MB)}],"data_offsets":[0,0]}`]),
  },
  'text of metadata': {
    reader: 'decodeSafetensors',
    bound: 25,
    make: () => file(decodeSafetensors, encodeSafetensors({ a: zeros([1]) }, { a: 'x'.repeat(8 * MB) })),
  },
  'brackets in metadata': {
    reader: 'decodeTrainingState',
    bound: 60,
    make: () => file(decodeTrainingState, own(`{"a":[{}${',{}'.repeat(MB)}]}`)),
  },
  'levels of metadata': {
    reader: 'decodeTrainingState',
    bound: 60,
    make: () => file(decodeTrainingState, own('['.repeat(4 * MB))),
  },
  'brackets in a checkpoint': {
    reader: 'decodeCheckpoint',
    bound: 60,
    make: () => file(decodeCheckpoint, checkpoint(`{"a":[{}${',{}'.repeat(MB)}]}`)),
  },
  tensors: {
    reader: 'decodeTrainingState',
    bound: 5,
    make: () => file(decodeTrainingState, encodeTrainingState({ numbers: {}, tensors: { a: zeros([8 * MB]) } })),
  },
  'what a model says about itself': {
    reader: 'decodeModel',
    bound: 60,
    make: () => file(decodeModel, modelOfLists()),
  },
};

export interface Measured {
  megabytes: number;
  /** of memory beyond what there was before, per byte of the file */
  multiple: number;
  seconds: number;
  accepted: boolean;
}

let program: Promise<string> | null = null;

/** Reads one giant in a fresh process. */
export async function measure(name: string): Promise<Measured> {
  program ??= bundle(['test/fuzz/memory.ts']);
  const args = ['--expose-gc', join(await program, 'test/fuzz/memory.mjs'), name];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}

/** The most memory that this process has had, in bytes; where there is no /proc, that of its parent counts, too. */
function peak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function measureHere(name: string): Measured {
  const { bytes, read } = GIANTS[name].make();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  let accepted = true;
  try {
    read();
  } catch {
    accepted = false;
  }
  const seconds = (performance.now() - start) / 1000;
  const most = peak();
  return { megabytes: bytes / MB, multiple: Math.max(0, most - before) / bytes, seconds, accepted };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name] = process.argv.slice(2);
  if (name !== undefined) console.log(JSON.stringify(measureHere(name)));
  else
    for (const [giant, { reader, bound }] of Object.entries(GIANTS)) {
      const { megabytes, multiple, seconds, accepted } = await measure(giant);
      const cells = [
        reader,
        giant,
        `${megabytes.toFixed(1)} MB`,
        multiple.toFixed(1),
        bound,
        `${seconds.toFixed(2)} s`,
      ];
      console.log(`| ${[...cells, accepted ? 'accepted' : 'refused'].join(' | ')} |`);
    }
}
