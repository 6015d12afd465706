/** Every miner, and the triplets that it may give. */
import * as d from 'dynaecg';
import { type Miner, type Tensor, tensor } from 'dynaecg';

export type Point = number[];
/** Positions of a triplet's members. */
export type Triple = [anchor: number, positive: number, negative: number];

/** A triplet with its two distances. */
export interface Found {
  triple: Triple;
  ap: number;
  an: number;
}
const inBand = (ap: number, an: number, margin: number): boolean => ap < an && an < ap + margin;
const always = (): boolean => true;

/** Beyond the positive the nearest comes first, and before all that are not beyond it, of which it is the farthest. */
const beyondFirst = (x: Found, y: Found): boolean => {
  if (x.an > x.ap && y.an > y.ap) return x.an < y.an;
  return x.an > y.an;
};

/** What a miner wants: which distances, one triplet for each of what, and which of two it then prefers. */
export const miners: Record<
  string,
  {
    miner: Miner;
    allowed: (ap: number, an: number, margin: number) => boolean;
    oneFor: 'triplet' | 'pair' | 'anchor';
    better?: (x: Found, y: Found) => boolean;
  }
> = {
  semiHard: { miner: d.semiHard, allowed: inBand, oneFor: 'triplet' },
  violating: { miner: d.violating, allowed: (ap, an, margin) => an < ap + margin, oneFor: 'triplet' },
  nearestSemiHard: { miner: d.nearestSemiHard, allowed: inBand, oneFor: 'pair' },
  semiHardOrFarthest: { miner: d.semiHardOrFarthest, allowed: always, oneFor: 'pair', better: beyondFirst },
  batchHard: { miner: d.batchHard, allowed: always, oneFor: 'anchor' },
  allTriplets: { miner: d.allTriplets, allowed: always, oneFor: 'triplet' },
};

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const points = (z: Point[], requiresGrad = false): Tensor =>
  tensor(z, undefined, { dtype: 'float64', requiresGrad });
