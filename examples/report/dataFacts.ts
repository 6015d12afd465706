import type { ClassMap } from 'dynaecg/ecg';
import * as v from 'valibot';
import { dictionary, whole } from '../shared/schema.ts';
import { names, number } from './fields.ts';

// What metrics.json says of the recordings of a run; files of earlier runs have nothing but the source.

/** Labels of each class, where they are not AAMI's. */
export const labels: v.GenericSchema<ClassMap> = dictionary(v.array(v.string()));

/** A folder with WFDB records. */
export const folder = v.object({
  /** its own name, or the end of its path that no other folder has */
  name: v.string(),
  /** their number */
  records: whole(),
  /** Hz, before all were resampled */
  samplingFrequencies: v.array(number),
  /** how many records are read in which lead */
  leads: dictionary(whole()),
  /** records that are not used, and what they lack */
  leftOut: v.array(v.object({ record: v.string(), without: v.string() })),
});

/** Which records are for what where patients are kept apart: by which rule, and their names. */
export type DivisionFacts = v.InferOutput<typeof division>;
export const division = v.object({
  how: v.string(),
  train: names,
  /** those that settings are chosen by, if they are stated; otherwise some of `train` are drawn */
  validation: names,
  test: names,
});

/** What a run was given: folders by name, and the labels of classes other than AAMI's. */
export type DataFacts = v.InferOutput<typeof dataFacts>;
export const dataFacts = v.object({
  /** 'MIT-BIH', or other folders with their numbers of records, or 'synthetic' */
  source: v.string(),
  folders: v.optional(v.array(folder)),
  labels: v.optional(labels),
});
