import { asSignal } from '../../core/asArrays.ts';
import { checkCount, checkKind, checkRange } from '../../core/check.ts';
import { alignedPeak } from './align.ts';
import { Complexes } from './complexes.ts';
import { HIGHEST_RATE, LOWEST_RATE, piecesOf, REFRACTORY } from './findQrs.ts';
import { KEPT } from './qrsStream.ts';

const REACH = 0.15; // s, within which ANSI/AAMI EC57 takes two annotations for those of one beat

/**
 * Moves marks of beats to the R peaks, as `detectQrs` would place them: those who annotate a database mark the onset of the QRS
 * complex, its largest deflection or something near, and a window cut around a mark shows another part of the beat each time.
 *
 * Of the peaks of the integrated signal (see `detectQrs`) within 150 ms of a mark, and not nearer to another mark, the nearest
 * is the mark's QRS complex. A mark without any stays where it is, and so does one at an R peak.
 *
 * @param signal (n) samples of one lead, in any unit and polarity
 * @param samplingFrequency Hz, at least 50
 * @param marks (m) sample indices, in any order
 * @returns (m) sample indices of the R peaks
 * @throws ArgumentError for a sampling frequency out of range, and for a mark that is not a sample of the signal
 * @example
 *     const { leads, samplingFrequency, annotations } = loadRecord('svdb/800');
 *     const marks = annotations.filter(({ label }) => isBeat(label)).map(({ sample }) => sample);
 *     const peaks = alignToRPeaks(leads[0].samples, samplingFrequency, marks);
 */
export function alignToRPeaks(
  signal: ArrayLike<number>,
  samplingFrequency: number,
  marks: ArrayLike<number>,
): Int32Array {
  const op = 'alignToRPeaks';
  const samples = asSignal(op, 'signal', signal);
  checkRange(op, 'samplingFrequency', samplingFrequency, LOWEST_RATE, HIGHEST_RATE);
  checkKind(op, 'marks', marks, 'numbers');
  for (let i = 0; i < marks.length; i++) checkCount(op, `marks[${i}]`, marks[i], 0, samples.length - 1);
  const peaks = Int32Array.from(marks);
  const order = Array.from(marks, (_, i) => i).sort((a, b) => marks[a] - marks[b]);
  const complexes = new Complexes(samplingFrequency, REFRACTORY, KEPT);
  const reach = REACH * samplingFrequency;
  let rank = 0;
  const align = (ended: boolean): void => {
    for (; rank < order.length; rank++) {
      const mark = marks[order[rank]];
      const others = [marks[order[rank - 1]], marks[order[rank + 1]]].filter((other) => other !== undefined);
      const peak = alignedPeak(complexes, mark, reach, others, ended);
      if (peak === undefined) return;
      peaks[order[rank]] = peak ?? mark;
    }
  };
  for (const piece of piecesOf(samples)) {
    complexes.push(piece);
    align(false);
  }
  complexes.end();
  align(true);
  return peaks;
}
