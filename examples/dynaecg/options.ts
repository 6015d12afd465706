import { Option } from 'commander';
import { ArgumentError } from 'dynaecg';
import { Program } from '../shared/program.ts';
import { fastOption } from '../shared/threads.ts';
import { wholeOption } from '../shared/values.ts';
import { readClassMap } from './classMap.ts';
import {
  type Configuration,
  checkConfiguration,
  configurationNames,
  MINERS,
  readConfiguration,
} from './configuration.ts';
import { readSplit } from './division.ts';
import type { Asked } from './recordings.ts';

const PROTOCOLS = ['intra', 'inter'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** The paper's method as docs/results.md reports it. */
const DEFAULTS = { intra: 'triplet', inter: 'inter-triplet' };

/** What the command line asks for; a configuration for each protocol to run. */
export interface Options extends Asked {
  configurations: Configuration[];
  out: string;
  json: boolean;
  /** fused multiply-adds */
  fast: boolean;
  /** the `out` of an interrupted run to continue */
  resume: string | null;
  /** give up an interrupted run that is in the way */
  force: boolean;
}

/** What the options below are read into. */
interface Values {
  data?: string[];
  download?: boolean;
  split?: string;
  classes?: string;
  protocol: Protocol | 'both';
  config?: string;
  iterations?: number;
  steps?: number;
  perClass?: number;
  miner?: string;
  seed: string;
  fast?: boolean;
  out: string;
  quiet?: boolean;
  json?: boolean;
  resume?: string;
  force?: boolean;
}

/** `train`; `run` is given what is asked for, and the command as a shell takes it. */
export function trainCommand(run: (options: Options, line: string) => Promise<void>): Program {
  const program = new Program('train');
  return program
    .summary('train and evaluate a model, on folders of WFDB records or synthetic recordings')
    .description("Trains DynaECG-Net to classify heartbeats, as N, S or V by default, and prints the paper's Table 1.")
    .option(
      '--data <DIR...>',
      'one or more folders with annotated WFDB records, such as the MIT-BIH Arrhythmia Database; other rates than 360 Hz are ' +
        'resampled; without it, synthetic recordings are made',
    )
    .option(
      '--split <FILE>',
      'JSON with the records of each part of protocol inter, as {"train": ["100", ...], "test": [...]}, also "validation" and ' +
        '"patients": {"NAME": ["201", "202"], ...}; by default DS1 and DS2 of MIT-BIH, and patients drawn from other folders',
    )
    .option(
      '--classes <FILE>',
      'JSON with the annotation labels of each class, the usual one first, as {"normal": ["N", "L", "R"], "ectopic": ["V", "A"]}; ' +
        "by default AAMI's N, S and V",
    )
    .option(
      '--download',
      'first fetch MIT-BIH from PhysioNet into the folder of --data (./mitdb by default); resumes where it stopped, checks SHA-256',
    )
    .addOption(
      new Option(
        '--protocol <P>',
        "intra: the paper's, half of the beats, patients mixed; inter: patients kept apart, by --split",
      )
        .choices([...PROTOCOLS, 'both'])
        .default('both'),
    )
    .option(
      '--config <NAME>',
      'the settings: a name from the list below, or a file that ends in .json; by default triplet and inter-triplet with ' +
        '--data, otherwise synthetic. paper is the paper to the letter, intra-three and inter-longer train by cross-entropy, ' +
        'joint by triplets and cross-entropy at once',
    )
    .addOption(wholeOption('--iterations <N>', "iterations of training, instead of the configuration's", 1))
    .addOption(wholeOption('--steps <N>', "batches per iteration, instead of the configuration's", 1))
    .addOption(wholeOption('--per-class <N>', "beats of each class per batch, instead of the configuration's", 2))
    .addOption(
      new Option(
        '--miner <NAME>',
        "instead of the configuration's: violating mines every triplet within the margin, semiHard only those whose " +
          'negative is farther than the positive',
      ).choices(Object.keys(MINERS)),
    )
    .option('--seed <S>', 'any text or number; the same seed gives the same figures', '0')
    .addOption(fastOption())
    .option('--out <DIR>', 'where report.html, metrics.json, csv and the models go', 'runs/dynaecg')
    .addOption(
      new Option(
        '--resume <DIR>',
        'continue the interrupted run of this --out, to the same figures; no other options except --quiet, --json',
      ).conflicts(DECIDING),
    )
    .option('--force', 'discard an interrupted run of the same --out')
    .option('--quiet', 'no progress')
    .option('--json', 'print metrics.json instead of tables')
    .addHelpText('after', () => AFTER + configurationNames().join(' '))
    .action((values: Values) => run(readOptions(values), program.line));
}

/** Options that determine a run, and which a resumed one therefore has already. */
const DECIDING = [
  'data',
  'download',
  'split',
  'classes',
  'protocol',
  'config',
  'iterations',
  'steps',
  'perClass',
  'miner',
  'seed',
  'fast',
  'out',
  'force',
];

const AFTER = `
A run is written to DIR.unfinished, and moved to DIR when it is complete. Ctrl-C and SIGTERM stop it; --resume DIR continues
it, also after a crash.

Configurations: `;

function readOptions(values: Values): Options {
  const {
    download = false,
    fast = false,
    quiet = false,
    json = false,
    force = false,
    resume = null,
    seed,
    out,
  } = values;
  const data = values.data ?? (download ? ['mitdb'] : []);
  if (download && data.length > 1)
    throw new ArgumentError(`--download: expected one folder, which MIT-BIH is fetched into, got ${data.join(', ')}`);
  if (values.split !== undefined && data.length === 0)
    throw new ArgumentError(`--split: expected --data with the records that it names, got ${values.split} alone`);
  if (values.split !== undefined && values.protocol === 'intra')
    throw new ArgumentError(
      '--split: expected --protocol inter or both, as it says whose records are for test, got intra',
    );
  const split = values.split === undefined ? null : readSplit(values.split);
  const classes = values.classes === undefined ? null : readClassMap(values.classes);
  const { config, protocol: wanted, iterations, steps, perClass, miner } = values;
  const given = Object.entries({ iterations, steps, perClass, miner }).filter(([, value]) => value !== undefined);
  const configure = (protocol: Protocol): Configuration => {
    const name = config ?? (data.length > 0 ? DEFAULTS[protocol] : 'synthetic');
    const own = checkConfiguration(name, { ...readConfiguration(name), ...Object.fromEntries(given), protocol });
    if (miner !== undefined && own.method === 'crossEntropy')
      throw new ArgumentError(`--miner: expected a configuration that trains with triplets, got ${name}`);
    return own;
  };
  const configurations = PROTOCOLS.filter((name) => wanted === 'both' || name === wanted).map(configure);
  return { data, download, split, classes, configurations, seed, fast, out, quiet, json, resume, force };
}
