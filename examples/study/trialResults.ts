import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addConfusion } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';
import type * as v from 'valibot';
import type { Judged } from '../dynaecg/evaluate.ts';
import type { Trained } from '../dynaecg/members.ts';
import type { Plan } from '../dynaecg/plan.ts';
import type { Comparison } from '../report/metrics.ts';
import { parseJson } from '../shared/schema.ts';
import type { Outcome, RunId } from './ledger.ts';
import { precisionsOf, type scored } from './precision.ts';

type Together = Omit<Outcome, keyof RunId | 'protocol'>;

/** What one training of a run came to. */
export interface TrialResult extends Omit<Together, 'averagePrecision'> {
  scored: Record<string, v.InferOutput<typeof scored>>;
}

/** The judgement of a run as it is kept. */
export function trialResult(
  { plan, histories }: Trained<Plan>,
  { records, classified, neighbors, operating, embedding }: Judged & Partial<Comparison>,
  minutes: number,
): TrialResult {
  const { beats, labels } = plan.judged;
  const K = beats.classes.length;
  const own: TrialResult['scored'] = {};
  for (const [i, r] of beats.record.entries()) {
    const name = beats.recordNames[r];
    own[name] ??= { labels: [], probabilities: [] };
    own[name].labels.push(labels[i]);
    own[name].probabilities.push([...classified.probabilities.data.subarray(i * K, (i + 1) * K)]);
  }
  return {
    ...{ classes: beats.classes, records, neighbors, operating, embedding, scored: own, minutes },
    margins: histories.flatMap(({ iterations }) => iterations.map(({ margin }) => margin)),
  };
}

/** The results of the trainings of a run that has several, until all are there. */
export class TrialResults {
  readonly #folder: string;
  readonly #results = new Map<number, TrialResult>();

  constructor(folder: string) {
    this.#folder = folder;
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      const [, i] = /^judged-(\d+)\.json$/.exec(file) ?? [];
      if (i !== undefined)
        this.#results.set(Number(i), parseJson(readFileSync(join(folder, file), 'utf8')) as TrialResult);
    }
  }

  has(i: number): boolean {
    return this.#results.has(i);
  }

  add(i: number, result: TrialResult): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileAtomic(join(this.#folder, `judged-${i}.json`), JSON.stringify(result));
    this.#results.set(i, result);
  }

  /** The results of all as those of one. */
  together(): Together {
    const all = [...this.#results].sort(([a], [b]) => a - b).map(([, result]) => result);
    const [first] = all;
    const scored = Object.assign({}, ...all.map((own) => own.scored)) as TrialResult['scored'];
    return {
      classes: first.classes,
      records: Object.assign({}, ...all.map(({ records }) => records)),
      neighbors: first.neighbors && addConfusion(all.map(({ neighbors }) => neighbors!)),
      operating: first.operating?.map(({ adjustment }, i) => ({
        adjustment,
        matrix: addConfusion(all.map(({ operating }) => operating![i].matrix)),
      })),
      embedding: all.length > 1 ? undefined : first.embedding, // those of several networks have no common distances
      margins: all.flatMap(({ margins }) => margins),
      minutes: all.reduce((sum, { minutes }) => sum + minutes, 0),
      averagePrecision: precisionsOf(scored, first.classes.length),
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
