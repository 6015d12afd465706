import { parseArgs } from 'node:util';
import { ArgumentError, batchHard, nearestSemiHard, semiHard } from 'dynaecg';

/** The miners that can be asked for by name. */
export const MINERS = { semiHard, nearestSemiHard, batchHard };

/** What the command line asks for. */
export interface Options {
  /** folder with MIT-BIH's files; null for synthetic recordings */
  data: string | null;
  download: boolean;
  protocols: ('intra' | 'inter')[];
  iterations: number;
  steps: number;
  /** samples of each class in a batch */
  perClass: number;
  miner: keyof typeof MINERS;
  /** full: the library's default sizes; small: a quarter of them everywhere, about ten times as fast */
  network: 'small' | 'full';
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
  --iterations N     iterations of triplet training; 30, the paper's number, with --data, else 8
  --steps N          batches in an iteration; 200 with --data, else 50
  --per-class N      beats of each class in a batch; 32 with --data, else 16
  --miner NAME       semiHard (every triplet in the band), nearestSemiHard or batchHard; semiHard by default
  --network SIZE     full, or small: a quarter as wide everywhere; full with --data, else small
  --seed S           any text or number; 0 by default. The same seed gives the same figures
  --out DIR          where metrics.json, history.json and the models go; runs/dynaecg by default
  --quiet            no progress
  --json             print metrics.json instead of tables
  --help             this text

Ctrl-C stops training and keeps the best model so far.`;

/** Reads the command line; null where --help is asked for. */
export function parseOptions(args: string[]): Options | null {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      data: string,
      download: boolean,
      protocol: { type: 'string', default: 'both' },
      iterations: string,
      steps: string,
      'per-class': string,
      miner: { type: 'string', default: 'semiHard' },
      network: string,
      seed: { type: 'string', default: '0' },
      out: { type: 'string', default: 'runs/dynaecg' },
      quiet: boolean,
      json: boolean,
      help: boolean,
    },
  });
  if (values.help) return null;
  const data = values.data ?? (values.download ? 'mitdb' : null);
  const { protocol } = values;
  if (protocol !== 'intra' && protocol !== 'inter' && protocol !== 'both')
    throw new ArgumentError(`--protocol: expected intra, inter or both, got ${protocol}`);
  const network = values.network ?? (data ? 'full' : 'small');
  if (network !== 'small' && network !== 'full')
    throw new ArgumentError(`--network: expected small or full, got ${network}`);
  const { miner } = values;
  if (!isMiner(miner)) throw new ArgumentError(`--miner: expected ${Object.keys(MINERS).join(', ')}, got ${miner}`);
  return {
    data,
    download: values.download,
    protocols: protocol === 'both' ? ['intra', 'inter'] : [protocol],
    iterations: count('--iterations', values.iterations, data ? 30 : 8, 1),
    steps: count('--steps', values.steps, data ? 200 : 50, 1),
    perClass: count('--per-class', values['per-class'], data ? 32 : 16, 2),
    miner,
    network,
    seed: values.seed,
    out: values.out,
    quiet: values.quiet,
    json: values.json,
  };
}

function isMiner(name: string): name is keyof typeof MINERS {
  return Object.hasOwn(MINERS, name);
}

function count(name: string, text: string | undefined, fallback: number, min: number): number {
  if (text === undefined) return fallback;
  const n = Number(text);
  if (!Number.isInteger(n) || n < min)
    throw new ArgumentError(`${name}: expected a whole number >= ${min}, got ${text}`);
  return n;
}
