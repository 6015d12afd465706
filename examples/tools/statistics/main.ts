import { DS1, syntheticRecords } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { runProgram } from '../../shared/exit.ts';
import { Program } from '../../shared/program.ts';
import { wholeOption } from '../../shared/values.ts';
import { statisticsOf } from './patient.ts';
import { formatStatistics } from './table.ts';

/** What the options below are read into. */
interface Values {
  data?: string;
  patients: number;
  duration: number;
  seed: string;
}

const program = new Program('statistics')
  .description(
    'Measures recordings, and synthetic ones next to them: widths and heights of waves, noise, rhythm, ectopic beats.',
  )
  .option(
    '--data <DIR>',
    "MIT-BIH's files: measures de Chazal's training records; without it, synthetic recordings alone",
  )
  .addOption(wholeOption('--patients <N>', 'number of synthetic recordings', 1).default(32))
  .addOption(wholeOption('--duration <S>', 'seconds of each', 1).default(300))
  .option('--seed <S>', 'of the synthetic recordings', '0')
  .action(({ data, ...synthetic }: Values) => {
    const { records } = syntheticRecords(synthetic);
    const real = (folder: string) => DS1.map((name) => loadRecord(`${folder}/${name}`));
    const sets = [
      ...(data === undefined ? [] : [{ name: 'MIT-BIH, DS1', records: real(data) }]),
      { name: 'synthetic', records },
    ].map(({ name, records }) => ({ name, patients: records.map(statisticsOf) }));
    console.log(formatStatistics(sets));
  });

await runProgram(program);
