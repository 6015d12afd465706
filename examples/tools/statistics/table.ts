import { align } from '../../shared/text.ts';
import { type PatientStatistics, STATISTICS, type Statistic, valuesOf } from './patient.ts';
import { quantileOf } from './quantiles.ts';

const QUANTILES = [0.1, 0.5, 0.9];

/** Each statistic of several sets of recordings: quantiles over the patients, and how many have it. */
export function formatStatistics(sets: readonly { name: string; patients: readonly PatientStatistics[] }[]): string {
  const heading = sets.flatMap(({ name }) => [`${name}: n`, ...QUANTILES.map((q) => `${100 * q} %`)]);
  const rows = (Object.keys(STATISTICS) as Statistic[]).map((statistic) => [
    statistic,
    ...sets.flatMap(({ patients }) => {
      const values = valuesOf(patients, statistic);
      return [String(values.length), ...QUANTILES.map((q) => figure(quantileOf(values, q), STATISTICS[statistic]))];
    }),
  ]);
  const counts = (Object.keys(WHO) as (keyof typeof WHO)[]).map((who) => [
    who,
    ...sets.flatMap(({ patients }) => [`${patients.filter(WHO[who]).length} of ${patients.length}`, '', '', '']),
  ]);
  return align([['over the patients', ...heading], ...rows, ...counts]).join('\n');
}

const WHO = {
  'patients without S and V': (p: PatientStatistics) => p['share of S'] + p['share of V'] === 0,
  'with less than 1 % of S and V': (p: PatientStatistics) => p['share of S'] + p['share of V'] < 0.01,
  'with S': (p: PatientStatistics) => p['share of S'] > 0,
  'with V': (p: PatientStatistics) => p['share of V'] > 0,
  'with fibrillation': (p: PatientStatistics) => p['share of fibrillation'] > 0,
  'with a bundle branch block': (p: PatientStatistics) => p['share of L and R'] > 0,
};

const figure = (value: number, digits: number): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));
