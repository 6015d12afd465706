import { ArgumentError, groupFolds } from 'dynaecg';
import { listBeats } from 'dynaecg/ecg';
import type { Division } from '../dynaecg/division.ts';
import { type Folder, isAllOfMitBih, sourceOf } from '../dynaecg/folders.ts';
import type { Recordings } from '../dynaecg/recordings.ts';

/** What a run trains on and is judged by. */
export const PARTS = {
  validation: 'some patients of DS1, or some beats of the training half; nothing of the test half is looked at',
  folds: 'each patient of DS1 by networks that were trained on four fifths of the others, patients kept apart',
  test: 'the test half: DS2, or half of the beats',
  development: "the first 20 records of svdb, by networks trained on MIT-BIH's 44 without paced beats",
  svdb: "the records of svdb but the first 20, by networks trained on MIT-BIH's 44 without paced beats",
  mitdb: 'those 44 by networks trained on the first 20 records of svdb',
  together: 'each patient of both databases by networks that were trained on four fifths of the others',
} as const;

/** The name of a part. */
export type Part = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as readonly Part[];

/** Whether nothing may be chosen by what is judged, so that a configuration and seed reads it only once. */
export const isReadOnce = (part: Part): boolean => !['validation', 'folds', 'development'].includes(part);

const FOLDS = 5;
const DEVELOPED = 20; // records of svdb, the first by name

/** One of the trainings of a run, and what it is judged by. */
export interface Trial {
  recordings: Recordings;
  /** of the division of these recordings */
  part: 'validation' | 'test';
}

/** @throws ArgumentError for folders that the part is not of */
export function checkFolders(part: Part, folders: readonly Folder[]): void {
  if (!['development', 'svdb', 'mitdb', 'together'].includes(part)) return;
  const others = folders.filter((folder) => !isAllOfMitBih(folder));
  const records = others.reduce((sum, folder) => sum + folder.records.length, 0);
  if (others.length === folders.length || records <= DEVELOPED)
    throw new ArgumentError(
      `part ${part}: expected --data with all of MIT-BIH and with more than ${DEVELOPED} records of svdb, ` +
        `got ${sourceOf(folders)}`,
    );
}

/** The trainings of a run, each with a division of its own. */
export function trialsOf(part: Part, recordings: Recordings): Trial[] {
  const { division } = recordings;
  if (part === 'validation' || part === 'test') return [{ recordings, part }];
  if (part === 'folds') return folds(recordings, division.train);
  const mitdb = [...division.train, ...division.test];
  const svdb = [...division.open].sort();
  const [first, last] = [svdb.slice(0, DEVELOPED), svdb.slice(DEVELOPED)];
  if (part === 'development' || part === 'svdb') {
    const unlabelled = recordings.records.filter(({ name }) => first.includes(name));
    const own = divided(recordings, mitdb, part === 'svdb' ? last : first);
    return [{ recordings: { ...own, unlabelled }, part: 'test' }];
  }
  if (part === 'mitdb') return [{ recordings: divided(recordings, first, mitdb), part: 'test' }];
  return folds(recordings, [...mitdb, ...svdb]);
}

/** Each patient of some records is judged in one of the folds. */
function folds(recordings: Recordings, names: readonly string[]): Trial[] {
  const { records, task, division } = recordings;
  const own = records.filter(({ name }) => names.includes(name));
  const { labels, record, recordNames } = listBeats(own, { classes: task.classes });
  const patients = recordNames.map((name) => division.patientOf(name));
  const groups = record.map((r) => patients.indexOf(patients[r]));
  return groupFolds(labels, groups, FOLDS).map(({ test }) => {
    const judged = new Set(Array.from(test, (i) => recordNames[record[i]]));
    const others = recordNames.filter((name) => !judged.has(name));
    return { recordings: divided(recordings, others, [...judged]), part: 'test' };
  });
}

/** Only the records named, divided so. */
function divided(recordings: Recordings, train: readonly string[], test: readonly string[]): Recordings {
  const { patientOf } = recordings.division;
  const division: Division = { train, test, patientOf, open: [], allowShared: [], how: 'as the part says' };
  const records = recordings.records.filter(({ name }) => train.includes(name) || test.includes(name));
  return { ...recordings, records, division };
}
