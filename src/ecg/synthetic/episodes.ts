import type { Random } from '../../core/random.ts';
import type { Ectopy } from './patient.ts';

/**
 * Ectopic beats that belong together: `times` times `count` of them in a row, with `between` normal beats in between.
 */
export interface Episode {
  kind: 's' | 'v';
  count: number;
  times: number;
  between: number;
}

const PATIENCE = 8; // beats owed at which an episode is certain to start
const REPEATS = 6; // times that every second or third beat is ectopic, on average, beyond the second
const SHORT = 0.2; // fraction of ectopic beats from which every third one alone would be too few

/** Draws episodes such that the fractions of ectopic beats are met within any minute or two. */
export class Episodes {
  private readonly sides: { kind: 's' | 'v'; ectopy: Ectopy; fraction: number; owed: number }[];

  /** @param s and `v`: fractions of ectopic beats, with the way in which they occur */
  constructor(atrial: Ectopy, s: number, ventricular: Ectopy, v: number) {
    this.sides = [
      { kind: 's', ectopy: atrial, fraction: s, owed: 0 },
      { kind: 'v', ectopy: ventricular, fraction: v, owed: 0 },
    ];
  }

  /** Counts a beat: every beat adds a fraction to what is owed, and an ectopic one pays. */
  count(kind: 'n' | 's' | 'v'): void {
    for (const side of this.sides) side.owed += side.fraction - (side.kind === kind ? 1 : 0);
  }

  /** The episode that starts after a normal beat; usually none. */
  draw(random: Random): Episode | null {
    const chances = this.sides.map(({ owed }) => Math.max(0, owed) / PATIENCE);
    let at = random.uniform(0, Math.max(1, chances[0] + chances[1]));
    for (const [i, { kind, ectopy, fraction }] of this.sides.entries()) {
      at -= chances[i];
      if (at < 0) return { kind, ...drawEpisode(ectopy, fraction, random) };
    }
    return null;
  }
}

function drawEpisode(ectopy: Ectopy, fraction: number, random: Random): Omit<Episode, 'kind'> {
  const { single, couplet, run } = ectopy;
  const [bigeminy, trigeminy] = fraction > SHORT ? [0, 0] : [ectopy.bigeminy, ectopy.trigeminy];
  let at = random.uniform(0, single + couplet + run + bigeminy + trigeminy) - single;
  if (at < 0) return { count: 1, times: 1, between: 0 };
  at -= couplet;
  if (at < 0) return { count: 2, times: 1, between: 0 };
  at -= run;
  if (at < 0) return { count: 3 + geometric(random, ectopy.longer), times: 1, between: 0 };
  return { count: 1, times: 2 + geometric(random, REPEATS), between: at < bigeminy ? 1 : 2 };
}

/** 0, 1, 2 and so on, with a constant probability to continue, `mean` on average. */
function geometric(random: Random, mean: number): number {
  let n = 0;
  while (random.uniform() < mean / (1 + mean)) n++;
  return n;
}
