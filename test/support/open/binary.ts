/** ISHNE, ATC and MATLAB 4 files of our own making, from their specifications. */

const latin1 = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const cell = (text: string, width: number): number[] => latin1(text.padEnd(width, '\0').slice(0, width));
const little = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, b) => Number((BigInt(value) >> BigInt(8 * b)) & 255n));
const short = (value: number): number[] => little(value, 2);
const long = (value: number): number[] => little(value, 4);
const shorts = (values: readonly number[]): number[] => values.flatMap(short);

export interface IshneOf {
  /** Samples of each lead, interleaved in the file. */
  samples: readonly (readonly number[])[];
  /** Codes of the leads. */
  specs?: readonly number[];
  resolution?: readonly number[];
  rate?: number;
  stated?: number;
  variable?: string;
  checksum?: number;
}

/** An ISHNE file; its checksum is that of the standard unless one is given. */
export function ishneFile(file: IshneOf): Uint8Array {
  const { samples, rate = 200, variable = '', specs = [6, 11] } = file;
  const count = samples.length;
  const twelve = (values: readonly number[], fill: number): number[] =>
    shorts(Array.from({ length: 12 }, (_, i) => values[i] ?? fill));
  const header = [
    ...long(variable.length),
    ...long(file.stated ?? samples[0].length),
    ...long(522),
    ...long(522 + variable.length),
    ...short(1), // version
    ...cell('Jane', 40),
    ...cell('Doe', 40),
    ...cell('P1', 20),
    ...short(2), // sex
    ...short(0), // race
    ...shorts([1, 2, 1950]), // birth
    ...shorts([25, 4, 2019]), // recording
    ...shorts([26, 4, 2019]), // file
    ...shorts([13, 5, 0]), // time
    ...short(count),
    ...twelve(specs, -9),
    ...twelve([], 0), // quality
    ...twelve(file.resolution ?? samples.map(() => 5000), 0),
    ...short(0), // pacemaker
    ...cell('digital', 40),
    ...short(rate),
    ...cell('', 80),
    ...cell('', 80),
    ...cell('', 88),
    ...latin1(variable),
  ];
  const body = samples[0].flatMap((_, i) => samples.flatMap((lead) => short(lead[i])));
  return Uint8Array.from([...latin1('ISHNE1.0'), ...short(file.checksum ?? crcByTable(header)), ...header, ...body]);
}

/** CRC-CCITT, a byte at a time by its table. */
export function crcByTable(bytes: readonly number[]): number {
  const table = Array.from({ length: 256 }, (_, i) => {
    let r = i * 256;
    for (let k = 0; k < 8; k++) r = r >= 0x8000 ? (2 * r - 0x10000) ^ 0x1021 : 2 * r;
    return r;
  });
  return bytes.reduce((crc, byte) => ((crc * 256) % 0x10000) ^ table[Math.floor(crc / 256) ^ byte], 0xffff);
}

export interface AtcOf {
  /** Samples by the identifier of the block. */
  leads: Readonly<Record<string, readonly number[]>>;
  rate?: number;
  resolution?: number;
  /** Ticks and types. */
  beats?: readonly (readonly [tick: number, type: number])[];
  ticks?: number;
}

/** An ATC file. Its checksums are 0: they are not verified. */
export function atcFile({ leads, rate = 300, resolution = 500, beats, ticks = 300 }: AtcOf): Uint8Array {
  const block = (id: string, data: readonly number[]): number[] => [
    ...latin1(id),
    ...long(data.length),
    ...data,
    ...long(0),
  ];
  const info = [
    ...cell('2010-12-08T15:54:23.245+10:00', 32),
    ...cell('58E0A7D7-EEBC-11D8-9669-0800200C9A66', 40),
    ...cell('', 44),
    ...cell('iPhone 4 : iPhone OS4.2', 32),
    ...cell('AliveECG 1.6.7', 32),
    ...cell('kardia_mobile', 32),
    ...cell('SN=AC6L100010,BAT=85', 52),
  ];
  return Uint8Array.from([
    ...latin1('ALIVE\0\0\0'),
    ...long(4),
    ...block('info', info),
    ...block('fmt ', [1, ...short(rate), ...short(resolution), 14, 0, 0]),
    ...Object.entries(leads).flatMap(([id, samples]) => block(id, shorts(samples))),
    ...(beats
      ? block('ann ', [...long(ticks), ...beats.flatMap(([tick, type]) => [...long(tick), ...short(type)])])
      : []),
  ]);
}

/** How numbers of each precision are stored, by its digit. */
const STORES = [Float64Array, Float32Array, Int32Array, Int16Array, Uint16Array, Uint8Array];

export interface MatrixOf {
  name: string;
  rows: number;
  columns: number;
  /** Column by column. */
  values: readonly number[];
  /** 0 double, 1 single, 2 int32, 3 int16, 4 uint16, 5 uint8. */
  precision?: number;
  /** 0 full, 1 text, 2 sparse. */
  type?: number;
  big?: boolean;
}

/** A MATLAB 4 file of these matrices. */
export function matFile(...matrices: readonly MatrixOf[]): Uint8Array {
  return Uint8Array.from(
    matrices.flatMap(({ name, rows, columns, values, precision = 0, type = 0, big = false }) => {
      const word = (value: number): number[] => (big ? long(value).reverse() : long(value));
      const store = STORES[precision].from(values);
      const bytes = new Uint8Array(store.buffer);
      const width = store.BYTES_PER_ELEMENT;
      const ordered = big ? bytes.map((_, i) => bytes[i - (i % width) + width - 1 - (i % width)]) : bytes;
      const kind = (big ? 1000 : 0) + 10 * precision + type;
      return [...[kind, rows, columns, 0, name.length + 1].flatMap(word), ...latin1(`${name}\0`), ...ordered];
    }),
  );
}
