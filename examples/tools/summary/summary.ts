import type { AnnotatedRecord, EcgRecord } from 'dynaecg/ecg';
import { summaryPage } from './page.ts';
import { type Reading, subjectOf } from './subject.ts';
import { summaryText } from './text.ts';

/** The rhythm of an annotated recording as text of one screen and as a page. */
export function summarize(
  record: EcgRecord,
  annotated: AnnotatedRecord,
  reading: Reading = {},
): { text: string; page: string } {
  const subject = subjectOf(record, annotated, reading);
  return { text: summaryText(subject), page: summaryPage(subject) };
}
