import { DataError } from 'dynaecg';
import {
  BeatStream,
  beatAnnotations,
  type EcgRecord,
  type Lead,
  openRecording,
  type StreamedBeat,
  type SyntheticKind,
  syntheticRecord,
  writeAnnotations,
} from 'dynaecg/ecg';
import type { ShownBeat, WatchReport } from '../protocol.ts';
import { Details } from './detail.ts';
import type { Loaded } from './model.ts';

const SECONDS = 600; // of a synthetic recording

type Report<K extends WatchReport['kind']> = Extract<WatchReport, { kind: K }>;

/** A recording that is opened, and what is said of it. */
export interface Opened {
  record: EcgRecord;
  format: string;
  notes: readonly string[];
}

export const synthetic = (kind: SyntheticKind, seed: string): Opened => ({
  record: syntheticRecord({ seed, name: kind, kind, duration: SECONDS }),
  format: 'synthetic',
  notes: [],
});

export function fromFiles(files: Readonly<Record<string, Uint8Array>>): Opened {
  const { format, notes, ...record } = openRecording(files, { annotator: false });
  return { record, format, notes };
}

/** A recording that streams through a model: pushed in pieces, as a wearable would send it. */
export class Watching {
  readonly #opened: Opened;
  readonly #lead: Lead;
  readonly #rate: number;
  readonly #stream: BeatStream;
  readonly #details: Details;
  readonly #beats: StreamedBeat[] = [];
  #at = 0;
  #ended = false;

  constructor(opened: Opened, loaded: Loaded) {
    this.#opened = opened;
    this.#rate = opened.record.samplingFrequency;
    this.#lead = leadOf(opened.record, loaded);
    this.#stream = new BeatStream(loaded.model, { rate: this.#rate, units: this.#lead.units });
    this.#details = new Details(loaded, this.#lead, this.#rate);
  }

  get rate(): number {
    return this.#rate;
  }

  get ended(): boolean {
    return this.#ended;
  }

  opened(): Report<'opened'> {
    const { record, format, notes } = this.#opened;
    const { name, units, samples } = this.#lead;
    return {
      kind: 'opened',
      ...{ name: record.name, format, rate: this.#rate, lead: name, units, notes: [...notes] },
      seconds: samples.length / this.#rate,
    };
  }

  /** Takes the next samples, and what beats they bring; at the end, those that were still open. */
  next(count: number): Report<'streamed'> {
    const from = this.#at;
    const samples = this.#lead.samples.slice(from, from + count);
    this.#at += samples.length;
    const began = performance.now();
    const { beats, notes } = this.#stream.push(samples);
    this.#ended = this.#at >= this.#lead.samples.length;
    if (this.#ended) {
      const rest = this.#stream.flush();
      beats.push(...rest.beats);
      notes.push(...rest.notes);
    }
    const took = performance.now() - began;
    this.#beats.push(...beats);
    return {
      kind: 'streamed',
      ...{ from, samples, took, notes: notes.map(({ time, text }) => ({ time, text })) },
      beats: beats.map((beat) => this.#shown(beat)),
      detail: this.#details.next(beats),
    };
  }

  /** The beats so far as a file of WFDB annotations. */
  annotations(): Report<'annotations'> {
    const { name } = this.#opened.record;
    if (this.#beats.length === 0) throw new DataError(`expected beats of ${name} to write, got none yet`);
    const file = writeAnnotations(beatAnnotations({ beats: this.#beats }));
    return { kind: 'annotations', name: `${name}.dyn`, file, beats: this.#beats.length };
  }

  #shown({ sample, label, why, probabilities, found }: StreamedBeat): ShownBeat {
    return {
      ...{ sample, label, why, late: found !== 'directly' },
      probability: probabilities.length > 0 ? Math.min(1, Math.max(...probabilities)) : null,
      delay: (this.#at - sample) / this.#rate,
    };
  }
}

const SIMILAR = ['MLII', 'II']; // which look at a heart from nearly the same side

/** The lead that the model was trained on, or a similar one, or the first. */
function leadOf({ name, leads }: EcgRecord, { input }: Loaded): Lead {
  const wanted = [input.window.lead, ...(SIMILAR.includes(input.window.lead) ? SIMILAR : [])];
  const found =
    wanted.flatMap((one) => leads.find((lead) => lead.name.toLowerCase() === one.toLowerCase()) ?? [])[0] ?? leads[0];
  if (!found) throw new DataError(`record ${name}: expected a lead, got none`);
  return found;
}
