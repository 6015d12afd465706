// The live page in Chromium: its three modes, without a network once it is there, with WebAssembly and without, at two widths, by
// keyboard, and what it says of bad files and of a worker that dies.
//
//   npm run test:browser
//
// CHROMIUM is the browser; SCREENSHOTS a folder for pictures.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, Embedder, encodeModel, MlpClassifier, Random } from 'dynaecg';
import { annotateRecord, beatInput, encodeRecord, readAnnotations, syntheticRecord } from 'dynaecg/ecg';
import { beatModel } from 'dynaecg/model';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axeFindings } from '../../support/browser.ts';
import { type Live, liveFor, READY } from '../../support/livePage.ts';

const test = suite('live page in a browser');
const { open, close } = liveFor(test);
const pictures = process.env['SCREENSHOTS'];
if (pictures) mkdirSync(pictures, { recursive: true });

const record = syntheticRecord({ seed: 5, name: 'dropped', kind: 'ventricular', duration: 60 });
const { header, files } = encodeRecord(record);
const payload = (name: string, content: Uint8Array | string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

const steps = async (live: Live): Promise<number> => Number.parseInt(await live.text('learn-at'), 10);
const trained = (n: number): string => `parseInt(document.querySelector('#learn-at').textContent) >= ${n}`;

/** What a page saves when a button is pressed. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) };
}

test('learn: by keyboard and without a network it trains, steps, and takes another margin and miner', async () => {
  const live = await open();
  const { page, context, until, text } = live;
  await until(READY.watch.replace('watch-run', 'learn-run'));
  assert.is(await text('backend'), 'WebAssembly');
  await until(READY.watch); // everything is there
  await context.setOffline(true);

  await page.focus('#learn-run');
  await page.selectOption('#learn-pace', '');
  await page.keyboard.press('Enter');
  await until(trained(21));
  assert.is(await text('learn-run'), 'Pause');
  const matrix = await page.locator('#learn-confusion td b').allInnerTexts();
  assert.is(matrix.length, 9);
  assert.ok(matrix.reduce((sum, n) => sum + Number(n), 0) > 200, matrix.join(' '));
  assert.match(await text('learn-f1'), /^\d+\.\d\s%$/);

  await page.selectOption('#learn-miner', 'batchHard');
  await page.selectOption('#learn-margin-kind', 'fixed');
  await page.focus('#learn-margin');
  await page.keyboard.press('End');
  await until(`document.querySelector('#learn-margins .value').textContent === '1.50'`);
  await until(`/^48$/.test(document.querySelector('#learn-mined').textContent)`); // one for each beat of a batch

  await page.focus('#learn-run');
  await page.keyboard.press('Space');
  await until(`document.querySelector('#learn-run').textContent === 'Train'`);
  await page.waitForTimeout(300);
  const paused = await steps(live);
  await page.click('#learn-step');
  await until(trained(paused + 1));
  await page.waitForTimeout(300);
  assert.is(await steps(live), paused + 1);
  await close(live);
});

test('watch: without a network, a dropped recording becomes beats, and their annotations a file', async () => {
  const live = await open({ mode: 'watch' });
  const { page, context, until, text } = live;
  await until(READY.watch);
  await context.setOffline(true);
  await page.setInputFiles('#watch-files', [
    payload('dropped.hea', header),
    ...Object.entries(files).map(([name, bytes]) => payload(name, bytes)),
  ]);
  await until(`document.querySelector('#watch-title').textContent.startsWith('dropped')`);
  await page.selectOption('#watch-pace', '20');
  await page.click('#watch-run');
  await until(`document.querySelectorAll('#watch-table td').length > 0`);
  await until(`/^\\d\\.\\d\\d s/.test(document.querySelector('#watch-delay').textContent)`); // not of those found later
  assert.match(await text('watch-cost'), /^\d+\.\d ms/);
  assert.match((await page.getAttribute('#watch-beat', 'aria-label')) ?? '', /classified [NSVQ]; most attention/);
  assert.match(await text('watch-near'), /cluster at \d\.\d\d/);
  await until(`document.querySelector('#watch-run').textContent === 'Again'`);

  const { name, bytes } = await saved(page, '#watch-save');
  assert.is(name, 'dropped.dyn');
  const beats = annotateRecord(beatModel(), record).beats.map(({ sample, label }) => ({ sample, label }));
  assert.ok(beats.length > 45 && new Set(beats.map(({ label }) => label)).size > 1, `${beats.length} beats`);
  const written = readAnnotations(bytes).annotations.map(({ sample, label }) => ({ sample, label }));
  assert.equal(written, beats);
  await close(live);
});

test('own model: the network just trained is exported, used by watch, and taken again from its file', async () => {
  const live = await open();
  const { page, until, text } = live;
  await until(READY.learn);
  await page.selectOption('#learn-pace', '');
  await page.click('#learn-run');
  await until(trained(31));
  await page.click('#learn-run');
  await page.click('#tab-model');
  await until(`!document.querySelector('#model-export').disabled`);
  const { name, bytes } = await saved(page, '#model-export');
  assert.match(name, /^dynaecg-live-\d+\.safetensors$/);
  const { classes, window } = beatInput(decodeModel(bytes));
  assert.equal([[...classes], window.length], [['N', 'S', 'V'], 192]);
  await until(`document.querySelector('.models .used h3')?.textContent === 'The network just trained'`);

  await page.click('#tab-watch');
  await page.selectOption('#watch-pace', '20');
  await page.click('#watch-run');
  await until(`/[NSV] at \\d/.test(document.querySelector('#watch-near').textContent)`);
  assert.is(await text('watch-near-title'), 'Its nearest training beats');

  await page.setInputFiles('#model-file', payload('mine.safetensors', bytes));
  await until(`document.querySelector('.models .used h3')?.textContent === 'mine.safetensors'`);
  assert.is(await page.inputValue('#watch-model'), 'mine.safetensors');
  await close(live);
});

test('without WebAssembly all of it runs in JavaScript', async () => {
  const live = await open({ wasm: false });
  const { page, until, text } = live;
  await until(READY.learn);
  assert.is(await text('backend'), 'JavaScript');
  await page.click('#learn-step');
  await until(trained(1));
  await page.click('#tab-watch');
  await until(READY.watch);
  await page.selectOption('#watch-pace', '20');
  await page.click('#watch-run');
  await until(`document.querySelectorAll('#watch-table td').length > 0`);
  await close(live);
});

test('bad files are named, and what was there stays', async () => {
  const live = await open({ mode: 'watch' });
  const { page, until, text } = live;
  await until(READY.watch);
  await page.selectOption('#watch-pace', '4');
  await page.click('#watch-run');
  await until(`document.querySelectorAll('#watch-table td').length > 0`);
  const before = await text('watch-title');
  const said = async (): Promise<string> => (await page.locator('.notice p').allInnerTexts()).join('\n');
  const dropped = `(() => {
    const data = new DataTransfer();
    data.items.add(new File(['no recording at all'], 'letter.txt'));
    dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true, bubbles: true }));
  })()`;
  await page.evaluate(dropped);
  await until(`document.querySelector('.notice')`);
  assert.match(await said(), /^Watch: .*letter\.txt.* What was there stays\.$/s);
  assert.is(await text('watch-title'), before);
  assert.is(await text('watch-run'), 'Pause');
  await page.click('.notice button');

  await page.setInputFiles('#watch-files', payload('alone.hea', header));
  await until(`document.querySelector('.notice')`);
  assert.match(await said(), /dropped\.dat/);
  await page.click('.notice button');

  const random = new Random(0);
  const embedder = new Embedder({ length: 32, channels: [2, 2], hidden: 2, features: 4, embedding: 2, random });
  const classifier = new MlpClassifier({ inFeatures: 2, hidden: 2, classes: 2, random });
  const other = encodeModel({ networks: [{ embedder, classifier }], classes: ['slow', 'fast'], about: {} });
  for (const [name, content, why] of [
    ['other.safetensors', other, /expected classes among N S V F Q, got undefined/],
    ['none.safetensors', 'no model', /none\.safetensors cannot be used: decode/],
  ] as const) {
    await page.setInputFiles('#model-file', payload(name, content));
    await until(`document.querySelector('.notice')`);
    assert.match(await said(), why);
    assert.is(await page.innerText('.models .used h3'), 'The model of the package');
    assert.is(await page.inputValue('#watch-model'), 'shipped');
    await page.click('.notice button');
  }
  await page.click('#tab-watch');
  const beats = Number(await text('watch-beats')) || 0;
  await until(`parseInt(document.querySelector('#watch-beats').textContent) > ${beats}`); // it has gone on
  await close(live);
});

test('a worker that dies is missed, what it has drawn stays, and another takes its place', async () => {
  const live = await open();
  const { page, until, text } = live;
  await until(READY.learn);
  await until(READY.watch);
  await page.click('#learn-step');
  await until(trained(1));
  const worker = (name: string) => page.workers().find((each) => each.url().endsWith(`${name}.js`))!;
  await worker('watcher').evaluate(`setTimeout(() => { throw new Error('out of luck'); })`);
  await until(`document.querySelector('.notice')`);
  assert.match(await text('notices'), /The worker that streams failed: .*out of luck/);
  await page.click('.notice >> text=Start a new one');
  await until(`!document.querySelector('.notice') && ${READY.watch}`);

  await worker('learner').evaluate('setTimeout(() => self.close())'); // without a word
  await until(`document.querySelector('.notice')`);
  assert.match(await text('notices'), /The worker that trains has not answered for \d+ s/);
  assert.is(await steps(live), 1);
  assert.is(await page.isDisabled('#learn-run'), true);
  await page.click('.notice >> text=Start a new one');
  await until(`${READY.learn} && document.querySelector('#learn-at').textContent.startsWith('0')`);
  await close(live);
});

/** Texts that are wider than their place. */
const CUT = `[...document.querySelectorAll('main :is(h3, p, dt, dd, td, th, button, label, li)')]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .filter((e) => getComputedStyle(e).overflow !== 'hidden' && getComputedStyle(e).display !== 'inline')
  .map((e) => e.textContent)`;

for (const width of [360, 1400])
  test(`${width} px, light and dark: nothing is cut off, and axe-core finds nothing`, async () => {
    const live = await open({ width });
    const { page, until } = live;
    await until(READY.learn);
    await page.selectOption('#learn-pace', '');
    await page.click('#learn-run');
    await until(trained(pictures ? 181 : 11));
    await page.click('#learn-run');
    await until(READY.watch);
    for (const mode of ['learn', 'watch', 'model']) {
      await page.focus('[role=tab][aria-selected=true]');
      if (mode !== 'learn') await page.keyboard.press('ArrowRight');
      assert.is(await page.getAttribute(`#tab-${mode}`, 'aria-selected'), 'true');
      if (mode === 'watch') {
        await page.selectOption('#watch-pace', '4');
        await page.click('#watch-run');
        await until(`document.querySelectorAll('#watch-table td').length > ${pictures ? 44 : 8}`);
        await page.click('#watch-run');
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        assert.ok(wide <= width, `${mode} is ${wide} px wide`);
        assert.equal(await page.evaluate<string[]>(CUT), [], `${mode}: cut off`);
        assert.equal(await axeFindings(page), [], `${mode}, ${colorScheme}`);
        const path = join(pictures ?? '', `live-${mode}-${width}-${colorScheme}.png`);
        if (pictures) await page.screenshot({ path, fullPage: true });
      }
    }
    await close(live);
  });

test('it is on the screen within a second', async () => {
  const paint = `performance.getEntriesByName('first-contentful-paint')[0]`;
  const times: number[] = [];
  for (let load = 0; load < 3; load++) {
    const live = await open();
    await live.until(paint);
    times.push(await live.page.evaluate<number>(`${paint}.startTime`));
    await live.until(READY.learn);
    await close(live);
    if (times[load] < 1000) break; // the machine may have been busy with something else
  }
  assert.ok(Math.min(...times) < 1000, `first contentful paint after ${times} ms`);
});

test('the picture in the documentation', async () => {
  if (!pictures) return;
  const live = await open({ width: 1250, scale: 0.88 });
  const { page, until } = live;
  await until(READY.learn);
  await page.selectOption('#learn-pace', '');
  await page.click('#learn-run');
  await until(trained(181));
  await page.click('#learn-run');
  await page.locator('main').click({ position: { x: 2, y: 2 } });
  await page.screenshot({ path: join(pictures, 'live.png'), fullPage: true });
  await close(live);
});

test.run();
