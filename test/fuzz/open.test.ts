import { DataError } from 'dynaecg';
import { encodeRecord, openRecording, type Recording, readRecord } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { latin1 } from '../../src/formats/latin1.ts';
import { editBytes, edited, samples } from './edits.ts';
import { editFramed, flac, segmented, unrounded } from './framed.ts';
import { fuzz } from './harness.ts';
import { atc, csv, csvNoise, edf, ishne, mat, nearCsv, timedCsv } from './open.ts';
import type { TextFiles } from './wfdb.ts';

const test = suite('fuzz openRecording');
const refuses = [DataError];
const noise = fc.uint8Array({ maxLength: 64 });

/** What a recording promises, whatever it was read from. */
function sound(record: Recording): Recording {
  const { name, samplingFrequency, leads, annotations, notes } = record;
  assert.match(name, /^[-\w]+$/);
  assert.ok(samplingFrequency > 0 && leads.length > 0);
  const { length } = leads[0].samples;
  for (const lead of leads) assert.ok(lead.samples.length === length && lead.samples instanceof Float32Array);
  for (const { sample } of annotations) assert.ok(Number.isInteger(sample) && sample >= 0 && sample < length);
  for (const note of notes) assert.not.match(note, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  return record;
}

/** The recording, written and read as a WFDB record, which keeps everything but the precision of samples. */
function again(record: Recording): Recording {
  const { format, notes, problems } = record;
  return { ...readRecord(encodeRecord(record)), format, notes, problems };
}

/** What WFDB keeps: where samples are NaN, and the rest. */
const view = ({ leads, ...rest }: Recording) => ({
  ...rest,
  leads: leads.map(({ name, units, samples: s }) => ({ name, units, valid: Array.from(s, (v) => !Number.isNaN(v)) })),
});

/** Files of one format, with random edits of their bytes, and with noise after their first bytes. */
function door(name: string, valid: fc.Arbitrary<Uint8Array>, options = {}): void {
  const [start] = samples(valid, 1);
  fuzz(test, {
    name: `openRecording ${name}`,
    valid,
    near: edited(samples(valid), editBytes),
    noise: fc.oneof(
      noise,
      noise.map((bytes) => Uint8Array.from([...start.subarray(0, 12), ...bytes])),
    ),
    read: (bytes) => sound(openRecording(bytes, options)),
    refuses,
    again,
    view,
    accepts: [0.02, 1],
  });
}

door('EDF', edf);
door('ISHNE', ishne);
door('ATC', atc);
door('MATLAB 4', mat, { rate: 250 });

fuzz(test, {
  name: 'openRecording CSV',
  valid: csv,
  near: nearCsv,
  noise: csvNoise,
  read: (text) => sound(openRecording(new TextEncoder().encode(text), { rate: 250 })),
  refuses,
  again,
  view,
});

fuzz(test, {
  name: 'openRecording CSV with times',
  valid: timedCsv,
  near: nearCsv,
  noise: csvNoise,
  read: (text) => sound(openRecording(new TextEncoder().encode(text))),
  refuses,
  again,
  view,
});

/** Files of a record in segments by their names, the header among them, some of them edited. */
const named = ({ header, files }: TextFiles) => ({ ...files, 'm.hea': new TextEncoder().encode(header) });

for (const [name, options] of Object.entries({ strict: { flac }, partial: { flac, partial: true } }))
  fuzz(test, {
    name: `openRecording segments ${name}`,
    valid: segmented,
    near: edited(samples(segmented), editFramed),
    noise: fc.tuple(segmented, noise).map(([{ files }, bytes]) => ({ header: latin1(bytes), files })),
    read: (files) => openRecording(named(files), options),
    refuses,
    again: (record) => ({ ...again(record), ...unrounded(record, readRecord(encodeRecord(record))) }),
  });

test.run();
