/** One signal of a record, as its line in the header describes it. */
export interface SignalSpec {
  /** File next to the header that holds the samples; consecutive signals may share one. */
  fileName: string;
  /** Storage format, such as 212. */
  format: number;
  samplesPerFrame: number;
  /** Samples of this signal that precede sample 0. */
  skew: number;
  /** Bytes of the file before its first sample. */
  byteOffset: number;
  /** ADC units per physical unit; 0 if the header gives none: the signal is uncalibrated, and 200 are assumed. */
  gain: number;
  /** Sample value at 0 physical units, which need not be whole; the ADC zero if the header gives none. */
  baseline: number;
  /** Physical unit; mV if the header gives none. */
  units: string;
  /** Bits of the ADC. */
  adcResolution: number;
  /** Sample value in the middle of the ADC's range. */
  adcZero: number;
  /** Value of sample 0, or null if the header gives none. */
  initialValue: number | null;
  /** Sum of all samples modulo 2^16, or null if the header gives none. */
  checksum: number | null;
  blockSize: number;
  /** The lead's name. */
  description: string;
}

/** A record's header: the contents of a `.hea` file. */
export interface RecordHeader {
  name: string;
  /** Samples per second and signal, Hz; 250 if the header gives none. */
  samplingFrequency: number;
  /** Ticks per second of the counter; the sampling frequency if the header gives none. */
  counterFrequency: number;
  /** Counter value at sample 0. */
  baseCounter: number;
  /** Samples per signal; 0 if the header gives none. */
  sampleCount: number;
  /** Time of day of sample 0, such as `13:05:00`. */
  baseTime: string | null;
  /** Day of sample 0, such as `25/4/1989`, or another text in its place: `05-May-2020`, `2006`, `unknown`. */
  baseDate: string | null;
  /** Comment lines without `#` and the space after it. */
  comments: string[];
  /** None of a record with segments, whose headers list them. */
  signals: SignalSpec[];
  /** The records that a multi-segment record consists of, one after the other. */
  segments?: SegmentSpec[];
  /** Number of signals of a multi-segment record. */
  signalCount?: number;
}

/** A segment of a multi-segment record. */
export interface SegmentSpec {
  /** Name of a record of one segment, or `~` where nothing was recorded. */
  name: string;
  /** Samples per signal; 0 for a first segment that only lists the signals of all others. */
  sampleCount: number;
}

/** Name of a segment in which nothing was recorded. */
export const GAP = '~';

/** The default description of a signal in header(5). */
export function defaultDescription(record: string, index: number): string {
  return `record ${record}, signal ${index}`;
}
