// What the commands open: the records of a folder without their segments, WFDB in FLAC too.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Readings, recordsIn } from '../../../examples/tools/records.ts';
import { throwsWith } from '../../support/asserts.ts';
import { FLAC_FILES } from '../../support/flacFiles.ts';
import { inFolder } from '../../support/wfdbRecords.ts';

const test = suite('examples/tools/records');

test('a folder: its records, without the segments of others', () => {
  inFolder((dir) => {
    throwsWith(() => recordsIn(dir), DataError, '--data: expected .hea files', dir);
    throwsWith(() => recordsIn(join(dir, 'none')), DataError, '--data: expected a folder or a recording', 'none');
    writeFileSync(join(dir, 's1.hea'), 's1 1 100 2\ns1.dat 80\n');
    writeFileSync(join(dir, 'm.hea'), 'm/2 1 100 3\ns1 2\n~ 1\n');
    assert.equal(recordsIn(dir), [{ name: 'm', path: join(dir, 'm'), annotated: true }]);
    for (const path of [join(dir, 's1'), join(dir, 's1.hea')]) assert.is(recordsIn(path)[0].path, path); // if it is asked for
  });
});

test('a record in FLAC', () => {
  inFolder((dir) => {
    const { bytes, channels } = FLAC_FILES[0];
    writeFileSync(join(dir, 'r.hea'), `r ${channels.length} 250\n${'r.flac 516 1\n'.repeat(channels.length)}`);
    writeFileSync(join(dir, 'r.flac'), bytes);
    const { leads } = new Readings(1).open(join(dir, 'r'), {});
    assert.equal(
      leads.map(({ samples }) => [...samples]),
      channels.map((channel) => [...channel]),
    );
  });
});

test.run();
