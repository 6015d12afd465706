import { noGrad } from '../../autograd/tape.ts';
import { quantile } from '../../eval/summary.ts';
import type { NoveltyDetector } from '../../models/noveltyDetector.ts';
import { affine } from '../../ops/elementwise.ts';
import { gather } from '../../ops/movement.ts';
import type { AnnotatedBeat } from './annotated.ts';
import type { BeatWindows } from './beatWindows.ts';

const SUSPICIOUS = 0.5; // fraction of novel beats above which the recording as a whole is questionable
const PROBED = 200; // beats that are also tested with the lead inverted
const CLEARLY = 0.8; // times the distance of the upright lead

/** Notes on a recording that as a whole is novel, and on one that resembles the training beats only when inverted. */
export function doubt({ alone: x }: BeatWindows, beats: readonly AnnotatedBeat[], novelty: NoveltyDetector): string[] {
  const notes: string[] = [];
  const [N] = x.shape;
  const unlike = beats.filter(({ why }) => why === 'unlike').length / beats.length;
  if (unlike >= SUSPICIOUS)
    notes.push(`${(100 * unlike).toFixed(0)} % of the beats are unlike those that the model was trained on`);
  const probed = Array.from({ length: Math.min(N, PROBED) }, (_, i) => Math.floor((i * N) / Math.min(N, PROBED)));
  if (probed.length === 0) return notes;
  const [upright, turned] = [1, -1].map((sign) => {
    const part = noGrad(() => affine(gather(x, probed), sign, 0));
    return quantile(novelty.distance(part).sort(), 0.5);
  });
  if (turned < CLEARLY * upright && turned <= novelty.limit)
    notes.push(
      'the lead seems to be upside down: turned over, its beats are nearer to those that the model was trained on ' +
        `(median distance ${turned.toFixed(3)} instead of ${upright.toFixed(3)})`,
    );
  return notes;
}
