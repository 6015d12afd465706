// The model that the package brings: how it is trained, and how well it does on recordings that it has not seen.
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { runProgram } from '../shared/exit.ts';
import { Program } from '../shared/program.ts';
import { mandatoryOption } from '../shared/values.ts';
import { formatAdapted } from './adaptedTable.ts';
import { fewShot } from './fewShot.ts';
import { judgeModel } from './judge.ts';
import { quantizeModel } from './quantize.ts';
import { JudgedReadings } from './readings.ts';
import { JUDGED_SETS } from './sets.ts';
import { formatJudged } from './table.ts';
import { TRAINED_ON, trainModel } from './train.ts';

const READINGS = fileURLToPath(new URL('readings.jsonl', import.meta.url));
const readings = (): Option =>
  new Option('--readings <FILE>', 'the file of JSON lines to which readings and their figures are appended').default(
    READINGS,
    'examples/model/readings.jsonl',
  );
const data = (): Option => mandatoryOption('--data <DIR>', 'the folder of the database');

const program = new Program('model').description(
  'Trains models to ship, and judges them on recordings that they have not seen.',
);

program
  .command('train')
  .description('train on all beats of the given records, with nothing held out')
  .addOption(data())
  .addOption(mandatoryOption('--out <FILE>', 'where the model goes'))
  .option(
    '--config <NAME>',
    'the settings: a name of examples/dynaecg/settings, or a file that ends in .json',
    'inter-patients',
  )
  .addOption(
    new Option(
      '--records <SET>',
      "DS1: de Chazal's training records, to be judged by others; all: his test records too",
    )
      .choices(Object.keys(TRAINED_ON))
      .default('all'),
  )
  .option('--seed <S>', 'any text or number; the same seed gives the same model', '0')
  .option('--quiet', 'no progress')
  .action(trainModel);

program
  .command('judge')
  .description('annotate the records of a set with a model; one of a test half reads it only once')
  .addOption(mandatoryOption('--model <FILE>', 'of `train`'))
  .addOption(data())
  .addOption(new Option('--records <SET>', 'which to judge by').choices(Object.keys(JUDGED_SETS)).makeOptionMandatory())
  .addOption(readings())
  .option('--quiet', 'no progress')
  .action(judgeModel);

program
  .command('quantize')
  .description('write a model with weights in int8, and compare both files')
  .addOption(mandatoryOption('--model <FILE>', 'of `train`'))
  .addOption(mandatoryOption('--out <FILE>', 'where the model in int8 goes'))
  .option('--data <DIR>', 'the folder of the database of --records')
  .addOption(
    new Option('--records <SET>', 'which to compare by; none of a test half').choices(Object.keys(JUDGED_SETS)),
  )
  .option('--quiet', 'no progress')
  .action(quantizeModel);

program
  .command('few-shot')
  .description('adapt a model to each record by more and more of its labels; a test half is read only once')
  .addOption(mandatoryOption('--model <FILE>', 'of `train`'))
  .addOption(data())
  .addOption(new Option('--records <SET>', 'which to judge by').choices(Object.keys(JUDGED_SETS)).makeOptionMandatory())
  .addOption(readings())
  .option('--quiet', 'no progress')
  .action(fewShot);

program
  .command('table')
  .description('the figures of all models that were judged')
  .addOption(readings())
  .action(({ readings: path }: { readings: string }) => {
    const { results, adapted } = new JudgedReadings(path);
    console.log([formatJudged(results), formatAdapted(adapted)].join('\n\n'));
  });

await runProgram(program);
