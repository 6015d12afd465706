import { parseArgs } from 'node:util';
import { ArgumentError } from 'dynaecg';
import { DS1, syntheticRecords } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { exitWith } from '../exit.ts';
import { statisticsOf } from './statistics/patient.ts';
import { formatStatistics } from './statistics/table.ts';

const help = `Measures recordings, and synthetic ones beside them: widths and heights of waves, noise, rhythm, ectopic beats.

  npm run statistics -- [options]

  --data DIR       MIT-BIH's files: measures de Chazal's training records; without it, synthetic recordings alone
  --patients N     of the synthetic recordings; 32 by default
  --duration S     of each, seconds; 300 by default
  --seed S         of theirs; 0 by default
  --help           this text`;

function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      patients: { type: 'string', default: '32' },
      duration: { type: 'string', default: '300' },
      seed: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const number = (name: 'patients' | 'duration'): number => {
    const n = Number(values[name]);
    if (!Number.isInteger(n) || n < 1)
      throw new ArgumentError(`--${name}: expected a whole number >= 1, got ${values[name]}`);
    return n;
  };
  const { records } = syntheticRecords({
    seed: values.seed,
    patients: number('patients'),
    duration: number('duration'),
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
