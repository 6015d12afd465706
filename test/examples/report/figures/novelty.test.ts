import { parseHTML } from 'linkedom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawReport } from '../../../../examples/report/page.ts';
import { changed } from '../../../support/changedSample.ts';

const test = suite('examples/report/figures/novelty');

test('where there are no beats of classes that were not taught, that is said, and there is no table of them', () => {
  const without = (...protocols: string[]) =>
    parseHTML(
      drawReport(
        changed((m) => {
          for (const protocol of protocols) {
            const { novelty } = m.protocols[protocol].judged!;
            const { N, S, V } = novelty.byClass;
            Object.assign(novelty, { byClass: { N, S, V }, rocArea: {} });
          }
        }),
      ),
    ).document;
  const none = without('intra', 'inter').querySelector('#novelty');
  assert.is(none.querySelectorAll('table').length, 2);
  assert.not.match(none.textContent, /ROC|not taught:/);
  assert.match(none.querySelector('.intro').textContent, 'There are no beats of other classes');
  const absence = 'have no fusion beats (F) and no paced or unknown ones (Q)';
  assert.is(none.textContent.split(absence).length, 3, 'in both protocols');
  const one = without('inter').querySelector('#novelty');
  assert.equal(
    ['intra', 'inter'].map((p) => one.querySelectorAll(`#novelty-${p} table`).length),
    [2, 1],
  );
  assert.match(one.querySelector('.intro').textContent, 'An ROC area of 1');
  assert.match(one.querySelector('#novelty-inter').textContent, absence);
  assert.not.match(one.querySelector('#novelty-intra').textContent, absence);
});

test.run();
