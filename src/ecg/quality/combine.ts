import { log, sigmoid } from '../../core/math.ts';

/** The single indices of a window's quality. */
export interface QualityParts {
  /** Agreement of two QRS detectors, 0 to 1. */
  bSQI: number;
  /** Kurtosis of the signal; 3 for Gaussian noise, above 5 for an ECG. */
  kSQI: number;
  /** Fraction of the power up to 40 Hz that is above 1 Hz. */
  basSQI: number;
  /** Median over the beats of the correlation with the most similar other one, -1 to 1. */
  tSQI: number;
}

/** Quality indices below this are noise. */
export const QUALITY_LIMIT = 0.5;

/**
 * Weights of a logistic regression on windows of DS1, clean or with noise at 0 dB; b is moved so that 0.8 % of the clean
 * windows have an index below 0.5. `npm run noise -- --data DIR --fit` prints them.
 */
const WEIGHTS = { bSQI: 0.475, kSQI: 2.836, basSQI: 1.647, tSQI: 82.962, b: -83.114 };
const TINY = 1e-3; // keeps logarithms finite

/** The parts as they are weighted: those with a long tail as their logarithm. */
export function features({ bSQI, kSQI, basSQI, tSQI }: QualityParts): QualityParts {
  return { bSQI, kSQI: log(kSQI + TINY), basSQI: log((basSQI + TINY) / (1 - basSQI + TINY)), tSQI };
}

/** The index, 0 to 1. */
export function combine(parts: QualityParts): number {
  const f = features(parts);
  return sigmoid(
    WEIGHTS.b + WEIGHTS.bSQI * f.bSQI + WEIGHTS.kSQI * f.kSQI + WEIGHTS.basSQI * f.basSQI + WEIGHTS.tSQI * f.tSQI,
  );
}
