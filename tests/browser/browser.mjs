// A headless Chromium that shows modeler/dist, and what went wrong in it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const DIST = fileURLToPath(new URL('../../modeler/dist/', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

const VIEWPORT = { width: 1000, height: 900 };

// Enough for a panel with every group open.
const PICTURE = { width: 1000, height: 3000 };

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

function executable() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const paths = process.env.PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = paths.find((path) => existsSync(path));
  assert.ok(found, `none of ${names.join(', ')} is installed: apt-get install chromium, or scripts/test`);
  return found;
}

async function serve() {
  assert.ok(existsSync(join(DIST, 'app.js')), 'modeler/dist is not built: npm ci && npm run build in modeler, or scripts/test');
  const server = createServer(({ url }, response) => {
    const file = url === '/' ? 'index.html' : url.slice(1);
    const type = TYPES[extname(file)];
    // Plain names only: nothing above the folder.
    if (!type || file.includes('/') || !existsSync(join(DIST, file))) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': type }).end(readFileSync(join(DIST, file)));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // Where no browser starts, nothing is to wait for it.
  server.unref();
  return server;
}

/** A browser without a window. */
export const launch = () => chromium.launch({ executablePath: executable(), args: FLAGS });

/** Starts the browser; `modeler(templates)` opens a page of it, `stop()` ends it. */
export async function start() {
  const server = await serve();
  const browser = await launch();
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    modeler: (templates) => openModeler(browser, origin, templates),
    async stop() {
      await browser.close();
      server.close();
    },
  };
}

/**
 * A page with the modeler, an empty diagram and these templates. `faults` collects whatever the page
 * complains of, `refusals` is what the modeler's loader said against the templates.
 */
async function openModeler(browser, origin, templates) {
  const page = await browser.newPage({ viewport: VIEWPORT });
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', ({ message }) => faults.push(`page error: ${message}`));
  page.on('console', (message) => message.type() === 'error' && faults.push(`console error: ${message.text()}`));
  await page.route((url) => url.origin !== origin, (route) => {
    faults.push(`request to ${route.request().url()}`);
    return route.abort();
  });
  // The page's timers are ours, see `settle`.
  await page.clock.install();
  await page.goto(origin);
  await page.locator('[data-element-id=StartEvent_1]').waitFor();
  const refusals = await page.evaluate((list) => window.modeler.setTemplates(list), templates);
  return { page, faults, refusals };
}

/**
 * Lets the page finish what it has put off: the panel stores what was typed 300 ms after the last
 * key and reads FEEL 750 ms after it. No real time passes.
 */
export const settle = (page) => page.clock.runFor(2000);

/** Puts a picture of the whole panel, and of the diagram beside it, into a file. */
export async function takePicture(page, path) {
  await page.setViewportSize(PICTURE);
  await page.screenshot({ path });
  await page.setViewportSize(VIEWPORT);
}

/** The addresses of images, in the page and in the diagram, that the browser cannot show. */
export function brokenImages(page) {
  return page.evaluate(async () => {
    const images = [...document.querySelectorAll('img')].map(({ src }) => src);
    const icons = [...document.querySelectorAll('image')].map((image) => image.href.baseVal);
    const broken = await Promise.all(
      [...new Set([...images, ...icons])].map(async (src) => {
        const image = Object.assign(new Image(), { src });
        return image.decode().then(() => null, () => src);
      }),
    );
    return broken.filter(Boolean);
  });
}
