// The page of `serve` in a real browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { addressOf, folder, open, shoot, skip, start } from './program.mjs';

const digits = 50;
const sample = join(import.meta.dirname, '../../src/ConvNN.Data/Sample');

/** The test images of the embedded sample: { label, pixels }. */
function testImages() {
  const read = name => gunzipSync(readFileSync(join(sample, name)));
  const images = read('t10k-images-idx3-ubyte.gz'), labels = read('t10k-labels-idx1-ubyte.gz');
  return Array.from({ length: labels.length - 8 }, (_, i) => ({ label: labels[8 + i], pixels: images.subarray(16 + 784 * i, 16 + 784 * (i + 1)) }));
}

async function served(t) {
  const current = folder(t);
  const { output, code } = await start(current, '--epochs', '6', '--data', 'sample', '-o', 'run').ended;
  assert.equal(code, 0, output);
  const serve = start(current, 'serve', '0', '--model', 'run');
  return { current, serve, address: await addressOf(serve) };
}

test('a digit that is drawn is read while it is drawn, with mouse and keyboard', { skip }, async t => {
  const { address } = await served(t);
  const { page, faults } = await open(t, address);
  await page.waitForFunction(() => document.querySelector('#subject').innerText.includes('28×28'));
  assert.equal(await page.locator('#title').innerText(), 'Draw a digit');
  const box = await page.locator('#paper').boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(0.52, 0.15));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.5), { steps: 8 });
  await page.waitForFunction(() => document.querySelectorAll('#bars li').length === 10);
  await page.mouse.move(...at(0.48, 0.85), { steps: 8 });
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector('#guess').innerText.startsWith('1'));
  assert.equal(await page.locator('#seen img').count(), 2);
  assert.deepEqual(await page.locator('#layers h3').allInnerTexts(), ['conv1', 'pool1', 'flatten1', 'dense1', 'dense2', 'dense3']);
  await shoot(page, 'draw-1');

  await page.click('#clear');
  assert.equal(await page.locator('#guess').innerText(), '–');
  await page.focus('#paper');
  for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  for (let i = 0; i < 28; i++) await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('#guess').innerText.startsWith('1'));
  assert.deepEqual(faults, []);
});

test(`${digits} digits drawn on the canvas are read as predict reads their pictures`, { skip }, async t => {
  const { current, address } = await served(t);
  const { page, faults } = await open(t, address);
  await page.waitForFunction(() => document.querySelector('#subject').innerText.includes('28×28'));
  const images = testImages().slice(0, digits), read = [];
  for (const [i, { pixels }] of images.entries()) {
    const answered = page.waitForResponse(response => response.url().endsWith('/explain'));
    const png = await page.evaluate(async values => {
      const small = new OffscreenCanvas(28, 28), ink = small.getContext('2d'), data = ink.createImageData(28, 28);
      values.forEach((value, at) => data.data.set([255 - value, 255 - value, 255 - value, 255], 4 * at));
      ink.putImageData(data, 0, 0);
      const paper = document.querySelector('#paper'), pen = paper.getContext('2d');
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small, 0, 0, 280, 280);
      // A stroke outside of the paper: the page asks as after any other.
      const box = paper.getBoundingClientRect();
      for (const type of ['pointerdown', 'pointerup']) paper.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: box.left - 500, clientY: box.top - 500 }));
      return paper.toDataURL('image/png');
    }, [...pixels]).catch(error => { throw error; });
    read.push((await (await answered).json()).prediction.class);
    writeFileSync(join(current, `${String(i).padStart(2, '0')}.png`), Buffer.from(png.split(',')[1], 'base64'));
  }
  const program = process.env.CONVNN_PROGRAM ?? join(import.meta.dirname, '../../bin/Release/net10.0/convnn.dll');
  const files = images.map((_, i) => `${String(i).padStart(2, '0')}.png`);
  const predicted = JSON.parse(execFileSync('dotnet', [program, 'predict', '--model', 'run', '--json', ...files], { cwd: current, encoding: 'utf8' }));
  assert.deepEqual(read, predicted.map(image => image.class));
  const right = read.filter((label, i) => label === images[i].label).length;
  t.diagnostic(`${right} of ${digits} digits drawn on the canvas are read as they are labelled`);
  assert.ok(right > digits / 2, `${right} of ${digits}`);
  assert.deepEqual(faults.filter(fault => !/setPointerCapture|releasePointerCapture/.test(fault)), []);
});

test('a picture that is opened or broken is answered', { skip }, async t => {
  const { current, address } = await served(t);
  const { page } = await open(t, address);
  await page.waitForFunction(() => document.querySelector('#subject').innerText.includes('28×28'));
  const { pixels, label } = testImages()[0];
  writeFileSync(join(current, 'digit.pgm'), Buffer.concat([Buffer.from('P5 28 28 255\n'), pixels]));
  writeFileSync(join(current, 'broken.png'), Buffer.from('89504e470d0a1a0a00', 'hex'));
  await page.setInputFiles('#file', join(current, 'digit.pgm'));
  await page.waitForFunction(() => /%/.test(document.querySelector('#guess').innerText));
  assert.ok((await page.locator('#guess').innerText()).startsWith(String(label)));
  await page.setInputFiles('#file', join(current, 'broken.png'));
  await page.waitForFunction(() => !document.querySelector('#problem').hidden);
  assert.match(await page.locator('#problem').innerText(), /^the picture: /);
});

test('the page is readable on every width, in light and dark', { skip }, async t => {
  const { address } = await served(t);
  for (const [width, height] of [[390, 844], [820, 1180], [1280, 800], [1920, 1080]]) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, faults } = await open(t, address, { viewport: { width, height }, colorScheme });
      await page.waitForFunction(() => document.querySelector('#subject').innerText.includes('28×28'));
      const box = await page.locator('#paper').boundingBox();
      await page.mouse.move(box.x + box.width / 3, box.y + box.height / 4);
      await page.mouse.down();
      await page.mouse.move(box.x + 2 * box.width / 3, box.y + box.height / 4, { steps: 4 });
      await page.mouse.move(box.x + box.width / 2, box.y + 3 * box.height / 4, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(() => document.querySelectorAll('#bars li').length === 10);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width} is too narrow for the page`);
      await shoot(page, `draw-${width}-${colorScheme}`);
      assert.deepEqual(faults, []);
      await page.context().browser().close();
    }
  }
});
