const LARGEST = 2 ** 31 - 1; // of a 32-bit integer, as WFDB has them

/** A least and a largest value. */
export type Range = readonly [low: number, high: number];

/** What whole numbers of a signal's line may be: reading and writing hold to it, so that what was read can be written. */
export const SIGNAL_RANGES = {
  format: [0, LARGEST],
  samplesPerFrame: [1, LARGEST],
  skew: [0, LARGEST],
  byteOffset: [0, Number.MAX_SAFE_INTEGER],
  adcResolution: [1, LARGEST],
  blockSize: [0, LARGEST],
  adcZero: [-LARGEST, LARGEST],
  baseline: [-LARGEST, LARGEST],
  initialValue: [-LARGEST - 1, LARGEST],
  checksum: [-LARGEST, LARGEST],
} as const satisfies Record<string, Range>;

/** Samples of a signal. */
export const SAMPLE_COUNT: Range = [0, Number.MAX_SAFE_INTEGER];

/** Samples or ticks per second: from one in eleven days to a gigahertz. Beyond, times in samples would not be exact or finite. */
export const FREQUENCY: Range = [1e-6, 1e9];

/** ADC units per physical unit of a lead whose header gives none, or 0; DEFGAIN of wfdb.h. */
export const DEFAULT_GAIN = 200;

/** ADC units per physical unit, without its sign: beyond, samples would not be finite in float32, or all 0. */
export const GAIN: Range = [1e-20, 1e20];

/** Samples of annotations, whose files hold 32 bits of them. */
export const ANNOTATED_SAMPLE: Range = [0, LARGEST];

export const within = (value: number, [low, high]: Range): boolean => value >= low && value <= high;
