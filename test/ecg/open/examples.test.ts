// One recording in a file of each format: each door gives the same samples, and the detector the same peaks.
import { detectQrs, openRecording } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { EXAMPLES, SOURCE } from '../../support/open/examples.ts';

const test = suite('ecg/open/examples');
const { samples } = SOURCE.leads[0];
const peaks = detectQrs(samples, SOURCE.samplingFrequency);

for (const [format, { files, options }] of Object.entries(EXAMPLES))
  test(format, () => {
    const record = openRecording(files, options);
    assert.equal([record.samplingFrequency, record.leads.length, record.leads[0].units], [360, 1, 'mV']);
    assertClose(record.leads[0].samples, samples, { absolute: 0.0006 }); // whole microvolts, and less
    assert.equal(detectQrs(record.leads[0].samples, record.samplingFrequency), peaks);
  });

test('what else is read', () => {
  assert.ok(peaks.length > 20, `${peaks.length} peaks`);
  const [wfdb, plus] = ['WFDB', 'EDF+'].map((format) => openRecording(EXAMPLES[format].files));
  assert.equal(wfdb.annotations, SOURCE.annotations);
  assert.equal(
    plus.annotations.map(({ sample, aux }) => [sample, aux]),
    [[3780, 'Palpitations']],
  );
});

test.run();
