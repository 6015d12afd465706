/**
 * Memory and time that readers take for large hostile files: `node --import tsx test/fuzz/memory.ts` prints a table,
 * each row from a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
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
import { decodeSignal, parseHeader, readAnnotations, readRecord } from 'dynaecg/ecg';
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

const EMPTY = '"dtype":"F32","shape":[0],"data_offsets":[0,0]';
const LINES = MB / 4;
const WORDS = MB / 2;

export const GIANTS: Readonly<Record<string, Giant>> = {
  'signal lines': { reader: 'parseHeader', bound: 150, make: () => header(`r ${LINES}\n${'a 16\n'.repeat(LINES)}`) },
  'comment lines': { reader: 'parseHeader', bound: 150, make: () => header(`r 0\n${'#\n'.repeat(MB)}`) },
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
  'signals without samples': {
    reader: 'readRecord',
    bound: 400,
    make: () => text((h) => readRecord({ header: h, files: { a: flat(0) } }), `r ${LINES}\n${'a 80\n'.repeat(LINES)}`),
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

/** Reads one giant in a fresh process. */
export function measure(name: string): Measured {
  const args = ['--expose-gc', '--import', 'tsx', fileURLToPath(import.meta.url), name];
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
      const { megabytes, multiple, seconds, accepted } = measure(giant);
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
