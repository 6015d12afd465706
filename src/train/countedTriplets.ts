import type { Tensor } from '../autograd/tensor.ts';
import { type BandTripletLoss, bandTripletLoss, isBand } from '../metric/bandTripletLoss.ts';
import { possibleTriplets } from '../metric/miner.ts';
import { type TripletLossOptions, tripletLoss } from '../metric/tripletLoss.ts';
import { activePairs } from './tripletStatistics.ts';

/**
 * Possible triplets of a batch above which none are listed where the loss can be had without: of some 170 samples in three classes. Of
 * 800 a list takes 19 times as long.
 */
const MOST_LISTED = 2 ** 20;

/** The triplet loss of a batch, and how many triplets there are; of a large batch without listing them, if its miner allows. */
export function countedTriplets(z: Tensor, labels: Int32Array, options: Required<TripletLossOptions>): BandTripletLoss {
  if (isBand(options.miner) && possibleTriplets(labels) > MOST_LISTED) return bandTripletLoss(z, labels, options);
  const { triplets, ...rest } = tripletLoss(z, labels, options);
  const { anchors } = triplets;
  return { ...rest, triplets: anchors.length, activePairs: activePairs(rest.distances, triplets, options.margin) };
}
