import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ArgumentError } from 'dynaecg';
import { readConfiguration } from '../dynaecg/configuration.ts';
import { run, runAlone } from '../dynaecg/evaluate.ts';
import { foldersAt, sourceOf } from '../dynaecg/folders.ts';
import { type Plan, plan } from '../dynaecg/plan.ts';
import { JUST, openRecordings } from '../dynaecg/recordings.ts';
import type { Reached } from '../dynaecg/train.ts';
import { prepareFolder } from '../shared/folder.ts';
import { duration } from '../shared/progress.ts';
import { fingerprint } from './fingerprint.ts';
import { Ledger, type RunId } from './ledger.ts';
import { checkFolders, isReadOnce, type Part, trialsOf } from './parts.ts';
import { formatSummary } from './summary.ts';
import { type TrialResult, TrialResults, trialResult } from './trialResults.ts';
import { noteReading, readingWasNoted, Unfinished } from './unfinished.ts';

/** Where runs have their recordings from, and where they put what comes of them. */
export interface Place {
  data: readonly string[];
  /** the folder in which interrupted runs are kept */
  out: string;
  /** the file of the ledger */
  ledger: string;
  part: Part;
}

/**
 * Runs each configuration with each seed, some at a time, each in a process of its own, and prints the table.
 *
 * @param one starts a single run in a process of its own: the words of node's command line before its options
 * @returns whether all came to their end
 */
export async function runAll(
  names: readonly string[],
  { seeds, jobs, data, out, ...at }: Place & { seeds: readonly string[]; jobs: number },
  one: readonly string[],
): Promise<boolean> {
  const ledger = new Ledger(at.ledger);
  const { part } = at;
  const ids = [...new Set(seeds)].flatMap((seed) => [...new Set(names)].map((name) => runId(name, seed, part, data)));
  const twin = ids.find((a) => ids.some((b) => a.settings === b.settings && a.name !== b.name));
  if (twin) throw new ArgumentError(`run: expected configurations that differ, got ${twin.name} twice by other names`);
  const open = ids.filter((id) => !ledger.outcome(id));
  for (const id of open) if (isReadOnce(part) && !readingWasNoted(folderOf(out, id))) ledger.checkReading(id);
  if (open.length > 0) {
    ledger.checkWritable();
    prepareFolder('--out', out);
  }
  const running = new Set<ChildProcess>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      open.length = 0;
      for (const child of running) child.kill();
    });
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let id = open.shift(); id; id = open.shift()) {
      const args = [id.name, '--seed', id.seed, '--out', out, '--ledger', ledger.path, '--part', part];
      args.push('--data', ...data);
      const child = spawn(process.execPath, [...one, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
      running.add(child);
      if ((await new Promise((resolve) => child.on('close', resolve).on('error', resolve))) !== 0) failed++;
      running.delete(child);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, open.length) }, worker));
  console.log(
    formatSummary(
      ledger.outcomes.filter((o) =>
        ids.some((id) => id.settings === o.settings && id.source === o.source && o.part === part),
      ),
    ),
  );
  return failed === 0;
}

function runId(name: string, seed: string, part: Part, data: readonly string[]): RunId {
  const folders = foldersAt(data);
  checkFolders(part, folders);
  const source = sourceOf(folders);
  const id = { name, settings: fingerprint(readConfiguration(name)), seed, part };
  return source === 'MIT-BIH' ? id : { ...id, source };
}

/** Where a run that is under way is kept. */
function folderOf(out: string, { settings, seed, part, source }: RunId): string {
  return join(out, [settings, seed, part, ...(source?.match(/\w+/g) ?? [])].join('-'));
}

/** One configuration with one seed, in this process; tells each iteration in a line. */
export async function runOne(name: string, { seed, data, out, ...at }: Place & { seed: string }): Promise<void> {
  const ledger = new Ledger(at.ledger);
  const { part } = at;
  const configuration = readConfiguration(name);
  const id = runId(name, seed, part, data);
  const folder = folderOf(out, id);
  if (isReadOnce(part) && !readingWasNoted(folder)) ledger.checkReading(id);
  ledger.checkWritable();
  const asked = { ...JUST, data, quiet: true, seed, configurations: [configuration] };
  const trials = trialsOf(part, await openRecordings(asked));
  const kept = new TrialResults(folder);
  for (const [i, trial] of trials.entries()) {
    if (kept.has(i)) continue;
    const several = trials.length > 1;
    const planned = plan(trial.recordings, configuration, several ? `${seed} fold ${i + 1}` : seed, trial.part);
    const unfinished = new Unfinished(several ? join(folder, String(i + 1)) : folder, planned, seed);
    const result = await runTrial(planned, unfinished, {
      label: `${name} seed ${seed} ${part}${several ? ` fold ${i + 1} of ${trials.length}` : ''}`,
      compared: part === 'validation' || part === 'test',
      beforeJudgement: () => {
        if (!isReadOnce(part)) return;
        noteReading(folder);
        if (!ledger.wasRead(id)) ledger.read(id);
      },
    });
    unfinished.release();
    if (result === null) return;
    kept.add(i, result);
  }
  ledger.add({ ...id, protocol: configuration.protocol, ...kept.together() });
  kept.remove();
}

/**
 * Trains and judges what is planned, from where it was interrupted; null where it was stopped.
 *
 * @param compared whether with nearest neighbours and other priors too
 */
async function runTrial(
  planned: Plan,
  unfinished: Unfinished,
  { label, compared, beforeJudgement }: { label: string; compared: boolean; beforeJudgement: () => void },
): Promise<TrialResult | null> {
  const { configuration } = planned;
  const from = unfinished.load();
  const all = configuration.members * configuration.iterations;
  const reachedBy = ({ finished, history }: Reached): number =>
    finished.length * configuration.iterations + history.length;
  const before = from ? reachedBy(from) : 0;
  const start = performance.now();
  const minutes = (): number => (from?.minutes ?? 0) + (performance.now() - start) / 60_000;
  const result = await (compared ? run : runAlone)(planned, {
    quiet: true,
    from,
    onIteration: (reached) => {
      unfinished.save({ ...reached, minutes: minutes() });
      const done = reachedBy(reached);
      const last = reached.history[reached.history.length - 1];
      const elapsed = (performance.now() - start) / 1000;
      const left = duration((elapsed / (done - before)) * (all - done));
      const seen =
        'neighborF1' in last
          ? `macro F1 of neighbours ${last.neighborF1.toFixed(4)}`
          : `validation loss ${last.validationLoss.toFixed(4)}`;
      const now = `loss ${last.loss.toFixed(4)}, ${seen}`;
      process.stderr.write(`${label}: ${done} of ${all}, ${left} left, ${now}\n`);
    },
    beforeJudgement,
  });
  return result.judgement && trialResult(result, result.judgement, minutes());
}
