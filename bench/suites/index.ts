import type { SuiteOptions } from '../support/options.ts';
import type { Report } from '../support/report.ts';
import { benchCoverage } from './coverage.ts';
import { benchEngines } from './engines.ts';
import { benchGemm } from './gemm.ts';
import { benchGrowth } from './growth.ts';
import { benchHolter } from './holter.ts';
import { benchInference } from './inference.ts';
import { benchMicro } from './micro.ts';
import { benchMillion } from './million.ts';
import { benchRecordings } from './recordings.ts';
import { benchRetrieval } from './retrieval.ts';
import { benchStream } from './stream.ts';
import { benchThreads } from './threads.ts';
import { benchTraining } from './training.ts';
import { benchTsne } from './tsne.ts';
import { benchVariants } from './variants.ts';
import { benchWfdb } from './wfdb.ts';

/** One of the things that `npm run bench` can do. */
export interface Suite {
  run: (report: Report, options: SuiteOptions) => void | Promise<void>;
  /** which question it answers, and how long it takes without peers */
  about: string;
  /** whether it takes `--filter` */
  filters: boolean;
  /** whether it runs where no suite is named */
  usual: boolean;
}

/** In the order in which they run. */
export const SUITES = {
  training: {
    run: benchTraining,
    about: 'a training step next to PyTorch, tfjs and jax-js, and its time by kernel; 20 s',
    filters: false,
    usual: true,
  },
  inference: {
    run: benchInference,
    about: 'embedding 1 and 256 beats next to onnxruntime-web; 10 s',
    filters: true,
    usual: true,
  },
  gemm: {
    run: benchGemm,
    about: "the products of a training step next to the processor's peak; 10 s",
    filters: true,
    usual: true,
  },
  variants: {
    run: benchVariants,
    about: 'kernels next to what they might do instead; 10 s',
    filters: true,
    usual: true,
  },
  micro: {
    run: benchMicro,
    about: 'single ops on both backends, with margins of error; 2 minutes',
    filters: true,
    usual: false,
  },
  threads: {
    run: benchThreads,
    about: 'a training step and embedding with each number of threads, next to one; 30 s',
    filters: true,
    usual: false,
  },
  growth: {
    run: benchGrowth,
    about:
      'a training step and embedding as batch, length, LSTM units and leads grow, next to PyTorch and onnxruntime-node; 2 minutes',
    filters: true,
    usual: false,
  },
  retrieval: {
    run: benchRetrieval,
    about: 'nearest neighbours among 10,000 embeddings; 30 s, most of it the way it was done before',
    filters: true,
    usual: false,
  },
  tsne: {
    run: benchTsne,
    about: "t-SNE next to scikit-learn's; 40 s, and minutes for scikit-learn's",
    filters: true,
    usual: false,
  },
  wfdb: {
    run: benchWfdb,
    about: 'signal files of each WFDB format, read and written, in MB/s; 10 s',
    filters: true,
    usual: false,
  },
  recordings: {
    run: benchRecordings,
    about: 'reading a recording of each format; 10 s',
    filters: true,
    usual: false,
  },
  engines: {
    run: benchEngines,
    about: 'a beat, loading and heap on every engine that is installed; 2 minutes',
    filters: true,
    usual: false,
  },
  holter: {
    run: benchHolter,
    about: 'a day of one lead through BeatStream, in processor time, and its memory; 2 minutes',
    filters: false,
    usual: false,
  },
  million: {
    run: benchMillion,
    about: 'memory of writing a million beats to a file and of training on them from there; 1 GB of disk, 2 minutes',
    filters: false,
    usual: false,
  },
  stream: {
    run: benchStream,
    about: 'memory and delays of BeatStream, and its agreement with annotateRecord on MIT-BIH; 4 minutes',
    filters: false,
    usual: false,
  },
  coverage: {
    run: benchCoverage,
    about: 'how often intervals over patients hold the true score; 5 minutes',
    filters: false,
    usual: false,
  },
} satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
export const SUITE_NAMES = Object.keys(SUITES) as SuiteName[];
