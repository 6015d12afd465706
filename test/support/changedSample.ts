/** The sample of a run that tests of the report draw, and changes of it. */
import type { Metrics } from '../../examples/report/metrics.ts';
import { drawReport } from '../../examples/report/page.ts';
import { sampleMetrics } from './reportSample.ts';

export const POINTS = 200;
export const sample = sampleMetrics({ points: POINTS });
export const page = drawReport(sample);

/** The sample, changed. */
export function changed(change: (metrics: Metrics) => void): Metrics {
  const metrics = structuredClone(sample);
  change(metrics);
  return metrics;
}
