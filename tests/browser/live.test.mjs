// The live page in a real browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, folder, open, shoot, skip, start } from './program.mjs';

const long = ['--epochs', '1000', '--data', 'sample'];
const text = (page, selector) => page.locator(selector).innerText();
const figure = (page, name) => page.locator('#figures div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd').innerText();

test('a page follows a run, and its button stops it', { skip }, async t => {
  const current = folder(t);
  const run = start(current, '--dashboard', '0', ...long, '--set', 'Data:Validation=0.1', '-o', 'run');
  const { page, faults } = await open(t, await addressOf(run));
  await page.waitForFunction(() => /^[3-9] of|^\d\d+ of/.test(document.querySelector('#figures dd')?.innerText ?? ''));

  // Everything that the page promises is there.
  assert.equal(await text(page, '#name'), 'original');
  await page.waitForFunction(() => document.querySelectorAll('#charts figure canvas').length >= 5);
  assert.match(await figure(page, 'validation accuracy'), /%$/);
  assert.deepEqual(await page.locator('.block strong').allInnerTexts().then(all => all.map(name => name.replace(/\s*limit$/, ''))), ['read', 'fan-out', 'workers', 'reduce']);
  assert.equal(await page.locator('.block.limit').count(), 1);
  assert.equal(await page.locator('#layers tbody tr').count(), 6);
  assert.match(await text(page, '#layers tbody tr:first-child'), /conv1.*8×26×26/s);
  assert.match(await text(page, '#layers tbody tr:first-child td:nth-child(5)'), /^\d/);
  assert.equal(await page.locator('#filters img').count(), 8);
  assert.equal(await page.locator('#confusion tbody tr').count(), 10);
  assert.ok(await page.locator('#misread img').count() > 0);
  assert.ok(await page.locator('#checkpoints li').count() > 0);

  // An earlier epoch's filters can be looked at while new ones come.
  const newest = await page.locator('#filters img').first().getAttribute('src');
  await page.locator('#filters-epoch').fill('0');
  await page.waitForFunction(() => document.querySelector('#filters-shown').innerText === '1');
  assert.notEqual(await page.locator('#filters img').first().getAttribute('src'), newest);

  page.on('dialog', dialog => dialog.accept());
  await page.click('#stop');
  await run.printed(/stopped signal="the page"/);
  await page.waitForFunction(() => document.querySelector('#stop').innerText === 'The run has been stopped');
  await shoot(page, 'live-stopped');

  // It stays to be looked at, and ends with the code of ^C.
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#stop').innerText === 'The run has been stopped');
  run.child.kill('SIGINT');
  assert.equal((await run.ended).code, 130);
  assert.deepEqual(faults, []);
  assert.match(readFileSync(join(current, 'run', 'run.json'), 'utf8'), /"Outcome": *"stopped/i);
});

test('a page that is opened late gets the whole history, and a finished run stays until ^C', { skip }, async t => {
  const run = start(folder(t), '--dashboard', '0', '--epochs', '5', '--data', 'sample', '--name', 'late');
  const address = await addressOf(run);
  await run.printed(/open address=/);
  const { page, faults } = await open(t, address);
  await page.waitForFunction(() => document.querySelector('#stop').innerText === 'The run has ended');
  assert.equal(await figure(page, 'epoch'), '5 of 5');
  assert.equal(await page.locator('#filters-epoch').getAttribute('max'), '4');
  assert.match(await text(page, '#log'), /epoch epoch=1 .*epoch epoch=5 .*done /s);
  assert.equal(run.child.exitCode, null);
  run.child.kill('SIGINT');
  assert.equal((await run.ended).code, 0);
  assert.deepEqual(faults, []);
});

// An epoch of 100 images is over before a step is told.
test('a run of short epochs has every chart', { skip }, async t => {
  const run = start(folder(t), '--dashboard', '0', '--epochs', '100000', '--data', 'sample', '--limit', '100');
  const { page, faults } = await open(t, await addressOf(run));
  await page.waitForFunction(() => document.querySelectorAll('#charts figure canvas').length === 5);
  assert.deepEqual(faults, []);
});

test('a page that loses its connection says so, and comes back', { skip }, async t => {
  const current = folder(t);
  const run = start(current, '--dashboard', '0', ...long, '--name', 'first', '-o', 'run');
  const address = await addressOf(run);
  const { page } = await open(t, address);
  await page.waitForFunction(() => document.querySelectorAll('#checkpoints li:not(.faint)').length > 0);
  run.child.kill('SIGKILL');
  await page.waitForFunction(() => !document.querySelector('#connection').hidden);
  assert.match(await text(page, '#connection'), /^No connection to the program/);

  // The run goes on from its checkpoint, at the same address: the page has all of it again, and no line twice.
  await run.ended;
  start(current, '--dashboard', new URL(address).port, '--resume', 'run');
  await page.waitForFunction(() => document.querySelector('#connection').hidden);
  await page.waitForFunction(() => /resumed checkpoint=/.test(document.querySelector('#log').innerText));
  assert.equal((await text(page, '#log')).match(/ epoch epoch=1 /g).length, 1);
});

test('the page is readable on every width, in light and dark, with less motion and by keyboard', { skip }, async t => {
  const run = start(folder(t), '--dashboard', '0', '--epochs', '4', '--data', 'sample', '--set', 'Data:Validation=0.1');
  const address = await addressOf(run);
  await run.printed(/open address=/);
  for (const [width, height] of [[390, 844], [820, 1180], [1280, 800], [1920, 1080]]) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, faults } = await open(t, address, { viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
      await page.waitForFunction(() => document.querySelectorAll('#misread img').length > 0 && document.querySelectorAll('#charts canvas').length >= 4);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width} is too narrow for the page`);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.bar span')).transitionDuration), '0s');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement !== document.body), 'nothing gets the focus');
      await shoot(page, `live-${width}-${colorScheme}`);
      assert.deepEqual(faults, []);
      await page.context().browser().close();
    }
  }
});

test('names are text: a class cannot bring a script', { skip }, async t => {
  const current = folder(t);
  const { mkdirSync, writeFileSync } = await import('node:fs');
  for (const part of ['train', 'test']) {
    for (const [name, shade] of [['<script>alert(1)<／script>'.replace('／', '\u2215'), 40], ['"><img src=x onerror=alert(1)>', 200]]) {
      mkdirSync(join(current, 'data', part, name), { recursive: true });
      for (let i = 0; i < 12; i++) {
        writeFileSync(join(current, 'data', part, name, `${i}.pgm`), Buffer.concat([Buffer.from('P5 28 28 255\n'), Buffer.alloc(784, shade + i)]));
      }
    }
  }
  const run = start(current, '--dashboard', '0', '--epochs', '2', '--data-dir', 'data', '--set', 'Model:Layers:dense3:Units=2');
  const { page, faults } = await open(t, await addressOf(run));
  page.on('dialog', dialog => { faults.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  await page.waitForFunction(() => document.querySelectorAll('#confusion tbody tr').length === 2);
  assert.match(await text(page, '#confusion'), /<script>alert\(1\)/);
  assert.equal(await page.locator('img[onerror], #confusion script').count(), 0);
  assert.deepEqual(faults, []);
});
