import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { html } from '../../../examples/page/html.ts';

const test = suite('examples/page/html');

test('html escapes all but html', () => {
  const items = ['<', html`<b>${'&'}</b>`];
  assert.is(html`<p title="${'"\''}">${items}${null}${1}</p>`.text, '<p title="&quot;&#39;">&lt;<b>&amp;</b>1</p>');
});

test.run();
