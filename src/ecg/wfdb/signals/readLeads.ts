import type { RecordHeader, SignalSpec } from '../header.ts';
import { type DigitalSignal, type Lead, makeLead } from '../record.ts';
import type { DigitalSamples } from './codec.ts';
import { codecOf, FLAC_FORMATS } from './formats.ts';
import { averageFrames, deskew, type Frames, repeatSamples } from './frames.ts';
import { readSignals, type SignalFiles, type SignalOptions, verify } from './readSignals.ts';
import { checkRecordSize } from './recordSize.ts';

/** How leads are read. */
export interface LeadOptions extends SignalOptions {
  frames: Frames;
  /** Samples per frame of the lead with most of them. */
  most: number;
  /** Bytes of all files of the record. */
  bytes: number;
}

const NARROW_FORMAT = 16;
const WIDE_FORMAT = 32;

/** The most samples per frame of the signals of a header. */
export function mostPerFrame(signals: readonly SignalSpec[]): number {
  return signals.reduce((most, { samplesPerFrame }) => Math.max(most, samplesPerFrame), 1);
}

/** The leads of a record of one segment, all of the same length; null for one whose file is missing. */
export function readLeads(header: RecordHeader, files: SignalFiles, options: LeadOptions): (Lead | null)[] {
  const { name, signals } = header;
  const { stored, frames } = readSignals(header, files, options);
  const length = frames * (options.frames === 'repeat' ? options.most : 1);
  checkRecordSize(`readRecord: record ${name}`, length * signals.length, options.bytes);
  return signals.map((spec, s) => {
    const samples = stored[s];
    if (samples === null) return null;
    if (samples === 'never') return neverRecorded(spec, length);
    verify(header, s, samples, options.problems);
    return leadOf(spec, samples, options);
  });
}

const sideOf = ({ gain, baseline, adcResolution, adcZero }: SignalSpec): Omit<DigitalSignal, 'samples' | 'format'> => ({
  ...{ gain, baseline, adcResolution, adcZero },
});

function neverRecorded(spec: SignalSpec, length: number): Lead {
  const samples = new Int16Array(length).fill(codecOf('readRecord', NARROW_FORMAT).invalid);
  const digital = { samples, format: NARROW_FORMAT, ...sideOf(spec) };
  return makeLead({ name: spec.description, units: spec.units, digital });
}

function leadOf(spec: SignalSpec, stored: DigitalSamples, { frames, most }: LeadOptions): Lead {
  const { description: name, units, samplesPerFrame } = spec;
  const format = formatInMemory(spec);
  const { invalid } = codecOf('readRecord', format);
  const samples = deskew(stored, spec.skew, invalid);
  if (frames === 'average' && samplesPerFrame > 1)
    return { name, units, samples: averageFrames(samples, samplesPerFrame, { ...spec, invalid }) };
  const shared = frames === 'repeat' ? repeatSamples(samples, samplesPerFrame, most) : samples;
  return makeLead({ name, units, digital: { samples: shared, format, ...sideOf(spec) } });
}

/** The format of a lead: not compressed, and one that can mark what a skew leaves missing. */
function formatInMemory({ format, skew }: SignalSpec): number {
  if (format === 8 && skew > 0) return WIDE_FORMAT;
  return FLAC_FORMATS[format] ?? format;
}
