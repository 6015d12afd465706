import * as v from 'valibot';
import { atLeast, dictionary, oneOf, whole } from '../shared/schema.ts';
import { formerly, share } from './fields.ts';

/** What fields of a configuration that files of earlier runs lack amounted to. */
const EARLIER = { halves: 'beats', power: 1, marginPer: 'pair', marginBatches: 0, score: 'violations', mlpScale: 1 };

/** What the report explains. */
const explained = v.looseObject({
  protocol: oneOf('intra', 'inter'),
  halves: oneOf('beats', 'time'),
  method: oneOf('triplet', 'crossEntropy', 'joint'),
  members: whole(1),
  iterations: whole(1),
  mlpEpochs: whole(1),
  keep: oneOf('best', 'last'),
  /** of the logits to the data's prior: 1, to a batch's: 0 */
  adjustment: share,
  margin: v.union([v.literal('dynamic'), atLeast(0)], 'dynamic or a number >= 0'),
  /** samples in a window */
  length: whole(1),
});

/** The settings of a run: what the report explains, and whatever else it was run with. */
export type RunConfiguration = v.InferOutput<typeof runConfiguration>;
export const runConfiguration = v.pipe(
  formerly({ validationFraction: ['holdBack'] }),
  v.transform((own) => ({ ...own, ...EARLIER, ...own })),
  v.intersect([dictionary(v.unknown()), explained]), // the fields in the order of the file
);
