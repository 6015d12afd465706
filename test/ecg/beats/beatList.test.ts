import { AAMI_LABELS, countByClass, cutWindows, extractBeats, listBeats, peaksAsBeats, subset } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArgumentError, DataError } from '../../../src/core/errors.ts';
import { throwsWith } from '../../support/asserts.ts';
import { makeRecord } from '../../support/records.ts';

const test = suite('ecg/beats/beatList');

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i * i);

test('beats of your own classes: the same as of AAMI classes with these labels, otherwise what the map says', () => {
  const r = makeRecord('a', { MLII: ramp(60) }, [
    [10, 'N'],
    [20, 'A'],
    [25, '+'],
    [30, 'V'],
    [40, 'L'],
    [50, 'F'],
  ]);
  const { N, S, V } = AAMI_LABELS;
  assert.equal(listBeats([r], { classes: { N, S, V } }), listBeats([r]));
  const { labels, sample, classes } = listBeats([r], {
    classes: { ectopic: ['V', 'A'], fusion: ['F'], normal: ['N'] },
  });
  assert.equal(classes, ['ectopic', 'fusion', 'normal']);
  assert.equal(
    [[...sample], [...labels]],
    [
      [10, 20, 30, 50],
      [2, 0, 0, 1],
    ],
  );
  const shape = { length: 5, before: 2, classes: { beat: ['N', 'V'] } };
  assert.equal(countByClass(extractBeats([r], shape)), { beat: 2 });
  throwsWith(
    () => listBeats([r], { classes: { N: ['N'], none: [] } }),
    ArgumentError,
    'listBeats: class none: expected at least one label, got none',
  );
});

test('windows of listed beats are those that extractBeats cuts, and know which beat each is of', () => {
  const signal = ramp(60);
  signal[31] = Number.NaN;
  const r = makeRecord('a', { MLII: signal }, [
    [1, 'N'],
    [10, 'A'],
    [20, 'V'],
    [30, 'N'],
    [40, '~'],
    [50, 'N'],
    [59, 'V'],
  ]);
  const b = makeRecord('b', { MLII: ramp(30) }, [
    [12, 'V'],
    [15, 'F'],
  ]);
  const shape = { length: 5, before: 2, invalid: 'drop' } as const;
  const list = listBeats([r, b]);
  assert.equal([...list.sample], [1, 10, 20, 30, 50, 59, 12]);
  assert.equal([...list.labels], [0, 1, 2, 0, 0, 2, 2]);
  const set = cutWindows([r, b], list, shape);
  assert.equal(set, extractBeats([r, b], shape));
  assert.equal([...set.index], [1, 2, 4, 6]);
  assert.equal(
    set.dropped.map(({ sample, why }) => [sample, why]),
    [
      [1, 'edge'],
      [30, 'invalid'],
      [59, 'edge'],
    ],
  );
  assert.equal([...subset(set, [3, 0]).index], [6, 1]);
  assert.equal(set.counts, { N: 3, S: 1, V: 3, F: 1, Q: 0 });

  const some = {
    ...list,
    ...{ sample: Int32Array.of(12, 50, 20), record: Int32Array.of(1, 0, 0), labels: Int32Array.of(2, 0, 2) },
  };
  const own = cutWindows([b, r], some, { ...shape, normalize: 'none' });
  assert.equal([...own.sample], [12, 50, 20], 'in the order of the list, whatever the order of the records');
  assert.equal(
    own.x.filter((_, i) => i % 5 === 2),
    Float32Array.of(ramp(30)[12], signal[50], signal[20]),
  );
  throwsWith(() => cutWindows([r], list, shape), DataError, 'cutWindows', 'one record b', 'got none');
});

test('windows are cut at any peaks, whose class is not known', () => {
  const r = makeRecord('a', { MLII: ramp(60) }, []);
  const set = cutWindows([r], peaksAsBeats(r, [5, 20, 59]), { length: 5, normalize: 'none' });
  assert.equal([set.classes, [...set.labels], [...set.sample]], [['Q'], [0, 0], [5, 20]]);
  assert.equal(set.dropped, [{ record: 'a', sample: 59, label: 'Q', why: 'edge' }]);
  throwsWith(() => peaksAsBeats(r, [60]), DataError, 'record a', '0 to 59', 'got 60');
});

test.run();
