import type { Judged, Metrics, ProtocolMetrics } from './metrics.ts';

export type Protocol = 'intra' | 'inter';

/** A protocol of a run, and what to call it. */
export interface Part {
  protocol: Protocol;
  name: string;
  classes: readonly string[];
  /** of each class, where they are not AAMI's */
  labels: Metrics['labels'];
  metrics: ProtocolMetrics;
}

/** One that was finished. */
export interface JudgedPart extends Part {
  judged: Judged;
}

/** What clinicians call intra- and inter-patient; the figures of one say little about the other. */
export const PROTOCOLS: Record<Protocol, string> = {
  intra: 'Patients mixed (intra-patient)',
  inter: 'Patients apart (inter-patient)',
};

export function partsOf({ protocols, classes, labels }: Metrics): Part[] {
  return Object.values(protocols).map((metrics) => {
    const { protocol } = metrics.configuration;
    return { protocol, name: PROTOCOLS[protocol], classes, labels, metrics };
  });
}

export function judgedParts(metrics: Metrics): JudgedPart[] {
  return partsOf(metrics).flatMap((part) => (part.metrics.judged ? [{ ...part, judged: part.metrics.judged }] : []));
}

/** The class that records are ordered by: S of N, S and V, rare and hard to tell in a single beat; the second of others. */
export const FOCUS = 1;

/** The classes but for the first, which is the usual one: those that are looked for. */
export const sought = (classes: readonly string[]): number[] => classes.map((_, k) => k).slice(1);
