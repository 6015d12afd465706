import { checkCount, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { DataError } from '../../core/errors.ts';
import { checkPlaces, type PlacedBeats } from '../beats/beatSet.ts';
import { patientOf as mitdbPatientOf } from './mitdb.ts';
import { checkClasses, describeSplit, type PatientOf, type Split } from './patients.ts';

/** Options of `temporalSplit`. */
export interface TemporalOptions {
  /** Parts of equal duration that each record is cut into, alternately for training and for test.
   * @defaultValue 4 */
  parts?: number;
  /** The patient of a record.
   * @defaultValue 201 and 202 are the same, every other record is its own */
  patientOf?: PatientOf;
}

/** Beats divided by time. */
export interface TemporalSplit extends Split {
  /** Beats on neither side, because their window crosses a border between two parts; indices, ascending. */
  dropped: Int32Array;
}

/**
 * Divides by time: with four parts, the beats of the first and third quarter of each record are for training, those of
 * the second and fourth for test, and a beat whose window crosses a border between two quarters is on neither side. So
 * no training window shares a sample with a test window; after `intraPatientSplit` many do, whenever the next beat
 * follows within the length of a window. Patients are on both sides here, too.
 *
 * Part k of a record of n samples has the samples t with k n / parts <= t < (k + 1) n / parts. Values computed from
 * more than a window, such as `beatTiming` or the normalisation `record`, may reach across a border.
 *
 * @throws ArgumentError for fewer than two parts, DataError for a window that is not inside its record and for a class
 * that is missing from one side
 */
export function temporalSplit(beats: PlacedBeats, options: TemporalOptions = {}): TemporalSplit {
  checkPlaces('temporalSplit', beats);
  checkOptions('temporalSplit', options, [], ['parts', 'patientOf']);
  const { parts = 4, patientOf = mitdbPatientOf } = options;
  checkCount('temporalSplit', 'parts', parts, 2);
  checkKind('temporalSplit', 'patientOf', patientOf, 'function');
  const { length, before, fiducial, record, recordNames, recordLengths } = beats;
  const sides = { train: [] as number[], test: [] as number[], dropped: [] as number[] };
  for (let i = 0; i < fiducial.length; i++) {
    const start = fiducial[i] - before;
    const last = start + length - 1;
    const n = recordLengths[record[i]];
    if (!(start >= 0 && last < n))
      throw new DataError(
        `temporalSplit: record ${recordNames[record[i]]}: expected windows within its ${n} samples, ` +
          `got one from ${start} to ${last}`,
      );
    const [first, end] = [start, last].map((t) => Math.floor((t * parts) / n));
    sides[first !== end ? 'dropped' : first % 2 === 0 ? 'train' : 'test'].push(i);
  }
  const [train, test, dropped] = [sides.train, sides.test, sides.dropped].map((side) => Int32Array.from(side));
  checkClasses('temporalSplit', beats, train, test);
  return { ...describeSplit('intra-patient', beats, train, test, patientOf), dropped };
}
