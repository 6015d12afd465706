import { parseArgs } from 'node:util';
import { ArgumentError } from 'dynaecg';
import { type Configuration, checkConfiguration, configurationNames, readConfiguration } from './configuration.ts';

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

export const help = `Trains DynaECG-Net to tell N, S and V heartbeats apart, and prints the paper's Table 1.

  npm start -- [options]

  --data DIR         read the MIT-BIH Arrhythmia Database from DIR; without it, synthetic recordings are used
  --download         fetch MIT-BIH from PhysioNet into the folder of --data (./mitdb by default) first;
                     goes on where it stopped, checks SHA-256
  --protocol P       intra (the paper's: half of the beats, patients mixed), inter (patients kept apart:
                     de Chazal's DS1 and DS2), or both; both by default
  --config NAME      the settings: one of those in examples/dynaecg/experiments, or a file that ends in .json;
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
  --help             this text

Ctrl-C stops training and keeps the best model so far.

Configurations: ${configurationNames().join(' ')}`;

/** Reads the command line; null where --help is asked for. */
export function parseOptions(args: string[]): Options | null {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      data: string,
      download: boolean,
      protocol: string,
      config: string,
      iterations: string,
      steps: string,
      'per-class': string,
      miner: string,
      seed: { type: 'string', default: '0' },
      out: { type: 'string', default: 'runs/dynaecg' },
      quiet: boolean,
      json: boolean,
      help: boolean,
    },
  });
  if (values.help) return null;
  const data = values.data ?? (values.download ? 'mitdb' : null);
  const { protocol = 'both' } = values;
  if (protocol !== 'intra' && protocol !== 'inter' && protocol !== 'both')
    throw new ArgumentError(`--protocol: expected intra, inter or both, got ${protocol}`);
  const given = {
    ...count('--iterations', 'iterations', values.iterations, 1),
    ...count('--steps', 'steps', values.steps, 1),
    ...count('--per-class', 'perClass', values['per-class'], 2),
    ...(values.miner === undefined ? {} : { miner: values.miner }),
  };
  const configure = (protocol: 'intra' | 'inter'): Configuration => {
    const name = values.config ?? (data ? DEFAULTS[protocol] : 'synthetic');
    const own = checkConfiguration(name, { ...readConfiguration(name), ...given, protocol });
    if (values.miner !== undefined && own.method === 'crossEntropy')
      throw new ArgumentError(`--miner: expected a configuration that trains with triplets, got ${name}`);
    return own;
  };
  return {
    data,
    download: values.download,
    configurations: PROTOCOLS.filter((name) => protocol === 'both' || name === protocol).map(configure),
    seed: values.seed,
    out: values.out,
    quiet: values.quiet,
    json: values.json,
  };
}

/** A setting from the command line, where it is there. */
function count(name: string, key: string, text: string | undefined, min: number): Record<string, number> {
  if (text === undefined) return {};
  const n = Number(text);
  if (!Number.isInteger(n) || n < min)
    throw new ArgumentError(`${name}: expected a whole number >= ${min}, got ${text}`);
  return { [key]: n };
}
