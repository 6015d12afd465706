import { checkFields, formatValue } from '../../core/check.ts';
import { CheckpointError } from '../../core/errors.ts';
import { Hash } from '../../core/hash.ts';
import type { ModelParts } from '../../formats/model.ts';
import type { SignalNote } from './notes.ts';
import type { StreamOptions } from './streamOptions.ts';
import type { WindowStreamState } from './windowStream.ts';

const FORMAT = 'dynaecg stream 2';

/** The state of a `BeatStream`: JSON. Its contents are not meant to be read or changed. */
export interface BeatStreamState {
  format: string;
  /** hash of the model's weights and of the description of its input */
  model: string;
  /** hash of `contents` */
  checksum: string;
  contents: unknown;
}

/** What a `BeatStream` has to remember. */
export interface BeatStreamContents {
  options: StreamOptions;
  rate: number;
  windows: WindowStreamState;
  /** null for samples that are not finite */
  block: (number | null)[];
  start: { sample: number; time: number };
  count: number;
  clock: number | null;
  begins: SignalNote[];
  ended: boolean;
}

/** A copy of the contents, with what `openState` checks. */
export function sealState(model: ModelParts, contents: BeatStreamContents): BeatStreamState {
  const text = JSON.stringify(contents);
  return { format: FORMAT, model: hashOfModel(model), checksum: hashOfText(text), contents: JSON.parse(text) };
}

/**
 * The contents of a state, copied.
 *
 * @throws CheckpointError for a state that was changed, of another version, or of another model
 */
export function openState(op: string, model: ModelParts, state: BeatStreamState): BeatStreamContents {
  checkFields(op, 'state', state, { format: 'text', model: 'text', checksum: 'text', contents: 'object' });
  if (state.format !== FORMAT)
    throw new CheckpointError(`${op}: expected a state in format '${FORMAT}', got ${formatValue(state.format)}`);
  const text = JSON.stringify(state.contents);
  if (hashOfText(text) !== state.checksum)
    throw new CheckpointError(`${op}: expected contents with checksum ${state.checksum}, got ${hashOfText(text)}`);
  if (state.model !== hashOfModel(model))
    throw new CheckpointError(`${op}: expected the model of the stream, ${state.model}, got ${hashOfModel(model)}`);
  return JSON.parse(text);
}

const hashOfText = (text: string): string => new Hash().numbers(codesOf(text)).digits;

const codesOf = (text: string): Uint16Array => Uint16Array.from(text, (_, i) => text.charCodeAt(i));

function hashOfModel({ networks, novelty, about, temperature = 1 }: ModelParts): string {
  const hash = new Hash().numbers([temperature]);
  for (const { embedder, classifier } of networks)
    for (const layer of [embedder, classifier])
      for (const [, { data }] of layer?.namedTensors() ?? []) hash.numbers(data);
  if (novelty) hash.numbers(novelty.centroids.data).numbers([novelty.spread, novelty.limit]);
  return hash.numbers(codesOf(JSON.stringify(about))).digits;
}
