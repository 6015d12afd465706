import { DataError } from '../../core/errors.ts';
import { DEFAULT_GAIN } from '../wfdb/ranges.ts';
import { type EcgRecord, findLead, type Lead, leadLike, sameLead } from '../wfdb/record.ts';
import type { BeatInput } from './beatInput.ts';

/**
 * The lead to read for a model: the one that is wanted; otherwise the one that the model was trained on, or a similar one (II
 * for MLII), or the first. Names are compared without regard to case. Another lead than the model's, and one without a gain,
 * is a note.
 *
 * @throws DataError if the record does not have the lead that is wanted, or no lead at all
 */
export function chooseLead(
  record: EcgRecord,
  wanted: string | undefined,
  { window }: Pick<BeatInput, 'window'>,
  notes: string[],
): Lead {
  const { name, leads } = record;
  const lead = wanted === undefined ? leadLike(leads, window.lead) : findLead(leads, wanted);
  if (!lead) {
    const there = leads.map((one) => one.name).join(', ') || 'none';
    throw new DataError(`annotateRecord: record ${name}: expected lead ${wanted ?? window.lead}, got ${there}`);
  }
  if (!sameLead(lead.name, window.lead))
    notes.push(`lead ${lead.name} is read; the model was trained on ${window.lead}`);
  if (lead.digital?.gain === 0)
    notes.push(
      `lead ${lead.name} is uncalibrated, its header gives no gain: ${DEFAULT_GAIN} per ${lead.units} is assumed`,
    );
  return lead;
}
