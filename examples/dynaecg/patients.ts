import { addConfusion } from 'dynaecg';
import { patientOf } from 'dynaecg/ecg';

/** The confusion matrix of each patient, of the records of one run or of several: those that intervals are drawn from. */
export function byPatient(runs: readonly Record<string, number[][]>[]): number[][][] {
  const patients = new Map<string, number[][]>();
  for (const records of runs)
    for (const [name, matrix] of Object.entries(records)) {
      const sum = patients.get(patientOf(name));
      patients.set(patientOf(name), sum ? addConfusion([sum, matrix]) : matrix);
    }
  return [...patients.values()];
}
