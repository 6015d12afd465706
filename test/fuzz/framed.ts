/** Arbitraries of records with several samples per frame, skews and segments: bytes at random under headers that fit them. */
import { decodeSignal, type EcgRecord, type FlacSamples } from 'dynaecg/ecg';
import fc from 'fast-check';
import { type Edit, editBytes, editText } from './edits.ts';
import type { TextFiles } from './wfdb.ts';

const NULL = 0;
const FLAC = 508;
const MOST_BYTES = 4; // of a sample
/** Samples per frame by name, so that a lead has as many in every segment. */
const PER_FRAME: Readonly<Record<string, number>> = { I: 1, II: 2, V: 1, ABP: 3 };

interface SignalFile {
  format: number;
  offset: number;
  skew: number;
  names: string[];
}
interface Piece {
  frames: number;
  seed: number;
  files: SignalFile[];
  gap: number;
}

const signalFile: fc.Arbitrary<SignalFile> = fc.record({
  format: fc.constantFrom(8, 16, 24, 32, 61, 80, 160, 212, 310, 311, FLAC, NULL),
  offset: fc.constantFrom(0, 0, 1, 3),
  skew: fc.constantFrom(0, 0, 0, 1, 9),
  names: fc.uniqueArray(fc.constantFrom(...Object.keys(PER_FRAME)), { minLength: 1, maxLength: 2 }),
});
const piece: fc.Arbitrary<Piece> = fc.record({
  frames: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(1000),
  files: fc.array(signalFile, { minLength: 1, maxLength: 2 }),
  gap: fc.constantFrom(0, 0, 1, 4),
});

/** Stands in for a decoder of FLAC: after the number of channels, a byte of each in turn. */
export function flac(bytes: Uint8Array): FlacSamples {
  const count = bytes[0] % 8;
  const channels = Array.from({ length: count }, (_, c) => [...bytes.subarray(1)].filter((_, i) => i % count === c));
  return { channels: channels.map((channel) => channel.map((byte) => byte - 128)), bitsPerSample: 8 };
}

const hash = (seed: number, i: number): number => Math.imul(Math.imul(seed + 1, 40503) + i, 2654435761) >>> 24;

/** A record of one segment. */
function filesOf(name: string, { frames, seed, files: list }: Piece): TextFiles {
  const files: Record<string, Uint8Array> = {};
  const lines = list.flatMap(({ format, offset, skew, names }, f) => {
    const fileName = `${name}_${f}`;
    const perFrame = names.map((lead) => (format === FLAC ? 1 : PER_FRAME[lead]));
    const frame = perFrame.reduce((a, b) => a + b);
    const length = 1 + (offset + frames * frame) * MOST_BYTES;
    const bytes = Uint8Array.from({ length }, (_, i) =>
      i === 0 && format === FLAC ? names.length : hash(seed + f, i),
    );
    const initialValues = names.map(() => 5);
    const options = { signals: names.length, samples: frames, byteOffset: offset, samplesPerFrame: perFrame, flac };
    const read = format === NULL ? [] : decodeSignal(format, bytes, { ...options, initialValues });
    if (format !== NULL) files[fileName] = bytes;
    return names.map((lead, s) => {
      let sum = 0;
      for (const sample of read[s] ?? []) sum = (sum + sample) & 0xffff;
      const first = format === 8 ? 5 : (read[s]?.[0] ?? 0);
      return `${fileName} ${format}x${perFrame[s]}:${skew}+${offset} 100 12 0 ${first} ${sum} 0 ${lead}`;
    });
  });
  return { header: `${name} ${lines.length} 100 ${frames}\n${lines.join('\n')}\n`, files };
}

/** A record with several samples per frame. */
export const framed: fc.Arbitrary<TextFiles> = piece.map((one) => filesOf('r', one));

/** A record of segments: of a fixed layout, where all have the same signals, or of a variable one. */
export const segmented: fc.Arbitrary<TextFiles> = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([pieces, variable]) => {
    const files: Record<string, Uint8Array> = {};
    const lines: string[] = [];
    const add = (name: string, { header, files: own }: TextFiles, length: number): void => {
      Object.assign(files, own, { [`${name}.hea`]: new TextEncoder().encode(header) });
      lines.push(`${name} ${length}`);
    };
    const names = Object.keys(PER_FRAME);
    const layout = names.map((lead) => `~ 0x${PER_FRAME[lead]} 100 12 0 0 0 0 ${lead}\n`).join('');
    if (variable) add('layout', { header: `layout ${names.length} 100 0\n${layout}`, files: {} }, 0);
    for (const [i, one] of pieces.entries()) {
      add(`s${i}`, filesOf(`s${i}`, variable ? one : { ...one, files: pieces[0].files }), one.frames);
      if (one.gap) lines.push(`~ ${one.gap}`);
    }
    const count = variable ? names.length : pieces[0].files.reduce((sum, file) => sum + file.names.length, 0);
    return { header: `m/${lines.length} ${count} 100\n${lines.join('\n')}\n`, files };
  });

/** The header or one of the files edited, that of a segment among them. */
export function editFramed(record: TextFiles, list: readonly Edit[], other: TextFiles): TextFiles {
  let out = record;
  for (const edit of list) {
    const names = Object.keys(out.files);
    const name = names[edit[1] % (names.length || 1)];
    if (edit[3] % 3 === 0 || name === undefined) out = { ...out, header: editText(out.header, [edit], other.header) };
    else if (name.endsWith('.hea')) {
      const text = new TextDecoder().decode(out.files[name]);
      out = { ...out, files: { ...out.files, [name]: new TextEncoder().encode(editText(text, [edit], other.header)) } };
    } else out = { ...out, files: { ...out.files, [name]: editBytes(out.files[name], [edit], out.files[name]) } };
  }
  return out;
}

/**
 * What was written and read again, with the samples of the first for leads without a digital side, which a writer rounds to the step of
 * its gain: these differ by no more than that.
 */
export function unrounded(first: EcgRecord, again: EcgRecord): EcgRecord {
  const leads = again.leads.map((lead, l) => {
    const { samples, digital } = first.leads[l];
    if (digital || !lead.digital) return lead;
    const step = 1 / Math.abs(lead.digital.gain);
    const close = samples.every((v, i) =>
      Number.isNaN(v) ? Number.isNaN(lead.samples[i]) : Math.abs(v - lead.samples[i]) <= step + 1e-6 * Math.abs(v),
    );
    return close && samples.length === lead.samples.length ? first.leads[l] : lead;
  });
  return { ...again, leads };
}
