import type { Run } from './baseline.ts';
import type { Timing } from './timing.ts';

/** A time next to that of the same work by the same means in another run. */
export interface Change {
  work: string;
  by: string;
  /** the mean now over the mean then */
  ratio: number;
  /** the same of the minima, which what else the machine does disturbs least */
  minimum: number;
  /** both margins of error added, as a fraction of the mean then; null where either has none */
  margin: number | null;
  /** what the difference of the means comes to, where it is larger than both margins added */
  verdict: 'faster' | 'slower' | null;
}

/** The changes from one run to another, in the order of `now`; what only one of them has is left out. */
export function changes(now: Run, then: Run): Change[] {
  return now.timings.flatMap((timing) => {
    const before = then.timings.find(({ work, by }) => work === timing.work && by === timing.by);
    return before ? [change(timing, before)] : [];
  });
}

function change(now: Timing, then: Timing): Change {
  const { work, by } = now;
  const ratio = now.mean / then.mean;
  const margin = now.margin === null || then.margin === null ? null : (ratio * now.margin + then.margin) / 100;
  const beyond = margin !== null && Math.abs(ratio - 1) > margin;
  const verdict = beyond ? (ratio < 1 ? 'faster' : 'slower') : null;
  return { work, by, ratio, minimum: now.minimum / then.minimum, margin, verdict };
}

/** The changes from one run to another, a line each, and how many of them are beyond the margins. */
export function formatChanges(now: Run, then: Run): string[] {
  const all = changes(now, then);
  const width = Math.max(0, ...all.map(({ work, by }) => `${work}: ${by}`.length));
  const lines = all.map(({ work, by, ratio, minimum, margin, verdict }) => {
    const both = margin === null ? '' : ` ± ${margin.toFixed(3)}`;
    const least = `minimum ${minimum.toFixed(3)}`;
    return `  ${`${work}: ${by}`.padEnd(width)}  mean ${ratio.toFixed(3)}${both}, ${least}${verdict ? `  ${verdict}` : ''}`;
  });
  const count = (verdict: Change['verdict']): number => all.filter((c) => c.verdict === verdict).length;
  const elsewhere = now.engine !== then.engine || now.cpu !== then.cpu;
  return [
    `now / then: ${then.engine}, ${then.cpu}${elsewhere ? ', which is not where it runs now' : ''}`,
    ...lines,
    `  of ${all.length} times in both runs ${count('faster')} are faster and ${count('slower')} slower by more than both margins`,
    ...onlyIn('now', now, all),
    ...onlyIn('then', then, all),
  ];
}

function onlyIn(name: string, run: Run, both: readonly Change[]): string[] {
  const n = run.timings.length - both.length;
  return n > 0 ? [`  only ${name}: ${n}`] : [];
}
