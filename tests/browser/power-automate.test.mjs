// The generated templates of Power Automate in the modeler: what a designer sees, and what becomes of
// what is entered. Pictures of each case, before and after, are put into target/browser/.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brokenImages, start, takePicture } from './browser.mjs';
import { CASES, TEMPLATES } from './cases.mjs';
import { deploy } from './cluster.mjs';
import { WAYS, pick, type } from './designer.mjs';
import { errorsOf, openGroups, overflowing, readPanel } from './panel.mjs';
import { compare, describeFields, stableXml } from './snapshot.mjs';

const PICTURES = fileURLToPath(new URL('../../target/browser/', import.meta.url));

let browser;
before(async () => (browser = await start()));
after(() => browser?.stop());

async function enter(page, rows) {
  for (const [label, value] of rows) {
    if (value.pick) await pick(page, label, value.pick);
    else await type(page, label, value);
  }
}

/** Whether a template demands the field; its fields of one label are of one mind. */
function isRequired(template, group, label) {
  const { id } = template.groups.find((one) => one.label === group);
  const fields = template.properties.filter((property) => property.group === id && property.label === label);
  const answers = new Set(fields.map(({ constraints }) => constraints?.notEmpty === true));
  assert.equal(answers.size, 1, `${label} is either required or optional`);
  return answers.has(true);
}

async function lint(page) {
  const reports = await page.evaluate(() => window.modeler.lint());
  return reports.map(({ rule, message }) => `${rule}: ${message}`);
}

async function assertDeploys(page, name) {
  const xml = await page.evaluate(() => window.modeler.save());
  assert.deepEqual(await deploy(`${name}.bpmn`, xml), ['Process_1']);
  return xml;
}

async function open({ template, way }) {
  const modeler = await browser.modeler(TEMPLATES);
  assert.deepEqual(modeler.refusals, []);
  await WAYS[way](modeler.page, template.name);
  await openGroups(modeler.page);
  return modeler;
}

async function run(one) {
  const { id, template, way, operation, authentication, required, optional } = one;
  const { page, faults } = await open(one);
  await pick(page, 'Operation type', operation);
  await pick(page, 'Authentication', authentication);

  const fields = await readPanel(page);
  const cut = await overflowing(page);
  await takePicture(page, `${PICTURES}${id}.before.png`);

  await enter(page, required);
  const complaints = [...errorsOf(await readPanel(page)), ...(await lint(page))];
  assert.deepEqual(complaints, [], 'no optional field complains of being empty');
  await assertDeploys(page, `${id}.required`);

  await enter(page, optional);
  const errors = errorsOf(await readPanel(page));
  await takePicture(page, `${PICTURES}${id}.after.png`);
  assert.deepEqual(errors, [], 'no field complains when all are filled');
  assert.deepEqual(await lint(page), [], 'the linter has nothing against it');
  const xml = await assertDeploys(page, id);
  assert.deepEqual(await brokenImages(page), []);
  assert.deepEqual(faults, []);
  await page.close();

  const section = (heading, lines) => `# ${heading}\n\n${[lines].flat().join('\n') || 'none'}\n`;
  const text = [
    `${template.name}: ${operation}, ${authentication}; by the ${way}\n`,
    section('Fields', describeFields(fields, (group, label) => isRequired(template, group, label))),
    section('Errors before filling', errorsOf(fields)),
    section("Texts beyond the panel's edge", cut),
    section('BPMN with all fields filled', stableXml(xml)),
  ];
  compare(`${id}.txt`, text.join('\n'));
}

/** Enters all operations one after another into the same task, and only the last one into another. */
async function change(cases) {
  const last = cases.at(-1);
  const diagrams = [];
  for (const entered of [cases, [last]]) {
    const { page, faults } = await open(last);
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
  for (const one of CASES) test(one.id, { timeout: 120_000 }, () => run(one));
  for (const template of TEMPLATES) {
    const cases = CASES.filter((one) => one.template === template && one.authentication === 'OAuth 2.0');
    test(`${template.name}: from operation to operation`, { timeout: 120_000 }, () => change(cases));
  }
});
