import { checkKind } from '../../core/check.ts';

/**
 * Facts of the MIT-BIH Arrhythmia Database: 48 records of half an hour, 360 Hz, two leads, 47 people.
 *
 * The first lead is MLII except in 102 and 104, which do not have it (V5 and V2), and in 114, which has it as second
 * lead.
 * @see Moody and Mark, IEEE Engineering in Medicine and Biology 20(3), 2001; physionet.org/content/mitdb.
 */
export const MITDB_RECORDS: readonly string[] =
  '100 101 102 103 104 105 106 107 108 109 111 112 113 114 115 116 117 118 119 121 122 123 124 200 201 202 203 205 207 208 209 210 212 213 214 215 217 219 220 221 222 223 228 230 231 232 233 234'.split(
    ' ',
  );

/** Records with paced beats, which AAMI EC57 excludes from the evaluation of classifiers. */
export const PACED_RECORDS: readonly string[] = ['102', '104', '107', '217'];

/** The two records of one man, cut from the same tape (the header of 202 says so). */
export const SAME_PATIENT: readonly string[] = ['201', '202'];

/** The patient of a record: its own name, but `201` for record 202. */
export function patientOf(record: string): string {
  checkKind('patientOf', 'record', record, 'text');
  return SAME_PATIENT.includes(record) ? SAME_PATIENT[0] : record;
}

/**
 * De Chazal's training records.
 *
 * @see de Chazal, O'Dwyer and Reilly, IEEE TBME 51(7), 2004, section II
 */
export const DS1: readonly string[] =
  '101 106 108 109 112 114 115 116 118 119 122 124 201 203 205 207 208 209 215 220 223 230'.split(' ');

/** De Chazal's test records; see `DS1`. */
export const DS2: readonly string[] =
  '100 103 105 111 113 117 121 123 200 202 210 212 213 214 219 221 222 228 231 232 233 234'.split(' ');

/**
 * De Chazal's division, the usual one for evaluation on new patients, as options of `interPatientSplit`.
 *
 * As published it has one man on both sides, with record 201 in DS1 and 202 in DS2. Figures made with it are comparable
 * with the literature only if this is kept; hence the exception is declared here, in `allowShared`, and every split
 * made with it lists him in `patients.shared`, for reports to print. To be strict, leave 202 out of `test`.
 */
export const DE_CHAZAL = { train: DS1, test: DS2, patientOf, allowShared: [SAME_PATIENT] };
