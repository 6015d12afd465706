import { Random, tensor } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LearnReport } from '../../../examples/live/protocol.ts';
import { Learning } from '../../../examples/live/worker/learning.ts';
import { Plane } from '../../../examples/live/worker/plane.ts';

const test = suite('learning');

test('the plane of the same embeddings, turned and mirrored, is the same picture', () => {
  const random = new Random(3);
  const z = Array.from({ length: 40 }, () => {
    const v = [2, 1, 0.3, 0.2].map((s) => s * random.normal());
    const length = Math.hypot(...v);
    return v.map((x) => x / length);
  });
  const plane = new Plane();
  const { points, explained } = plane.place(tensor(z));
  assert.ok(explained > 0.5 && explained <= 1);
  for (let i = 0; i < points.length; i += 2) assert.ok(Math.hypot(points[i], points[i + 1]) < 1 + 1e-6);
  // orthogonal maps of the four numbers move no picture: a swap of axes and a change of signs
  const turned = plane.place(tensor(z.map(([a, b, c, d]) => [-b, d, a, -c])));
  for (const [i, v] of turned.points.entries())
    assert.ok(Math.abs(v - points[i]) < 1e-5, `${v} at ${i}, was ${points[i]}`);
});

test('a step reports what was mined; margin and miner change between two', () => {
  const settings = { miner: 'violating', margin: null, pace: null } as const;
  const learning = new Learning('1', settings);
  const { labels, classes } = learning.begun();
  const moved = (reports: LearnReport[]) => reports[0] as Extract<LearnReport, { kind: 'moved' }>;
  const first = moved(learning.step(true));
  assert.is(first.margin, 0.2);
  assert.is(first.violating, first.mined / first.possible); // which is what `violating` mines
  const { triplets } = first.picture!;
  assert.is(triplets.length, 72);
  for (let t = 0; t < triplets.length; t += 3) {
    assert.is(labels[triplets[t]], labels[triplets[t + 1]], 'anchor and positive');
    assert.is.not(labels[triplets[t]], labels[triplets[t + 2]], 'anchor and negative');
  }
  learning.settings = { ...settings, miner: 'batchHard', margin: 0.7 };
  const second = moved(learning.step(false));
  assert.equal([second.margin, second.mined, second.picture], [0.7, 16 * classes.length, null]);
  learning.settings = settings;
  assert.is(moved(learning.step(false)).margin, 0.2, 'goes on from where it was');
});

test.run();
