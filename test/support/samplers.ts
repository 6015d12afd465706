/** Samples to draw from, and a sampler of each kind. */
import {
  GroupSampler,
  type GroupSamplerOptions,
  type MPerClassOptions,
  MPerClassSampler,
  Random,
  type Sampler,
} from 'dynaecg';
import { ShuffledSampler } from '../../src/data/shuffledSampler.ts';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const batches = (s: Sampler, n: number): number[][] => range(n).map(() => [...s.next()]);

/** How often each number occurs. */
export const tally = (list: Iterable<number>): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const i of list) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
};
export const LABELS = [...Array(6).fill(2), ...Array(4).fill(0), ...Array(9).fill(5)] as number[];
export const sampler = (options: Partial<MPerClassOptions> = {}, seed: number | string = 0): MPerClassSampler =>
  new MPerClassSampler(LABELS, { perClass: 2, random: new Random(seed), ...options });

/** Samples of the class named by the digit, group by group, in mixed order. */
export function grouped(groups: Record<number, string>): { labels: number[]; groups: number[] } {
  const all = Object.entries(groups).flatMap(([g, digits]) => [...digits].map((c) => [Number(c), Number(g)]));
  const order = new Random('order').permutation(all.length);
  const mixed = Array.from(order, (i) => all[i]);
  return { labels: mixed.map(([c]) => c), groups: mixed.map(([, g]) => g) };
}

/** Plenty of all: four groups of two or three classes, one of a single class. */
export const RICH = grouped({
  3: '0'.repeat(20) + '1'.repeat(9),
  5: '0'.repeat(12) + '1'.repeat(8) + '2'.repeat(8),
  7: '0'.repeat(30) + '2'.repeat(11),
  8: '0'.repeat(25),
  9: '0'.repeat(13) + '1'.repeat(15) + '2'.repeat(8),
});

/** As records are: few of the rare classes, in some groups one or two; one group of normal beats, one of the last class. */
export const POOR = grouped({
  1: '000000001',
  2: '00000000022',
  3: '00012',
  4: '00000000',
  5: '222',
  6: '111110',
  7: '0000000122',
});

export const groupSampler = (
  { labels, groups }: typeof RICH,
  options: Partial<GroupSamplerOptions> = {},
  seed: number | string = 0,
): GroupSampler =>
  new GroupSampler(labels, groups, { perClass: 4, groupsPerBatch: 2, share: 1, random: new Random(seed), ...options });
export const shuffled = (samples: number, batchSize: number, seed: number | string = 0): ShuffledSampler =>
  new ShuffledSampler(samples, { batchSize, random: new Random(seed) });
