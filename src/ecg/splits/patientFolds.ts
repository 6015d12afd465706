import { checkKind } from '../../core/check.ts';
import { groupFoldsOf } from '../../data/groupFolds.ts';
import { type BeatSet, checkBeats } from '../beats/beatSet.ts';
import { patientOf as mitdbPatientOf } from './mitdb.ts';
import { describeSplit, type PatientOf, type Split } from './patients.ts';

/**
 * Divides the patients into k folds for cross-validation, each of which is the test side of one split: every patient is
 * tested once, by a model trained on others. The beats of each class are spread over the folds as evenly as patients
 * allow (see `groupFolds`); a fold may have none of a class with few patients.
 *
 * @param folds k, at least 2
 * @param patientOf the patient of a record; by default 201 and 202 are the same, and every other record is its own
 * @throws ArgumentError for fewer than two folds, DataError if there are fewer patients than folds
 */
export function patientFolds(beats: BeatSet, folds: number, patientOf: PatientOf = mitdbPatientOf): Split[] {
  checkBeats('patientFolds', beats);
  checkKind('patientFolds', 'patientOf', patientOf, 'function');
  const patients = beats.recordNames.map(patientOf);
  const numbers = new Map([...new Set(patients)].map((patient, i) => [patient, i]));
  const groups = Int32Array.from(beats.record, (r) => numbers.get(patients[r])!);
  return groupFoldsOf('patientFolds', beats.labels, groups, folds, 'patients').map(({ train, test }) =>
    describeSplit('inter-patient', beats, train, test, patientOf),
  );
}
