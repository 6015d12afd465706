import type { RunConfiguration } from './runConfiguration.ts';

/**
 * The paper's figures, in percent: sensitivity and F1 as its abstract gives them, precision from Table 1, which has no
 * digits after the point for a class.
 */
export const PAPER: Record<string, [sensitivity: string, precision: string, f1: string]> = {
  N: ['99.47', '100', '99.35'],
  S: ['95.23', '91', '93.36'],
  V: ['99.44', '98', '98.19'],
  overall: ['97.76', '96.33', '96.82'],
};
export const PAPER_ACCURACY = '98.97';

type Division = Pick<RunConfiguration, 'protocol' | 'halves'>;

const TITLES = {
  beats: 'intra-patient (half of the beats of each class for training, patients mixed)',
  time: 'intra-patient (first and third quarter of each recording for training, patients mixed)',
  inter: 'inter-patient (patients kept apart)',
};

/** How the beats were divided. */
export const titleOf = ({ protocol, halves }: Division): string => TITLES[protocol === 'intra' ? halves : protocol];

/** The paper's figures are of the whole database with half of the beats drawn: next to others they would mislead. */
export const dividedAsPaper = (source: string, { protocol, halves }: Division): boolean =>
  source === 'MIT-BIH' && protocol === 'intra' && halves === 'beats';

export const METHODS = {
  triplet: 'triplet loss, then a perceptron on the embeddings',
  crossEntropy: "cross-entropy, not the paper's triplets",
  joint: 'triplet loss and cross-entropy at once, then a perceptron on the embeddings',
};

/** At which prior classes are decided, which trades sensitivity for precision. */
export function operatingPoint({ adjustment }: Pick<RunConfiguration, 'adjustment'>): string {
  if (adjustment === 1) return "decided at the data's prior (adjustment 1)";
  if (adjustment === 0) return "decided at a batch's prior (adjustment 0)";
  return `decided between the data's prior and a batch's (adjustment ${adjustment})`;
}
