import { bootstrapDifference, DataError, Random } from 'dynaecg';
import { byPatient } from '../dynaecg/evaluate.ts';
import { align, percent } from '../shared/text.ts';
import type { Outcome } from './ledger.ts';
import { PART_NAMES } from './parts.ts';
import { groups, STATISTICS, title } from './summary.ts';

const DRAWS = 2000;

/**
 * How much better the first configuration is than the second on the same patients, for each part that both were judged on, with
 * intervals over patients: the seeds that both have are taken together.
 *
 * @throws DataError where no part and seed has both
 */
export function formatDifference(outcomes: readonly Outcome[], first: string, second: string): string {
  const tables = PART_NAMES.flatMap((part) => {
    const [one, other] = [first, second].map((name) =>
      groups(outcomes.filter((o) => o.name === name && o.part === part)),
    );
    return one.flatMap((own) => other.flatMap((others) => difference(own, others)));
  });
  if (tables.length === 0)
    throw new DataError(
      `difference: expected runs of one seed on the same records, got none of ${first} and ${second}`,
    );
  return tables.join('\n\n');
}

function difference(first: readonly Outcome[], second: readonly Outcome[]): string[] {
  const pairs = first.flatMap((own) => {
    const other = second.find((o) => o.seed === own.seed && o.source === own.source);
    return other && namesOf(own) === namesOf(other) ? [[own.records, sorted(own, other)] as const] : [];
  });
  if (pairs.length === 0) return [];
  const [one, other] = [pairs.map(([own]) => own), pairs.map(([, records]) => records)].map((runs) => byPatient(runs));
  const cells = Object.values(STATISTICS).map((statistic) => {
    const { difference, low, high } = bootstrapDifference(one, other, statistic, {
      random: new Random('bootstrap'),
      draws: DRAWS,
    });
    return [percent(difference), `${percent(low)} to ${percent(high)}`];
  });
  return [
    [
      `${first[0].part}: ${title(first[0])} less ${title(second[0])} on the same ${one.length} patients, ${pairs.length} seeds ` +
        'together, in points of %',
      ...align([
        ['', ...Object.keys(STATISTICS)],
        ['difference', ...cells.map(([mean]) => mean)],
        ['95 % interval over patients', ...cells.map(([, interval]) => interval)],
      ]),
    ].join('\n'),
  ];
}

const namesOf = ({ records }: Outcome): string => Object.keys(records).sort().join(' ');

/** The records of the other run in the order of the own one's. */
function sorted({ records: own }: Outcome, { records }: Outcome): Outcome['records'] {
  return Object.fromEntries(Object.keys(own).map((name) => [name, records[name]]));
}
