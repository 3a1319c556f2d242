// Starts the built program and a browser for a test.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const program = resolve(process.env.CONVNN_PROGRAM ?? join(import.meta.dirname, '../../bin/Release/net10.0/convnn.dll'));
const patience = 60_000;

export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => existsSync(path));

/** Why the tests cannot run here; false if they can. They are reported as skipped. */
export const skip = !browserPath ? 'no Chromium is installed' : !existsSync(program) ? `${program} is not built` : false;

const running = new Map();              // folder → the programs in it

/** A folder that goes with the test, after the programs in it. */
export function folder(t) {
  const made = mkdtempSync(join(tmpdir(), 'convnn-browser-'));
  running.set(made, []);
  t.after(async () => {
    await Promise.all(running.get(made).map(end => end()));
    rmSync(made, { recursive: true, force: true });
  });
  return made;
}

/** The program in a folder of the test, running until the test ends. */
export function start(current, ...args) {
  // Without the settings of this environment, such as a folder of data.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONVNN_')));
  const child = spawn('dotnet', [program, ...args], { cwd: current, env: { ...own, CONVNN_Data__Download: 'false' } });
  let output = '';
  const listeners = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => { output += data; listeners.forEach(listener => listener()); });
  }
  const ended = new Promise(done => child.on('exit', (code, signal) => { done({ code, signal, output }); listeners.forEach(listener => listener()); }));
  running.get(current).push(() => { child.kill('SIGKILL'); return ended; });
  return {
    child, ended,
    get output() { return output; },
    /** Waits until the output matches. */
    printed(pattern) {
      return new Promise((done, fail) => {
        const late = setTimeout(() => look('late'), patience);
        const look = why => {
          const match = output.match(pattern);
          if (!match && !why && child.exitCode === null) return;
          clearTimeout(late);
          listeners.delete(look);
          if (match) done(match);
          else fail(new Error(`${pattern} was not printed:\n${output}`));
        };
        listeners.add(look);
        look();
      });
    },
  };
}

/** The address that the program prints. */
export const addressOf = async run => (await run.printed(/(?:page address=|page +|open +|open address=)(http:\/\/\S+)/))[1];

/** A page in a browser of its own; `faults` has what a user must never see: console errors, exceptions, requests to other hosts. */
export async function open(t, url, options = {}) {
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
  const faults = [], origin = new URL(url).origin;
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) faults.push(message.text()); });
  page.on('pageerror', error => faults.push(error.message));
  page.on('request', request => { if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) faults.push(request.url()); });
  page.setDefaultTimeout(patience);
  await page.goto(url);
  return { page, faults };
}

/** Keeps a picture of a page where CONVNN_SCREENSHOTS names a folder. */
export async function shoot(page, name) {
  if (process.env.CONVNN_SCREENSHOTS) await page.screenshot({ path: join(process.env.CONVNN_SCREENSHOTS, `${name}.png`), fullPage: true });
}
