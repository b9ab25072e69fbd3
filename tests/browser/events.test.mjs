// The templates of elements that wait for an event: each comes onto the diagram by another way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { settle, start } from './browser.mjs';
import { field } from './designer.mjs';
import { errorsOf, openGroups, readPanel } from './panel.mjs';
import { open, run } from './run.mjs';

const FOLDER = new URL('../../generated/element-templates/', import.meta.url);
const template = (file) => JSON.parse(readFileSync(new URL(`${file}.json`, FOLDER), 'utf8'));

const WAYS = {
  'power-automate-flow-run-finished': 'append menu',
  'power-automate-flow-run-finished-receive-task': 'template chooser',
  'power-automate-flow-run-finished-boundary-event': 'boundary event',
};
const TEMPLATES = Object.keys(WAYS).map(template);

const CASES = Object.entries(WAYS).map(([id, way], index) => ({
  id,
  template: TEMPLATES[index],
  way,
  title: TEMPLATES[index].name,
  setup: [],
  required: [['Correlation key', '= run.flowSessionId']],
  optional: [
    ['Message TTL', 'PT2H'],
    ['Result variable', 'finished'],
    ['Result expression', '= {code: request.body.statuscode}'],
  ],
}));

let browser;
before(async () => (browser = await start()));
after(() => browser?.stop());

/** What is told of a correlation key that is gone, and of a duration that is none. */
async function faulty(one) {
  const { page, faults } = await open(browser, TEMPLATES, one);
  assert.deepEqual(errorsOf(await readPanel(page)), []);
  await field(page, 'Correlation key').locator('.cm-content').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await settle(page);
  await field(page, 'Message TTL').locator('input').click();
  await page.keyboard.type('an hour');
  await settle(page);
  assert.deepEqual(errorsOf(await readPanel(page)), [
    'Correlation key must not be empty.',
    'Message TTL must be an ISO 8601 duration, such as PT30S',
  ]);
  const reports = await page.evaluate(() => window.modeler.lint());
  const told = reports.map(({ message }) => message).filter((message) => message.startsWith('Correlation key'));
  assert.deepEqual(told, ['Correlation key must not be empty.']);
  assert.deepEqual(faults, []);
  await page.close();
}

/** The generated example is a diagram that the modeler has nothing against. */
async function example() {
  const { page, faults } = await browser.modeler(TEMPLATES);
  const xml = readFileSync(new URL('../../generated/bpmn/power-automate-flow-run-finished.bpmn', import.meta.url), 'utf8');
  assert.deepEqual(await page.evaluate((diagram) => window.modeler.open(diagram), xml), []);
  assert.deepEqual(await page.evaluate(() => window.modeler.lint()), []);
  await page.locator('[data-element-id=Task] .djs-hit').click();
  await openGroups(page);
  const fields = (await readPanel(page)).flatMap(({ ofTemplate, fields: own }) => (ofTemplate ? own : []));
  assert.deepEqual(fields.map(({ value }) => value).slice(0, 1), ['= flowSessionId']);
  assert.deepEqual(faults, []);
  await page.close();
}

describe('Events', { concurrency: 2 }, () => {
  test('the example process', { timeout: 120_000 }, example);
  for (const one of CASES) test(one.id, { timeout: 120_000 }, () => run(browser, TEMPLATES, one));
  for (const one of CASES) test(`${one.id}: errors`, { timeout: 120_000 }, () => faulty(one));
});
