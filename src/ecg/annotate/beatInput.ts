import { hasOwn } from '../../core/builtins.ts';
import { checkFields } from '../../core/check.ts';
import { ArgumentError, CheckpointError } from '../../core/errors.ts';
import { checkNetworks, type ModelParts } from '../../formats/model.ts';
import { BeatChannels, type ChannelOptions } from '../beats/beatChannels.ts';
import { NORMALIZATIONS, type Normalization } from '../beats/normalize.ts';
import type { ReferenceOptions } from '../beats/reference.ts';
import { AAMI_CLASSES, type ClassMap, classLookupFor } from '../classes.ts';
import { TIMING_FEATURES, type TimingFeature } from '../rhythm/beatTiming.ts';

/** How a recording becomes a model's input, as its file describes under `about`. */
export interface BeatInput {
  /** in the order of the classifier's outputs */
  classes: readonly string[];
  /** the labels of each class, in the same order; not needed for AAMI's classes */
  labels?: ClassMap;
  /** Hz */
  samplingFrequency: number;
  /** as in `BeatOptions`, and the physical unit of the lead, which is not an option there */
  window: { length: number; before: number; normalize: Normalization; lead: string; units: string };
  /** features of a beat's timing that the network takes, in this order */
  timing: readonly TimingFeature[];
  /** where the networks take the patient's usual beat so far as a second channel: how `PastReference` is to make it */
  reference?: Required<ReferenceOptions>;
  /** windows of so many beats before, which the networks take as further channels; none if it is absent */
  previous?: number;
}

/** JSON has no bigints, but an error may have to show one. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/**
 * The description of the input in a model's file, checked against the networks.
 *
 * @throws CheckpointError if something is missing, unknown, or does not fit the networks
 */
export function beatInput(model: ModelParts): BeatInput {
  checkNetworks('beatInput', model);
  const { networks, about } = model;
  const { classes, labels, samplingFrequency, window, timing, reference, previous } = (about ??
    {}) as Partial<BeatInput>; // JSON may be null
  const expect = (fits: boolean, what: string, got: unknown): void => {
    if (!fits) throw new CheckpointError(`beatInput: expected ${what}, got ${JSON.stringify(got, bigintAsText)}`);
  };
  const among = (list: unknown, known: readonly string[]): boolean =>
    Array.isArray(list) && list.every((item, i) => known.includes(item) && list.indexOf(item) === i);
  if (labels === undefined) expect(among(classes, AAMI_CLASSES), `classes among ${AAMI_CLASSES.join(' ')}`, classes);
  else {
    checkLabels(labels);
    const names = Object.keys(labels);
    expect(among(classes, names) && classes!.length === names.length, `the classes ${names.join(', ')}`, classes);
  }
  const rate = Number.isFinite(samplingFrequency) && samplingFrequency! > 0;
  expect(rate, 'a sampling frequency above 0', samplingFrequency);
  const { length, before, normalize, lead, units } = window ?? {};
  const inside = Number.isInteger(before) && before! >= 0 && before! < length!;
  expect(inside && Number.isInteger(length), 'a window of whole samples with before < length', window);
  expect(hasOwn(NORMALIZATIONS, String(normalize)), 'a known normalisation of the window', normalize);
  expect(typeof lead === 'string', 'the name of a lead', lead);
  expect(typeof units === 'string', 'the unit of the lead', units);
  expect(among(timing, TIMING_FEATURES), `timing among ${TIMING_FEATURES.join(' ')}`, timing);
  const channels = countChannels({ reference, previous });
  for (const { embedder, classifier } of networks) {
    const { config } = embedder;
    const signals = channels > 1 ? `${channels} channels of ${length} samples` : `one lead of ${length} samples`;
    expect(config.inChannels === channels && config.length === length, `networks for ${signals}`, config);
    expect(config.contextFeatures === timing!.length, `networks with ${timing!.length} numbers of timing`, config);
    if (classifier) {
      const outputs = classifier.config.classes;
      expect(outputs === classes!.length, `a classifier of ${classes!.length} classes`, outputs);
    }
  }
  return about as unknown as BeatInput;
}

function checkLabels(labels: ClassMap): void {
  try {
    classLookupFor('beatInput', labels);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new CheckpointError(error.message);
  }
}

function countChannels(options: ChannelOptions): number {
  const { reference } = options;
  try {
    if (reference !== undefined)
      checkFields('beatInput', 'reference', reference, { memory: 'number', similarity: 'number' });
    return new BeatChannels(options).count;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new CheckpointError(error.message);
  }
}

/** What a beat of each class is labelled with in annotations: its class, if that is AAMI's, otherwise the first label of it. */
export function labelsOf({ classes, labels }: BeatInput): string[] {
  return classes.map((name) => (labels ? labels[name][0] : name));
}
