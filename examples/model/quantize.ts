import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, addConfusion, type SavedModel } from 'dynaecg';
import { loadModel, loadRecord, saveModel } from 'dynaecg/node';
import { Progress } from '../shared/progress.ts';
import { judgeRecord } from './judge.ts';
import { JUDGED_SETS, type SetName } from './sets.ts';
import { macroF1 } from './table.ts';

/** What the command line asks for. */
export interface QuantizeValues {
  model: string;
  out: string;
  data?: string;
  records?: SetName;
  quiet?: boolean;
}

/** Writes a model with weights in int8, and compares both files on records that choices may be made by. */
export function quantizeModel({ model: file, out, data, records: set, quiet = false }: QuantizeValues): void {
  if ((data === undefined) !== (set === undefined))
    throw new ArgumentError('quantize: expected --data and --records together, got one');
  if (set !== undefined && JUDGED_SETS[set].test)
    throw new ArgumentError(`quantize: expected a set that is no test half, got ${set}`);
  const model = loadModel(file);
  saveModel(out, model, { weights: 'int8' });
  const [before, after] = [file, out].map((path) => statSync(path).size);
  console.log(`${file} ${before} bytes, ${out} ${after}: ${((100 * after) / before).toFixed(1)} %`);
  if (data === undefined || set === undefined) return;
  const names = JUDGED_SETS[set].namesIn(data);
  const progress = new Progress(set, quiet);
  const files = { float: model, int8: loadModel(out) };
  const scores = Object.entries(files).map(([name, own], k) => {
    const score = scoreOf(
      own,
      names.map((record) => join(data, record)),
      (i) => progress.update((k + (i + 1) / names.length) / 2, name),
    );
    return { name, score };
  });
  progress.finish(`${names.length} records`);
  for (const { name, score } of scores)
    console.log(`macro F1 of N S V on ${set}, ${name}: ${(100 * score).toFixed(3)}`);
  console.log(`int8 - float: ${(100 * (scores[1].score - scores[0].score)).toFixed(3)} points`);
}

/** Macro F1 over beats at the marks, every beat in its nearest class. */
function scoreOf(model: SavedModel, records: readonly string[], done: (i: number) => void): number {
  const all = records.map((path, i) => {
    const { nearest } = judgeRecord(model, loadRecord(path), ['marks']).marks;
    done(i);
    return nearest;
  });
  return macroF1(addConfusion(all));
}
