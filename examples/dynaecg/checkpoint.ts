import { dataChecksum } from 'dynaecg';
import { type CheckpointOptions, loadCheckpoint, saveCheckpoint } from 'dynaecg/node';
import type { TrainingPlan } from './plan.ts';
import type { Finished, History, Reached } from './train.ts';

/** What must be equal for a run to be resumed: its configuration, its seed and the beats that it trains on. */
export function identityOf({ configuration, train }: TrainingPlan, seed: string): CheckpointOptions {
  return { configuration: { ...configuration, seed }, data: dataChecksum(train) };
}

/** Saves the state of a run, with anything else that JSON can hold. */
export function saveReached(
  folder: string,
  { finished, state, history, seconds }: Reached,
  identity: CheckpointOptions,
  more: Record<string, unknown> = {},
): void {
  const tensors = finished.flatMap(({ weights }, m) =>
    Object.entries(weights).map(([name, tensor]) => [`${m}.${name}`, tensor]),
  );
  const members = finished.map(({ iterations, epochs }) => ({ iterations, epochs }));
  const extra = { numbers: { history, seconds, members, more }, tensors: Object.fromEntries(tensors) };
  saveCheckpoint(folder, { state }, { ...identity, extra });
}

/**
 * The state of an interrupted run, and what else was saved; undefined if nothing was.
 *
 * @throws CheckpointError for a run with other settings or other data
 */
export function loadReached(
  folder: string,
  identity: CheckpointOptions,
): { reached: Reached; more: Record<string, unknown> } | undefined {
  const checkpoint = loadCheckpoint(folder, identity);
  if (!checkpoint) return undefined;
  const { numbers, tensors } = checkpoint.extra;
  const { history, seconds, members, more } = numbers as unknown as Pick<Reached, 'history' | 'seconds'> & {
    members: History[];
    more: Record<string, unknown>;
  };
  const finished = members.map((own, m): Finished => {
    const names = Object.keys(tensors).filter((name) => name.startsWith(`${m}.`));
    const weights = names.map((name) => [name.slice(`${m}.`.length), tensors[name]]);
    return { ...own, weights: Object.fromEntries(weights) };
  });
  return { reached: { finished, state: checkpoint.state, history, seconds }, more };
}
