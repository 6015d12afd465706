import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawGrowth } from '../../bench/support/growthPicture.ts';

const test = suite('bench/growthPicture');

test('a panel for each thing that grows, a line for each library and number of threads', () => {
  const points = ['batch', 'leads'].flatMap((sweep) =>
    ['dynaecg', 'PyTorch'].flatMap((by) =>
      [1, 2].flatMap((threads) =>
        [1, 10, 100].map((value) => ({ sweep, by, threads, value, minimum: value / threads })),
      ),
    ),
  );
  const svg = drawGrowth(points);
  const count = (text: string): number => svg.split(text).length - 1;
  assert.is(count('<svg'), 3);
  assert.is(count('data-mark="line"'), 8);
  assert.is(count('stroke-dasharray="4 3"'), 4);
  assert.match(svg, '● dynaecg</tspan>');
  assert.match(svg, 'solid: 2 threads, dashed: 1 thread');
});

test.run();
