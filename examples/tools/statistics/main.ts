import { ArgumentError } from 'dynaecg';
import { DS1, syntheticRecords } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { readArguments, text } from '../../shared/arguments.ts';
import { exitWith } from '../../shared/exit.ts';
import { statisticsOf } from './patient.ts';
import { formatStatistics } from './table.ts';

const help = `Measures recordings, and synthetic ones next to them: widths and heights of waves, noise, rhythm, ectopic beats.

  npm run statistics -- [options]

  --data DIR       MIT-BIH's files: measures de Chazal's training records; without it, synthetic recordings alone
  --patients N     of the synthetic recordings; 32 by default
  --duration S     of each, seconds; 300 by default
  --seed S         of theirs; 0 by default
  -h, --help       this text
  --version        the version of dynaecg`;

function main(args: string[]): number {
  const options = { data: text, patients: text, duration: text, seed: text };
  const given = readArguments({ name: 'statistics', help, options }, args);
  if (!given) return 0;
  const { values } = given;
  const number = (name: 'patients' | 'duration', byDefault: number): number => {
    const n = Number(values[name] ?? byDefault);
    if (!Number.isInteger(n) || n < 1)
      throw new ArgumentError(`--${name}: expected a whole number >= 1, got ${values[name]}`);
    return n;
  };
  const { records } = syntheticRecords({
    seed: values.seed ?? '0',
    patients: number('patients', 32),
    duration: number('duration', 300),
  });
  const { data } = values;
  const sets = [
    ...(data === undefined
      ? []
      : [{ name: 'MIT-BIH, DS1', records: DS1.map((name) => loadRecord(`${data}/${name}`)) }]),
    { name: 'synthetic', records },
  ].map(({ name, records }) => ({ name, patients: records.map(statisticsOf) }));
  console.log(formatStatistics(sets));
  return 0;
}

await exitWith(main);
