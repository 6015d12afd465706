import { join } from 'node:path';
import { heartRateVariability, MITDB_RECORDS } from 'dynaecg/ecg';
import { loadAnnotations } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose } from '../../support/asserts.ts';
import { assertFigures, FIGURES, naive } from '../../support/heartRateVariability.ts';

const test = suite('ecg/rhythm/heartRateVariability.mitdb');

// def read(path):
//     w, t, at, peaks, normal, fibrillation = np.fromfile(path, '<u2'), 0, 0, [], [], False
//     while w[at]:
//         code, step = w[at] >> 10, int(w[at] & 1023)
//         at += 1
//         if code == 59:
//             t, at = t + (int(w[at]) << 16) + int(w[at + 1]), at + 2
//         elif code < 59:
//             t, current = t + step, code
//             if code in {*range(1, 14), 25, 30, 34, 35, 38, 41}:
//                 peaks.append(t)
//                 normal.append(code in (1, 2, 3, 25) and not fibrillation)
//         elif code == 63:
//             text, at = w[at:at + (step + 1) // 2].tobytes(), at + (step + 1) // 2
//             if current == 28 and text[:1] == b'(':
//                 fibrillation = text.startswith(b'(AF')
//     return np.array(peaks), np.array(normal)
// for name in ['100', '119', '201', '207']:
//     hrv(*read(name + '.atr'), 360)
const EXPECTED: Record<string, (number | null)[]> = {
  100: [
    ...[795.0115950796531, 75.47059737410312, 35.96090217597539, 27.48054436562743, 27.485552487222396],
    ...[5.345622119815668, 44.74654377880184, 16.464422386029877, 31.701188281710163, 10.699029126213592],
  ],
  119: [
    ...[900.9411050394657, 66.59702800148263, 41.395940707318935, 34.47145167314433, 34.132775697572534],
    ...[15.169902912621358, 54.61165048543689, 8.024522391066622, 36.768296161599714, 9.803571428571429],
  ],
  201: [
    ...[1246.521406727829, 48.133950749792994, 203.09328521146472, 192.34228272025595, 190.39367286245647],
    ...[52.21674876847291, 77.83251231527095, null, null, 16.76923076923077],
  ],
  207: [
    ...[902.2330397156544, 66.50166571034624, 90.4167143450865, 32.194232399384724, 32.20537536765497],
    ...[10.146955913226034, 50.664800559832045, 92.20022452826305, 36.78766244515278, 16.91764705882353],
  ],
};

const dir = process.env['MITDB'];

if (!dir)
  console.log(
    'ecg/rhythm/heartRateVariability.mitdb: MIT-BIH is skipped, as MITDB does not name the folder of the database',
  );
else
  test('MIT-BIH: the figures of NumPy and of a naive computation', () => {
    const total = { rr: 0, nn: 0, ectopic: 0, fibrillation: 0, gap: 0 };
    for (const name of MITDB_RECORDS) {
      const annotations = loadAnnotations(join(dir, name), 'atr');
      const found = heartRateVariability(annotations, { samplingFrequency: 360 });
      if (EXPECTED[name]) assertFigures(found, EXPECTED[name], name);
      const expected = naive(annotations, { samplingFrequency: 360 });
      for (const figure of FIGURES)
        assertClose([found[figure] ?? -1], [expected[figure] ?? -1], { relative: 1e-10 }, `${name} ${figure}`);
      assert.equal(found.counts, expected.counts, name);
      for (const kind of Object.keys(total) as (keyof typeof total)[]) total[kind] += found.counts[kind];
    }
    assert.equal(total, { rr: 109446, nn: 71798, ectopic: 26868, fibrillation: 10733, gap: 47 });
  });

test.run();
