import { join } from 'node:path';
import { annotateRecord, beatAnnotations, compareBeats, unreadableSeconds } from 'dynaecg/ecg';
import { loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainedOn } from '../../support/trained.ts';

const test = suite('ecg/annotate/annotateRecord.mitdb');
const dir = process.env['MITDB'];

if (!dir)
  console.log(
    'ecg/annotate/annotateRecord.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database',
  );
else
  test('a small model of some minutes annotates the rest of them, and knows paced beats for what it does not know', () => {
    const begun = ['106', '119', '200', '215'].map((name) => loadRecord(join(dir, name)));
    const quarter = begun[0].leads[0].samples.length / 4;
    const model = trainedOn(
      begun.map((r) => ({ ...r, annotations: r.annotations.filter(({ sample }) => sample < quarter) })),
    );
    for (const record of begun.slice(0, 3)) {
      const annotated = annotateRecord(model, record);
      const noise = unreadableSeconds(annotated.quality);
      assert.ok(noise <= 30, `${record.name}: ${noise} s`); // of half an hour
      const notes = annotated.notes.filter((note) => !note.includes('noise'));
      assert.equal([annotated.lead, notes], ['MLII', []]);
      const { samplingFrequency } = record;
      const scoring = { samplingFrequency, start: quarter / samplingFrequency, end: (4 * quarter) / samplingFrequency };
      const { qrs, veb } = compareBeats(record.annotations, beatAnnotations(annotated), scoring).statistics;
      const found = [qrs.sensitivity, qrs.positivePredictivity].every(({ value }) => value! > 0.95);
      const told = [veb.sensitivity, veb.positivePredictivity].every(({ value }) => value! > 0.8);
      assert.ok(found && told, JSON.stringify({ name: record.name, qrs, veb }));
    }
    const unlike = (name: string): number => {
      const { beats } = annotateRecord(model, loadRecord(join(dir, name)));
      return beats.filter(({ why }) => why === 'unlike').length / beats.length;
    };
    const [paced, ...known] = ['107', '106', '119', '200'].map(unlike);
    assert.ok(paced > 0.1 && paced > 5 * Math.max(...known), `${paced} of the paced beats, of others ${known}`);
  });

test.run();
