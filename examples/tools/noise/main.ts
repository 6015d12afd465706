// The noise stress test: noise of a kind and a level is added to recordings, as WFDB's nst does, and what the detector, the
// quality index and a model make of it is printed.

import { Option } from 'commander';
import { ArgumentError } from 'dynaecg';
import { DS1, NOISE_KINDS, type NoiseKind } from 'dynaecg/ecg';
import { loadModel, loadRecord } from 'dynaecg/node';
import { runProgram } from '../../shared/exit.ts';
import { Program } from '../../shared/program.ts';
import { Progress } from '../../shared/progress.ts';
import { mandatoryOption } from '../../shared/values.ts';
import { fitWeights } from './fit.ts';
import { type Level, ladder } from './ladder.ts';
import { formatClean, formatLadder } from './table.ts';

const LEVELS = [24, 18, 12, 6, 0, -6]; // dB, those of the MIT-BIH Noise Stress Test Database

/** What the options below are read into. */
interface Values {
  data: string;
  record: string[];
  kind: NoiseKind[];
  snr: string[];
  model?: string;
  seed: string;
  fit?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const program = new Program('noise')
  .description(
    'Adds noise to recordings, from the fifth minute on every other two minutes, and prints for each level how many windows ' +
      'of ten seconds the quality index calls noise, how many beats the detector finds, and how many a model classifies right.',
  )
  .addOption(mandatoryOption('--data <DIR>', 'a folder of annotated records, such as the MIT-BIH Arrhythmia Database'))
  .option('--record <NAME...>', "the records; by default those of de Chazal's DS1", [...DS1])
  .addOption(
    new Option('--kind <KIND...>', 'kinds of noise').choices([...NOISE_KINDS]).default([...NOISE_KINDS], 'all three'),
  )
  .option('--snr <DB...>', 'signal-to-noise ratios', LEVELS.map(String))
  .option('--model <FILE>', 'a model file, to classify the beats with')
  .option('--seed <S>', 'of the noise', '0')
  .option('--fit', 'instead, fit the weights of the quality index to the recordings, clean and with noise at 0 dB')
  .option('--json', 'print the counts of every record as JSON')
  .option('--quiet', 'no progress')
  .action(({ data, record: names, kind: kinds, snr, model: file, seed, fit, json, quiet = false }: Values) => {
    const levels = snr.map((text) => {
      if (text.trim() === '' || !Number.isFinite(Number(text)))
        throw new ArgumentError(`--snr: expected numbers of dB, got ${text}`);
      return Number(text);
    });
    const model = file === undefined ? null : loadModel(file);
    const progress = new Progress('noise', quiet);
    const rows: Level[] = [];
    const records = names.map((name) => loadRecord(`${data}/${name}`));
    if (fit) console.log(fitWeights(records, kinds, seed));
    else {
      for (const step of ladder(records, { kinds, levels, seed, model })) {
        rows.push(...step.levels);
        progress.update(step.done);
      }
      progress.finish(`${records.length} records`);
      console.log(json ? JSON.stringify(rows) : `${formatClean(rows)}\n\n${formatLadder(rows, model !== null)}`);
    }
  });

await runProgram(program);
