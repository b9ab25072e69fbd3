// The page of `opwright preview`, served by the program itself: what it shows, and that it follows every change.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'target/debug/opwright');
const OWN = readFileSync(join(ROOT, 'examples/postage/generated/element-templates/postage.json'), 'utf8');

let browser;
let folder;
const children = [];
before(async () => {
  assert.ok(existsSync(PROGRAM), 'the program is not built: cargo build --all-features, or scripts/test');
  folder = mkdtempSync(join(tmpdir(), 'opwright-preview-'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
});

/** Starts the program; resolves with the address that it prints. */
async function serve(program, ...paths) {
  const child = spawn(program, ['preview', '--port', '0', ...paths], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const told = [];
  child.stderr.on('data', (text) => told.push(text));
  for await (const line of createInterface({ input: child.stdout })) return { url: line, child };
  throw new Error(`the program ended: ${told.join('')}`);
}

/** A page, and what it complains of. */
async function open(url) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', ({ message }) => faults.push(`page error: ${message}`));
  page.on('console', (message) => message.type() === 'error' && faults.push(`console error: ${message.text()}`));
  page.on('request', (asked) => {
    const to = new URL(asked.url());
    if (to.protocol !== 'data:' && to.origin !== new URL(url).origin) faults.push(`request to ${to}`);
  });
  await page.goto(url);
  await page.locator('[data-key]').first().waitFor();
  return { page, faults };
}

const tab = (page, name) => page.locator('[role=tab]', { hasText: name });
const panel = (page) => page.locator('[role=tabpanel]');

async function openGroup(page, label) {
  await page.locator('.bio-properties-panel-group-header', { hasText: label }).click();
}

test('the program\'s own templates, with schemas and docs', { timeout: 60_000 }, async () => {
  const { url } = await serve(PROGRAM);
  const { page, faults } = await open(url);
  assert.deepEqual(await page.locator('[data-key]').evaluateAll((all) => all.map(({ dataset }) => dataset.key)), [
    'element-templates/power-automate.json',
    'element-templates/power-automate-hosted.json',
    'element-templates/power-automate-flow-run-finished.json',
    'element-templates/power-automate-flow-run-finished-receive-task.json',
    'element-templates/power-automate-flow-run-finished-boundary-event.json',
  ]);
  await panel(page).getByText('<zeebe:header key="operation" value="trigger-flow-run" />').waitFor();
  await page.locator('[data-entry-id*="custom-entry"] select').first().selectOption({ label: 'Get flow outputs' });
  await panel(page).getByText('<zeebe:header key="operation" value="get-flow-outputs" />').waitFor();
  await tab(page, 'Schema').click();
  await panel(page).getByText('Get flow outputs: input').waitFor();
  await panel(page).getByText('"flowSessionId"').first().waitFor();
  await page.keyboard.press('ArrowRight');
  await panel(page).locator('h1', { hasText: 'Power Automate' }).waitFor();
  await page.locator('[data-key$="hosted.json"]').click();
  await tab(page, 'BPMN').click();
  await panel(page).getByText('type="io.camunda:http-json:1"').waitFor();
  assert.match(page.url(), /hosted/);
  assert.equal(await page.locator('.bjs-powered-by').isVisible(), true);
  await page.reload();
  await panel(page).getByText('type="io.camunda:http-json:1"').waitFor();
  // What waits is shown with what it waits for.
  for (const file of ['flow-run-finished.json', 'boundary-event.json']) {
    await page.locator(`[data-key$="${file}"]`).click();
    await tab(page, 'BPMN').click();
    await panel(page).getByText('name="inbound.type" value="io.opwright:power-automate:flow-run-finished:1"').waitFor();
    await tab(page, 'Schema').click();
    await panel(page).getByText('Flow run finished: event').waitFor();
    await panel(page).getByText('"flowsessionid"').first().waitFor();
  }
  assert.deepEqual(faults, []);
  await page.close();
});

test('a file that is edited is shown anew, and what was typed stays', { timeout: 60_000 }, async () => {
  const file = join(folder, 'postage.json');
  writeFileSync(file, OWN);
  const { url } = await serve(PROGRAM, file);
  const { page, faults } = await open(url);
  await openGroup(page, 'Retries');
  await page.locator('label', { hasText: 'Retry back-off' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('PT7S');
  await panel(page).getByText('key="retryBackoff" value="PT7S"').waitFor();

  writeFileSync(file, OWN.replaceAll('"Retry back-off"', '"Pause"').replace('"public"', '"secret tariff"'));
  await page.locator('label', { hasText: 'Pause' }).waitFor();
  await panel(page).getByText('value="secret tariff"').waitFor();
  await panel(page).getByText('key="retryBackoff" value="PT7S"').waitFor();

  // What is no template any more is told, and what was shown waits for the next one.
  writeFileSync(file, OWN.replace('"name"', 'name'));
  await tab(page, 'Findings (1)').click();
  await panel(page).getByText('error[no-json]').waitFor();
  writeFileSync(file, OWN.replaceAll('"Retry back-off"', '"Respite"'));
  await page.locator('label', { hasText: 'Respite' }).waitFor();
  await tab(page, 'BPMN').click();
  await panel(page).getByText('key="retryBackoff" value="PT7S"').waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test('findings lead to their lines, and files come and go', { timeout: 60_000 }, async () => {
  const templates = mkdtempSync(join(folder, 'templates-'));
  const broken = JSON.parse(OWN);
  broken.properties.find(({ id }) => id === 'ship:contact').condition = { property: 'nowhere', equals: 'x' };
  writeFileSync(join(templates, 'broken.json'), JSON.stringify(broken, null, 2));
  const { url } = await serve(PROGRAM, templates);
  const { page, faults } = await open(url);
  await tab(page, 'Findings').click();
  const finding = panel(page).locator('li', { hasText: 'error[unknown-condition-property]' });
  await finding.locator('button').click();
  assert.match(await panel(page).locator('.shown').innerText(), /nowhere/);
  await page.locator('[data-key]', { hasText: '1 error' }).waitFor();

  writeFileSync(join(templates, 'another.json'), OWN.replace('"Postage"', '"Parcels"').replace('"io.example.postage"', '"io.example.parcels"'));
  await page.locator('[data-key]', { hasText: 'Parcels' }).waitFor();
  rmSync(join(templates, 'another.json'));
  await page.locator('[data-key]', { hasText: 'Parcels' }).waitFor({ state: 'detached' });
  rmSync(join(templates, 'broken.json'));
  await page.locator('#notice', { hasText: 'there is no element template in' }).waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test('a program that is built anew goes on in the same page', { timeout: 90_000 }, async () => {
  const program = join(folder, 'opwright');
  const build = (text) => {
    writeFileSync(join(folder, 'next'), text, { mode: 0o755 });
    renameSync(join(folder, 'next'), program);
  };
  copyFileSync(PROGRAM, program);
  const { url, child } = await serve(program);
  const { page } = await open(url);
  const processOf = async () => (await (await fetch(`${url}api/templates`)).json()).process;
  const first = await processOf();

  // A build whose definitions are unsound does not take its place.
  build('#!/bin/sh\necho "error: the definitions are unsound" >&2\nexit 1\n');
  await page.locator('#notice', { hasText: 'the definitions are unsound' }).waitFor();
  assert.equal(await processOf(), first);

  copyFileSync(PROGRAM, join(folder, 'next'));
  renameSync(join(folder, 'next'), program);
  await page.waitForFunction(async (before) => {
    const answer = await fetch('/api/templates').catch(() => null);
    return answer && (await answer.json()).process !== before;
  }, first, { timeout: 30_000 });
  await page.locator('#notice').waitFor({ state: 'hidden' });
  assert.equal(child.exitCode, null, 'it is the same process');
  await page.close();
});

test('only a page of its own address is answered', async () => {
  const { url } = await serve(PROGRAM);
  const { port } = new URL(url);
  const status = (host) =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/api/templates', headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end();
    });
  assert.equal(await status(`127.0.0.1:${port}`), 200);
  assert.equal(await status(`localhost:${port}`), 200);
  assert.equal(await status('rebound.example'), 421);
  assert.equal(await status(`127.0.0.1:${Number(port) - 1}`), 421);
});
