// What a file is, told by its contents; options; the files of a WFDB record; leadFrom.
import { ArgumentError, DataError } from 'dynaecg';
import { encodeRecord, leadFrom, type OpenOptions, openRecording, type Recording, readRecord } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertClose, assertThrows, throwsWith } from '../../support/asserts.ts';
import { atcFile, ishneFile, matFile } from '../../support/open/binary.ts';
import { edfFile } from '../../support/open/edf.ts';
import { record as wfdbRecord } from '../../support/wfdbRecords.ts';
import { RECORD_LINES, SIGNAL_LINES } from '../wfdb/headers.fixture.ts';

const test = suite('ecg/open/openRecording');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The files of a WFDB record by their names. */
function wfdbFiles(name = 'r1'): Record<string, Uint8Array> {
  const { header, files, annotations } = encodeRecord(wfdbRecord(name));
  return { ...files, [`${name}.hea`]: bytesOf(header), [`${name}.atr`]: annotations };
}

test('each format by its contents, whatever the file is called', () => {
  const signals = [{ label: 'ECG', samples: [1, 2, 3] }];
  const files: [format: Recording['format'], bytes: Uint8Array][] = [
    ['EDF', edfFile({ signals })],
    ['EDF+', edfFile({ signals, tals: ['+0\x14\x14\0'] })],
    ['BDF', edfFile({ signals, bdf: true })],
    ['BDF+', edfFile({ signals, bdf: true, tals: ['+0\x14\x14\0'] })],
    ['ISHNE', ishneFile({ samples: [[1], [2]] })],
    ['ATC', atcFile({ leads: { 'ecg ': [1, 2] } })],
  ];
  for (const [format, bytes] of files) assert.is(openRecording({ 'x.dat': bytes }).format, format);
  const mat = matFile({ name: 'val', rows: 1, columns: 3, values: [1, 2, 3] });
  assert.is(openRecording(mat, { rate: 250 }).format, 'MATLAB 4');
  assert.is(openRecording(bytesOf('1\n2\n3\n'), { rate: 250 }).format, 'CSV');
  assert.is(openRecording(bytesOf('1 2 3\n4 5 6\n'), { rate: 250 }).format, 'CSV'); // which is no header of a record called 1
  assert.is(openRecording(edfFile({ signals }).buffer as ArrayBuffer).format, 'EDF');
});

test('a WFDB record from its files is what readRecord reads', () => {
  const { format, notes, problems, ...record } = openRecording(wfdbFiles());
  assert.equal(record, readRecord(encodeRecord(wfdbRecord())));
  assert.equal([format, notes, problems], ['WFDB', [], []]);
  assert.equal(openRecording(wfdbFiles(), { annotator: false }).annotations, []);
  assert.equal(
    openRecording(wfdbFiles(), { leads: ['V5'] }).leads.map(({ name }) => name),
    ['V5'],
  );
  const short = wfdbFiles();
  short['r1.dat'] = short['r1.dat'].subarray(0, 9); // three of five samples of two leads
  const part = openRecording(short, { partial: true });
  assert.equal([part.leads[0].samples.length, part.problems.map(({ kind }) => kind).slice(0, 1)], [3, ['shortFile']]);
  const two = { ...wfdbFiles('r1'), ...wfdbFiles('r2') };
  assert.is(openRecording(two, { name: 'r2' }).name, 'r2');
  const fault = (run: () => unknown, message: string): void =>
    assertThrows(run, DataError, `openRecording: ${message}`);
  fault(() => openRecording(two), 'expected one WFDB header, or its name as an option, got r1.hea, r2.hea');
  fault(
    () => openRecording(wfdbFiles(), { annotator: 'qrs' }),
    'expected the annotation file r1.qrs, got no such file',
  );
  assertThrows(
    () => openRecording({ 'r1.hea': wfdbFiles()['r1.hea'] }),
    DataError,
    'readRecord: record r1: expected signal file r1.dat, got r1.hea',
  );
});

/** A record of two segments, of 100 frames per second with two samples each, and a stretch of one frame between them. */
const SEGMENTED: Record<string, Uint8Array> = {
  's1.hea': bytesOf('s1 1 100 2\ns1.dat 80x2 1 8 0 1 10 0 II\n'),
  's1.dat': Uint8Array.of(129, 130, 131, 132),
  'm.hea': bytesOf('m/3 1 100 5\ns1 2\n~ 1\ns2 2\n'),
  's2.hea': bytesOf('s2 1 100 2\ns2.dat 80x2 1 8 0 5 26 0 II\n'),
  's2.dat': Uint8Array.of(133, 134, 135, 136),
};

test('WFDB: of several headers the one that is no segment, unless a name says otherwise; frames', () => {
  const read = (options: OpenOptions = {}, files = SEGMENTED) => {
    const { name, samplingFrequency, leads } = openRecording(files, options);
    return [name, samplingFrequency, [...leads[0].samples]];
  };
  assert.equal(read(), ['m', 200, [1, 2, 3, 4, Number.NaN, Number.NaN, 5, 6, 7, 8]]);
  assert.equal(read({ frames: 'average' }), ['m', 100, [1.5, 3.5, Number.NaN, 5.5, 7.5]]);
  assert.equal(read({ name: 's2' }), ['s2', 200, [5, 6, 7, 8]]);
  assert.equal(read({ name: 'mine', frames: 'average' }).slice(0, 2), ['mine', 100]);
  const { 's2.hea': gone, ...rest } = SEGMENTED;
  assert.equal(read({ partial: true, frames: 'average' }, rest)[2], [1.5, 3.5, Number.NaN, Number.NaN, Number.NaN]);
  const own = { 'm.hea': bytesOf('m/1 1 100 2\nm 2\n') };
  throwsWith(() => read({}, own), DataError, 'segment m: expected a record of one segment, got one of 1');
  const two = { ...SEGMENTED, 'n.hea': bytesOf('n 1 100 2\ns1.dat 80\n') };
  const expected =
    'openRecording: expected one WFDB header, or its name as an option, got s1.hea, m.hea, s2.hea, n.hea';
  assertThrows(() => read({}, two), DataError, expected);
  assert.equal(read({ name: 'n' }, two).slice(0, 2), ['n', 100]);
});

test('WFDB: a decoder of FLAC is handed on, and formats of a header are those that are read', () => {
  const files = { header: bytesOf('r 1 100\nr.flac 516 1\n'), 'r.flac': Uint8Array.of(1, 2) };
  const flac = (bytes: Uint8Array) => ({ channels: [[...bytes]], bitsPerSample: 16 });
  assert.equal([...openRecording(files, { flac }).leads[0].samples], [1, 2]);
  assert.equal([...openRecording(files, { flac, partial: true }).leads[0].samples], [1, 2]);
  throwsWith(() => openRecording(files), DataError, 'r.flac', 'option flac');
  throwsWith(() => openRecording({ header: bytesOf('r 1 100\nr.dat 17 1\n') }), DataError, 'expected the option rate'); // a table
});

test('headers of public databases are WFDB, whatever the file is called', () => {
  const ofRecord = RECORD_LINES.filter(([, , means]) => typeof means !== 'string' && means.signals === 1).map(
    ([, line]) => `${line}\nx.dat 16\n`,
  );
  const ofSignal = SIGNAL_LINES.filter(([, , means]) => typeof means !== 'string').map(
    ([, line]) => `# a comment\na 1 360\n${line}\n`,
  );
  assert.ok(ofRecord.length > 10 && ofSignal.length > 10, `${ofRecord.length} and ${ofSignal.length}`);
  for (const header of [...ofRecord, ...ofSignal]) {
    let taken = '';
    try {
      taken = openRecording({ file: bytesOf(header) }).format;
    } catch (error) {
      taken = (error as Error).message;
    }
    assert.match(taken, /^(?:WFDB$|readRecord: |parseHeader: )/, header); // there being no signal file, which format 0 does not need
  }
});

test('other files are named', () => {
  const known = 'expected a recording (WFDB, EDF, BDF, CSV, ISHNE, MATLAB 4, ATC), got';
  const others: [start: string, what: string][] = [
    ['', 'an empty file'],
    ['PK\x03\x04', 'a ZIP archive (unpack it)'],
    ['%PDF-1.7', 'a PDF, which has a picture of the signal'],
    ['MATLAB 5.0 MAT-file', 'a MATLAB 5 file (save it with -v4)'],
    ['{"samples":[1,2]}', 'a JSON file'],
    [`${'\0'.repeat(128)}DICM`, 'a DICOM file'],
    ['\x01\x02\0\x03', 'other bytes'],
  ];
  for (const [start, what] of others) {
    const bytes = Uint8Array.from(Array.from(start, (c) => c.charCodeAt(0)));
    assertThrows(() => openRecording({ x: bytes }), DataError, `openRecording: x: ${known} ${what}`);
  }
  const several = { 'a.csv': bytesOf('1\n'), 'b.csv': bytesOf('2\n') };
  const expected = 'openRecording: expected one file, or a WFDB header with its files, got';
  assertThrows(() => openRecording(several), DataError, `${expected} a.csv, b.csv`);
  assertThrows(() => openRecording({}), DataError, `${expected} none`);
});

test('names: of the option, otherwise of the file, with the characters of a WFDB record', () => {
  const csv = bytesOf('1\n2\n');
  const named = (file: string): string => openRecording({ [file]: csv }, { rate: 100 }).name;
  assert.equal(['a/b/x.1.csv', 'C:\\ecg 2024-01-01.csv', '.csv', 'ä.txt'].map(named), [
    'x_1',
    'ecg_2024-01-01',
    '_csv',
    '_',
  ]);
  assert.is(openRecording(csv, { rate: 100, name: 'mine' }).name, 'mine');
  assertThrows(
    () => openRecording(csv, { name: 'a b' }),
    ArgumentError,
    'openRecording: expected a name of letters, digits, _ and -, got "a b"',
  );
});

test('notes are printable, whatever a file has in its texts', () => {
  const { notes } = openRecording(
    edfFile({
      signals: [
        { label: 'ECG', samples: [1, 2] },
        { label: '\x1b[31m', samples: [1] },
      ],
    }),
  );
  assert.equal(notes, ['read ECG; not read: \\u001b[31m (uV, 1 Hz)']);
});

test('leadFrom: a recording of one lead from numbers', () => {
  const samples = [100, -250, 0];
  const record = leadFrom(samples, { rate: 130, unit: 'µV', name: 'chest strap' });
  assert.equal([record.name, record.samplingFrequency, record.leads[0].name], ['chest_strap', 130, 'chest strap']);
  assertClose(record.leads[0].samples, [0.1, -0.25, 0], { relative: 1e-7 });
  const own = Float32Array.of(1, 2);
  const inVolts = leadFrom(own, { rate: 1, unit: 'V' });
  assert.equal(
    [[...inVolts.leads[0].samples], [...own]],
    [
      [1000, 2000],
      [1, 2],
    ],
  );
  assert.equal([leadFrom(own, { rate: 1, unit: 'adu' }).leads[0].units, inVolts.leads[0].units], ['adu', 'mV']);
  assert.is(readRecord(encodeRecord(record)).leads[0].samples.length, 3);
  for (const name of ['unit', 'name'])
    assertThrows(
      () => leadFrom(own, { rate: 1, unit: 'V', [name]: 5 }),
      ArgumentError,
      `leadFrom: expected ${name} to be a string, got 5`,
    );
});

test('leadFrom: every name of a unit of voltage', () => {
  const names: Readonly<Record<number, string>> = {
    1000: 'V volt Volts',
    1: 'mV MV millivolt millivolts',
    1e-3: 'uV \u00b5V \u03bcV mcV microvolt microvolts',
    1e-6: 'nV nanovolt nanovolts',
  };
  for (const [factor, list] of Object.entries(names))
    for (const unit of list.split(' ')) {
      const [lead] = leadFrom([1], { rate: 1, unit }).leads;
      assert.is(lead.units, 'mV', unit);
      assertClose(lead.samples, [Number(factor)], { relative: 1e-7 }, unit);
    }
});

test.run();
