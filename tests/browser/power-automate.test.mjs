// The generated templates of Power Automate in the modeler: what a designer sees, and what becomes of what is entered.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { start } from './browser.mjs';
import { CASES, TEMPLATES } from './cases.mjs';
import { pick } from './designer.mjs';
import { enter, open, run } from './run.mjs';
import { stableXml } from './snapshot.mjs';

let browser;
before(async () => (browser = await start()));
after(() => browser?.stop());

/** Enters all operations one after another into the same task, and only the last one into another. */
async function change(cases) {
  const last = cases.at(-1);
  const diagrams = [];
  for (const entered of [cases, [last]]) {
    const { page, faults } = await open(browser, TEMPLATES, last);
    for (const { operation, required, optional } of entered) {
      await pick(page, 'Operation type', operation);
      await enter(page, [...required, ...optional]);
    }
    diagrams.push(stableXml(await page.evaluate(() => window.modeler.save())));
    assert.deepEqual(faults, []);
    await page.close();
  }
  assert.equal(diagrams[0], diagrams[1], 'what was entered before leaves nothing behind');
}

// Two at a time: a page waits for the browser more than for a processor.
describe('Power Automate', { concurrency: 2 }, () => {
  for (const one of CASES) test(one.id, { timeout: 120_000 }, () => run(browser, TEMPLATES, one));
  for (const template of TEMPLATES) {
    const cases = CASES.filter((one) => one.template === template && one.setup[0][1].pick === 'OAuth 2.0');
    test(`${template.name}: from operation to operation`, { timeout: 120_000 }, () => change(cases));
  }
});
