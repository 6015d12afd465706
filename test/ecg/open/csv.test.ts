// Tables of text, as watches, chest straps, WFDB's own programs and people write them.
import { ArgumentError, DataError } from 'dynaecg';
import { type OpenOptions, openRecording, type Recording } from 'dynaecg/ecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf } from '../../../src/ecg/open/csvLines.ts';
import { assertClose, assertThrows } from '../../support/asserts.ts';

const test = suite('ecg/open/csv');
const AT = 'openRecording: recording';

/** A text in Latin-1, or UTF-8 if it has other characters. */
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (text: string, options: OpenOptions = {}): Recording => openRecording(bytesOf(text), options);

/** Names and samples of the leads. */
function leadsOf({ leads }: Recording, expected: Readonly<Record<string, readonly number[]>>): void {
  assert.equal(
    leads.map(({ name }) => name),
    Object.keys(expected),
  );
  for (const { name, samples } of leads) assertClose(samples, expected[name], { relative: 1e-6 }, name);
}

const APPLE = [
  'Name,Test Person',
  'Date of Birth,"4 Jan 1992"',
  'Recorded Date,2024-06-15 10:30:00 +0100',
  'Classification,Sinus Rhythm',
  'Symptoms,',
  'Software Version,2.0',
  'Device,"Watch6,3"',
  'Sample Rate,512.844 hertz',
  '',
  '',
  'Lead,Lead I',
  'Unit,µV',
  '',
  '100.5\n200\n-50\n150\n75\n',
].join('\n');

test('an ECG exported by an Apple Watch: everything is stated; names and dates of birth are not read', () => {
  const record = open(APPLE);
  leadsOf(record, { I: [0.1005, 0.2, -0.05, 0.15, 0.075] });
  assert.equal([record.samplingFrequency, record.leads[0].units, record.notes], [512.844, 'mV', []]);
  assert.equal([record.baseTime, record.baseDate], ['10:30:00', '15/6/2024']);
  assert.equal(record.comments, ['Classification: Sinus Rhythm', 'Software Version: 2.0', 'Device: Watch6,3']);
  assert.not.match(JSON.stringify(record), /Test Person|1992/);
});

test('the same in German: decimal commas, other words', () => {
  const german = APPLE.replace('Sample Rate,512.844 hertz', 'Abtastrate,512,844\u00a0Hertz')
    .replace('Lead,Lead I', 'Ableitung,Ableitung I')
    .replace('Unit,', 'Einheit,')
    .replace('100.5\n200\n-50\n150\n75', '100,5\n200,032\n-50\n150,1\n75');
  const record = open(german);
  leadsOf(record, { I: [0.1005, 0.200032, -0.05, 0.1501, 0.075] });
  assert.equal([record.samplingFrequency, record.notes], [512.844, []]);
});

/** 130 Hz, as the logger of a Polar H10 writes it, without samples 100 to 112. */
function polar(): string {
  const rows = Array.from({ length: 260 }, (_, i) => (i < 100 ? i : i + 13)).map((k) => {
    const ms = (1000 * k) / 130;
    const clock = new Date(Date.UTC(2026, 5, 1, 21, 17, 9) + ms).toISOString().slice(0, -1);
    return `${clock};${599626023839800192n + BigInt(Math.round(1e6 * ms))};${ms.toFixed(1)};${k}`;
  });
  return ['Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]', ...rows, ''].join('\r\n');
}

test('a Polar H10: rate from the finest of three columns of times, gaps as NaN', () => {
  const record = open(polar());
  assert.is(record.samplingFrequency, 130);
  const expected = Array.from({ length: 273 }, (_, i) => (i >= 100 && i < 113 ? Number.NaN : i / 1000));
  leadsOf(record, { ecg: expected });
  assert.equal(record.notes, [
    'rate 130 Hz, from the times in timestamp',
    '1 gap of 13 samples in all, filled with NaN',
    'read ecg of 4 columns',
  ]);
  const joined = open(polar(), { rate: 130 });
  assert.equal([joined.leads[0].samples.length, joined.notes], [260, ['read ecg of 4 columns']]);
});

test("the output of WFDB's rdsamp -c -p -H: times of day, a row of units", () => {
  const rows = Array.from({ length: 400 }, (_, i) => {
    const s = (Math.floor((1000 * i) / 360) / 1000).toFixed(3).padStart(6, '0');
    return `'0:${s}',${-0.145 - i / 1000},${i / 1000}`;
  });
  const record = open(["'Elapsed time','MLII','V5'", "'hh:mm:ss.mmm','mV','mV'", ...rows].join('\n'));
  assert.is(record.samplingFrequency, 360);
  leadsOf(record, { MLII: rows.map((_, i) => -0.145 - i / 1000), V5: rows.map((_, i) => i / 1000) });
  assert.equal(record.notes, ['rate 360 Hz, from the times in Elapsed time', 'read MLII, V5 of 3 columns']);
});

test('comments before the table, as Movesense writes them', () => {
  const text = '# created 2024-01-01T10:00:00.5Z\n# rate 200\ntimestamp,ecg_mv\n0.000,0.1\n0.005,0.2\n0.010,0.3\n';
  const record = open(text);
  leadsOf(record, { ecg: [0.1, 0.2, 0.3] });
  assert.equal(
    [record.samplingFrequency, record.baseTime, record.notes],
    [200, '10:00:00.5', ['read ecg of 2 columns']],
  );
});

test('separators, decimal marks, line ends, encodings', () => {
  const table = [
    [0, 0.5, -1.25],
    [0.004, 0.25, 2],
    [0.008, -0.125, 3.5],
  ];
  const write = (separator: string, mark: string, head: string[] = ['t', 'I', 'V1'], end = '\n'): string =>
    [head, ...table.map((row) => row.map((v) => String(v).replace('.', mark)))]
      .map((row) => row.join(separator))
      .join(end);
  const expected = { I: [0.5, 0.25, -0.125], V1: [-1.25, 2, 3.5] };
  const texts = [
    write(',', '.'),
    write(';', ','),
    write(';', '.'),
    write('\t', ','),
    write('\t', '.', undefined, '\r\n'),
    write(' ', '.', undefined, '\r'),
    write('  ', ','),
    write(', ', '.'),
    write('","', '.', undefined, '"\n"').replace(/^|$/g, '"'),
    write('\t', '.', ['', 'I', 'V1']),
    `\ufeff${write(',', '.')}`,
  ];
  for (const text of texts) {
    const record = open(text, { unit: 'mV' });
    leadsOf(record, expected);
    assert.is(record.samplingFrequency, 250, JSON.stringify(text));
  }
  const wide = Uint8Array.from([
    0xff,
    0xfe,
    ...Array.from(write('\t', ',')).flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
  ]);
  leadsOf(openRecording(wide, { unit: 'mV' }), expected);
  const names = 't;é;€;I\n0;1;2;3\n0.004;4;5;6\n0.008;7;8;9\n'; // of one, two and three bytes in UTF-8
  for (const little of [true, false]) {
    const units = Array.from(`\ufeff${names}`).flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]);
    const bytes = Uint8Array.from(little ? units : units.map((_, i) => units[i ^ 1]));
    leadsOf(openRecording(bytes, { unit: 'mV', leads: ['é', '€', 'I'] }), {
      é: [1, 4, 7],
      '€': [2, 5, 8],
      I: [3, 6, 9],
    });
  }
  const latin1 = Uint8Array.from(Array.from('t;I (\xb5V)\n0;1\n0.004;2\n0.008;3\n', (c) => c.charCodeAt(0)));
  leadsOf(openRecording(latin1), { I: [0.001, 0.002, 0.003] });
});

test('a single comma in each line: two columns of whole numbers, or a decimal mark', () => {
  leadsOf(open('512,10\n513,20\n514,30\n', { rate: 1, unit: 'mV' }), { ECG: [10, 20, 30] }); // the first counts rows
  leadsOf(open('512,10\n498,20\n514,30\n', { rate: 1, unit: 'mV' }), {
    'ECG 1': [512, 498, 514],
    'ECG 2': [10, 20, 30],
  });
  leadsOf(open('512,10\n498,05\n514,30\n', { rate: 1, unit: 'mV' }), { ECG: [512.1, 498.05, 514.3] });
  leadsOf(open('512,10\n498\n514,30\n', { rate: 1, unit: 'mV' }), { ECG: [512.1, 498, 514.3] });
});

test('without a header: times if the first column increases, an index if it counts', () => {
  const timed = open('0,1\n4,2\n8,4\n12,3\n', { unit: 'mV' });
  leadsOf(timed, { ECG: [1, 2, 4, 3] });
  assert.equal(timed.notes, [
    'times in column 1 taken as ms',
    'rate 250 Hz, from the times in column 1',
    'read column 2 of 2 columns',
  ]);
  const indexed = open('1,0.5\n2,0.25\n3,0.75\n', { unit: 'mV', rate: 100 });
  leadsOf(indexed, { ECG: [0.5, 0.25, 0.75] });
  assertThrows(
    () => open('1,0.5\n2,0.25\n3,0.75\n'),
    DataError,
    `${AT}: expected the option rate, a rate in the header or a column of times, got none`,
  );
});

test('which columns are leads: named like an ECG, otherwise all that are not named like something else', () => {
  const rows = '0,1,2,60,x\n0.01,3,4,61,y\n0.02,5,6,62,z\n';
  leadsOf(open(`time,I,resp,HR,label\n${rows}`, { unit: 'mV' }), { I: [1, 3, 5] });
  leadsOf(open(`time,channel 1,channel 2,HR,label\n${rows}`, { unit: 'mV' }), {
    'channel 1': [1, 3, 5],
    'channel 2': [2, 4, 6],
  });
  leadsOf(open(`time,I,resp,HR,label\n${rows}`, { unit: 'mV', leads: ['resp'] }), { resp: [2, 4, 6] });
  assertThrows(
    () => open(`time,I,resp,HR,label\n${rows}`, { leads: ['II'] }),
    ArgumentError,
    `${AT}: expected leads among time, I, resp, HR, label, got "II"`,
  );
});

test('what is no number is NaN, and noted; text after the table is left out', () => {
  const record = open('t,I\n0,1\n0.01,\n0.02,oops\n0.03,nan\n0.04,5\n0.05\n0.06,7\nend of file\n', { unit: 'mV' });
  leadsOf(record, { I: [1, Number.NaN, Number.NaN, Number.NaN, 5, Number.NaN, 7] });
  assert.equal(record.notes, [
    '1 value that is no number, taken as NaN',
    'times in t taken as s',
    'rate 100 Hz, from the times in t',
    'read I of 2 columns',
  ]);
});

test('the unit: of the option, the name, the header, otherwise by the height of the signal', () => {
  const beats = (height: number): string =>
    Array.from({ length: 1000 }, (_, i) => (i % 100 === 50 ? height : 0)).join('\n');
  for (const [height, unit] of [
    [0.001, 'V'],
    [1.2, 'mV'],
    [1200, 'uV'],
    [1.2e6, 'nV'],
  ] as const) {
    const record = open(beats(height), { rate: 100 });
    assert.equal(record.notes, [`no unit is stated; taken as ${unit}, as the signal has a height of ${height} in 2 s`]);
    assertClose([Math.max(...record.leads[0].samples)], [unit === 'V' ? 1 : 1.2], { relative: 1e-6 });
  }
  assert.equal(open(beats(512), { rate: 100, unit: 'adu' }).leads[0].units, 'adu');
  assert.equal(open(`ecg [adc]\n${beats(512)}`, { rate: 100 }).leads[0].units, 'adc');
  assert.equal(open('0\n0\n0\n', { rate: 100 }).notes, ['no unit is stated and the signal is flat, taken as mV']);
});

test('units of time: stated in any way', () => {
  const names: Readonly<Record<number, string>> = {
    1: 's sec secs second seconds',
    1e3: 'ms msec millisecond milliseconds',
    1e6: 'us \u00b5s \u03bcs microsecond microseconds',
    1e9: 'ns nanoseconds',
  };
  for (const [perSecond, list] of Object.entries(names))
    for (const unit of list.split(' ')) {
      const rows = [0, 1, 2, 3].map((i) => `${(i * Number(perSecond)) / 8},${i % 2}`); // 8 Hz, which no unit would be guessed for
      assert.is(open([`clock [${unit}],ecg [mV]`, ...rows].join('\n')).samplingFrequency, 8, unit);
    }
});

test('times without a unit: 40 to 4,000 Hz, ends included', () => {
  const rate = (step: number): number =>
    open([0, 1, 2, 3].map((i) => `${i * step},${i % 2}`).join('\n'), { unit: 'mV' }).samplingFrequency;
  assert.equal([25, 0.25, 250, 25_000, 250_000, 25_000_000].map(rate), [40, 4000, 4000, 40, 4000, 40]);
  for (const step of [26, 240, 0.0001, 26_000_000])
    assertThrows(
      () => rate(step),
      DataError,
      `${AT} column column 1: expected times in s, ms, µs or ns of a rate from 40 to 4000 Hz, got steps of ${step}; the option rate overrides the times`,
    );
});

test('a row of units below the names', () => {
  const record = open('clock,a\nms,uV\n0,1000\n8,2000\n16,3000\n');
  leadsOf(record, { a: [1, 2, 3] });
  assert.equal([record.samplingFrequency, record.leads[0].units], [125, 'mV']);
});

test('a step that is too short is no gap; a column without any number is no lead', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i < 15 ? i : i - 0.7},${i},`);
  const record = open(`t [ms],I,II\n${rows.join('\n')}\n`, { unit: 'mV' });
  leadsOf(record, { I: Array.from({ length: 30 }, (_, i) => i) });
  assert.equal(record.notes, ['rate 1000 Hz, from the times in t', 'read I of 3 columns']);
});

test('steps of half and one and a half of the usual one are steps, too, and part of the mean', () => {
  for (const [odd, rate] of [
    [2, 256], // the mean of 20 steps of 4 ms and one of 2 ms is 3.9048 ms
    [6, 244],
  ]) {
    const steps = Array.from({ length: 21 }, (_, i) => (i === 10 ? odd : 4));
    let time = 0;
    const rows = [0, ...steps].map((step, i) => {
      time += step;
      return `${time},${i}`;
    });
    const record = open(`t [ms],I [mV]\n${rows.join('\n')}\n`);
    assert.equal([record.samplingFrequency, record.leads[0].samples.length], [rate, 22]);
  }
});

test('lines of at most 64 KiB, also the last one without an end', () => {
  const lines = (length: number, end: string): number[] =>
    [...linesOf(bytesOf(`t,I\n${'0'.repeat(length)}${end}`), 'table')].map(({ text }) => text.length);
  for (const end of ['', '\n', '\r\n', '\r']) {
    assert.equal(lines(65536, end), [3, 65536]);
    const message = 'openRecording: table line 2: expected at most 65536 bytes, as a row is one sample, got 65537';
    assertThrows(() => lines(65537, end), DataError, message);
  }
});

test('what is in half of the lines separates no columns', () => {
  for (const mark of [';', '\t']) {
    const text = `t,I,note\n0,1,a${mark}b\n0.004,2,c\n0.008,3,d${mark}e\n0.012,4,f\n`;
    const record = open(text, { unit: 'mV' });
    leadsOf(record, { I: [1, 2, 3, 4] });
    assert.is(record.samplingFrequency, 250);
    leadsOf(open(text.split('\n').slice(0, 4).join('\n'), { unit: 'mV' }), { I: [1, 2, 3] }); // and of the header with them
  }
  leadsOf(open('t I note\n0 1 a,b\n0.004 2 c\n0.008 3 d,e\n0.012 4 f\n', { unit: 'mV' }), { I: [1, 2, 3, 4] });
});

test('a column of events among which is a time of day is no column of times', () => {
  const table = 'I,event\n1.000001,start\n2.000002,10:00:00\n3.000003,pause\n5.000005,go\n'; // more digits than letters
  const message = `${AT}: expected the option rate, a rate in the header or a column of times, got none`;
  assertThrows(() => open(table, { unit: 'mV' }), DataError, message);
  const record = open(`# rate 250\n${table}`, { unit: 'mV' });
  leadsOf(record, { I: [1.000001, 2.000002, 3.000003, 5.000005] });
  assert.equal(record.notes, ['read I of 2 columns']);
});

test('a column of which some values are missing is one of numbers', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i / 100},${i % 2 ? '' : i}`);
  const record = open(`t,I\n${rows.join('\n')}\n`, { unit: 'mV' });
  leadsOf(record, { I: Array.from({ length: 19 }, (_, i) => (i % 2 ? Number.NaN : i)) }); // the last has none
});

test('times: irregular ones give a mean rate; those that cannot be are refused', () => {
  const batches = Array.from({ length: 400 }, (_, i) => `${Math.floor(i / 73) * 0.5615},${i % 7}`).join('\n');
  const record = open(`time [s],ecg [mV]\n${batches}`);
  assert.is(record.leads[0].samples.length, 400);
  assert.is(record.notes[1], 'the times in time are irregular; samples are taken to be evenly spaced');
  const fault = (text: string, message: string): void =>
    assertThrows(() => open(text), DataError, `${AT} column t: ${message}; the option rate overrides the times`);
  fault('t [s],I\n1,1\n1,2\n1,3\n', 'expected at least two times that increase, got a mean step of 0');
  fault('t [s],I\n1,1\n1,2\n', 'expected at least two times that increase, got a mean step of 0');
  fault('t [s],I\n1,1\n', 'expected at least two times that increase, got 1 time');
  fault(
    't,I\n0,1\n100,2\n200,3\n300,3\n',
    'expected times in s, ms, µs or ns of a rate from 40 to 4000 Hz, got steps of 100',
  );
  const days = Array.from({ length: 40 }, (_, i) => `${i * 0.01 + (i > 20 ? 86400 : 0)},${i}`).join('\n');
  assertThrows(
    () => open(`t [s],I\n${days}`),
    DataError,
    `${AT}: expected gaps that leave at most 64 times the 40 samples recorded (the option rate overrides the times, and joins what is around gaps), got 8640040`,
  );
});

test('other text is refused', () => {
  assertThrows(() => open('no numbers here\n'), DataError, `${AT}: expected rows of numbers, got other text`);
  assertThrows(
    () => open(`${'a\n'.repeat(300)}1\n2\n`),
    DataError,
    `${AT}: expected rows of 1 number within 200 lines, got other text`,
  );
  assertThrows(
    () => open(`Sample Rate,0 Hz\n1\n2\n`),
    DataError,
    `${AT}: expected a rate of 0.000001 to 1000000000 Hz, got 0`,
  );
  const long = '1,'.repeat(40_000);
  assertThrows(
    () => open(`1,2\n${long}2\n`, { rate: 1 }),
    DataError,
    `${AT}: expected lines of at most 65536 bytes, as a row is one sample, got a longer one`,
  );
  assertThrows(
    () => open(`${long}2\n${'1,2\n'.repeat(20_000)}`, { rate: 1 }),
    DataError,
    `${AT} line 1: expected at most 65536 bytes, as a row is one sample, got 80001`,
  );
  assertThrows(
    () => open('time,label\n10,a\n20,b\n'),
    DataError,
    `${AT}: expected a column of samples, got time, label`,
  );
});

test('any table reads back as it was written', () => {
  const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(Math.fround);
  const cases = fc.record({
    leads: fc.integer({ min: 1, max: 4 }),
    values: fc.array(number, { minLength: 8, maxLength: 40 }),
    dialect: fc.constantFrom([',', '.'], [';', ','], ['\t', '.'], [';', '.'], ['\t', ',']),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    rate: fc.constantFrom(50, 130, 250, 360, 511.56, 1000),
    timed: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ leads, values, dialect: [separator, mark], end, rate, timed }) => {
      const rows = Math.floor(values.length / leads);
      const names = ['I', 'II', 'V1', 'V5'].slice(0, leads);
      const table = Array.from({ length: rows }, (_, r) => values.slice(r * leads, (r + 1) * leads));
      const lines = [
        [...(timed ? ['time [s]'] : []), ...names.map((n) => `${n} [mV]`)],
        ...table.map((row, r) => [...(timed ? [r / rate] : []), ...row].map((v) => String(v).replace('.', mark))),
      ];
      const record = open(lines.map((line) => line.join(separator)).join(end), timed ? {} : { rate });
      // of few rows, the whole number that makes a difference of less than one sample
      assert.ok(Math.abs(record.samplingFrequency - rate) * rows <= rate, `${record.samplingFrequency}`);
      leadsOf(record, Object.fromEntries(names.map((name, i) => [name, table.map((row) => row[i])])));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.run();
