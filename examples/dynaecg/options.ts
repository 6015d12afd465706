import { ArgumentError } from 'dynaecg';
import { flag, readArguments, text } from '../shared/arguments.ts';
import { oneOf, wholeNumber } from '../shared/values.ts';
import {
  type Configuration,
  checkConfiguration,
  configurationNames,
  MINERS,
  readConfiguration,
} from './configuration.ts';

const PROTOCOLS = ['intra', 'inter'] as const;

/** The paper's method as docs/results.md reports it. */
const DEFAULTS = { intra: 'triplet', inter: 'inter-triplet' };

/** What the command line asks for. */
export interface Options {
  /** folder with MIT-BIH's files; null for synthetic recordings */
  data: string | null;
  download: boolean;
  /** one for each protocol to run */
  configurations: Configuration[];
  seed: string;
  out: string;
  quiet: boolean;
  json: boolean;
}

const help = `Trains DynaECG-Net to tell N, S and V heartbeats apart, and prints the paper's Table 1.

  npm start -- [options]

  --data DIR         read the MIT-BIH Arrhythmia Database from DIR; without it, synthetic recordings are used
  --download         fetch MIT-BIH from PhysioNet into the folder of --data (./mitdb by default) first;
                     goes on where it stopped, checks SHA-256
  --protocol P       intra (the paper's: half of the beats, patients mixed), inter (patients kept apart:
                     de Chazal's DS1 and DS2), or both; both by default
  --config NAME      the settings: one of those in examples/dynaecg/settings, or a file that ends in .json;
                     by default triplet and inter-triplet with --data, else synthetic; paper is the paper to the letter,
                     intra-three and inter-longer train by cross-entropy, joint by triplets and cross-entropy at once
  --iterations N     iterations of training, instead of the configuration's
  --steps N          batches in an iteration, instead of the configuration's
  --per-class N      beats of each class in a batch, instead of the configuration's
  --miner NAME       instead of the configuration's: violating (every triplet within the margin), semiHard (those whose
                     negative is behind the positive), nearestSemiHard, semiHardOrFarthest or batchHard
  --seed S           any text or number; 0 by default. The same seed gives the same figures
  --out DIR          where report.html, metrics.json, csv and the models go; runs/dynaecg by default
  --quiet            no progress
  --json             print metrics.json instead of tables
  -h, --help         this text
  --version          the version of dynaecg

Ctrl-C stops training and keeps the best model so far.

Configurations: ${configurationNames().join(' ')}`;

/** Reads the command line; null where --help or --version is asked for. */
export function parseOptions(args: string[]): Options | null {
  const given = readArguments(
    {
      name: 'start',
      help,
      options: {
        data: text,
        download: flag,
        protocol: text,
        config: text,
        iterations: text,
        steps: text,
        'per-class': text,
        miner: text,
        seed: text,
        out: text,
        quiet: flag,
        json: flag,
      },
    },
    args,
  );
  if (!given) return null;
  const { download, quiet, json, seed = '0', out = 'runs/dynaecg', protocol = 'both', ...rest } = given.values;
  const data = rest.data ?? (download ? 'mitdb' : null);
  const wanted = oneOf('--protocol', protocol, [...PROTOCOLS, 'both']);
  const settings = {
    ...count('--iterations', 'iterations', rest.iterations, 1),
    ...count('--steps', 'steps', rest.steps, 1),
    ...count('--per-class', 'perClass', rest['per-class'], 2),
    ...(rest.miner === undefined ? {} : { miner: oneOf('--miner', rest.miner, Object.keys(MINERS)) }),
  };
  const configure = (protocol: 'intra' | 'inter'): Configuration => {
    const name = rest.config ?? (data ? DEFAULTS[protocol] : 'synthetic');
    const own = checkConfiguration(name, { ...readConfiguration(name), ...settings, protocol });
    if (rest.miner !== undefined && own.method === 'crossEntropy')
      throw new ArgumentError(`--miner: expected a configuration that trains with triplets, got ${name}`);
    return own;
  };
  const configurations = PROTOCOLS.filter((name) => wanted === 'both' || name === wanted).map(configure);
  return { data, download, configurations, seed, out, quiet, json };
}

/** A setting from the command line, where it is there. */
function count(option: string, key: string, text: string | undefined, min: number): Record<string, number> {
  return text === undefined ? {} : { [key]: wholeNumber(option, text, min) };
}
