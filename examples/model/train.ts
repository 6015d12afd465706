import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ArgumentError } from 'dynaecg';
import { DE_CHAZAL } from 'dynaecg/ecg';
import { readConfiguration } from '../dynaecg/configuration.ts';
import { knownBeats } from '../dynaecg/examine/clusters.ts';
import { trainMembers } from '../dynaecg/members.ts';
import { writeModelFile } from '../dynaecg/output.ts';
import { planOnAll } from '../dynaecg/plan.ts';
import { JUST, openRecordings } from '../dynaecg/recordings.ts';
import { checkWritable } from '../shared/folder.ts';
import { listenForStop } from '../shared/signals.ts';
import { useCores } from '../shared/threads.ts';

/** The records that a model can be trained on. */
export const TRAINED_ON = {
  DS1: DE_CHAZAL.train,
  all: [...DE_CHAZAL.train, ...DE_CHAZAL.test],
};

/** What the command line asks for. */
export interface TrainValues {
  data: string;
  out: string;
  config: string;
  records: keyof typeof TRAINED_ON;
  seed: string;
  quiet?: boolean;
}

/** Trains a model on all beats of the records, and writes it with the clusters of its training beats. */
export async function trainModel({ data, out, config, records: set, seed, quiet = false }: TrainValues): Promise<void> {
  checkWritable('--out', out);
  const configuration = readConfiguration(config);
  const stop = listenForStop();
  await useCores();
  const opened = await openRecordings({ ...JUST, data: [data], quiet, seed, configurations: [configuration] });
  const records = opened.records.filter(({ name }) => TRAINED_ON[set].includes(name));
  if (records.length < TRAINED_ON[set].length)
    throw new ArgumentError(`--data: expected the ${TRAINED_ON[set].length} records of ${set}, got ${records.length}`);
  const plan = planOnAll({ ...opened, records }, configuration, seed);
  const { members } = await trainMembers(plan, { quiet, signal: stop.signal });
  if (stop.signal.aborted) {
    process.exitCode = stop.exitCode;
    return;
  }
  const { clusters } = await knownBeats({ ...plan, train: plan.all }, members, quiet); // of recorded beats, not of synthetic ones
  writeModelFile(out, plan, members, clusters, { name: config, records: set, seed });
  const sum = createHash('sha256').update(readFileSync(out)).digest('hex');
  console.log(`${out}: ${statSync(out).size} bytes, SHA-256 ${sum}`);
}
