// A case: a template comes onto the diagram, all its fields are filled, and what the designer sees and what is written is
// compared with a snapshot. Pictures from before and after are put into target/browser/.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { brokenImages, takePicture } from './browser.mjs';
import { deploy } from './cluster.mjs';
import { WAYS, check, pick, type } from './designer.mjs';
import { errorsOf, openGroups, overflowing, readPanel } from './panel.mjs';
import { compare, describeFields, stableXml } from './snapshot.mjs';

const PICTURES = fileURLToPath(new URL('../../target/browser/', import.meta.url));

/** Enters rows of a label and a value: `{ pick }` is a choice, `{ check }` a check box, all else is typed. */
export async function enter(page, rows) {
  for (const [label, value] of rows) {
    if (value.pick) await pick(page, label, value.pick);
    else if (value.check !== undefined) await check(page, label, value.check);
    else await type(page, label, value);
  }
}

/** A page with the templates, on whose diagram the case's template is. */
export async function open(browser, templates, { template, way, operation }) {
  const modeler = await browser.modeler(templates);
  assert.deepEqual(modeler.refusals, []);
  await WAYS[way](modeler.page, template, operation);
  await openGroups(modeler.page);
  // The chooser knows templates, and no operations of theirs.
  if (way === 'template chooser' && operation) await pick(modeler.page, 'Operation type', operation);
  return modeler;
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

/** Goes through a case: `setup` decides which fields there are, `required` and `optional` are those. */
export async function run(browser, templates, one) {
  const { id, template, setup, required, optional } = one;
  const { page, faults } = await open(browser, templates, one);
  await enter(page, setup);
  await openGroups(page);

  const fields = await readPanel(page);
  const cut = await overflowing(page);
  await takePicture(page, `${PICTURES}${id}.before.png`);

  await enter(page, required);
  const complaints = [...errorsOf(await readPanel(page)), ...(await lint(page))];
  assert.deepEqual(complaints, [], 'no optional field complains of being empty');
  await assertDeploys(page, `${id}.required`);

  await enter(page, optional);
  const filled = await readPanel(page);
  await takePicture(page, `${PICTURES}${id}.after.png`);
  assert.deepEqual(errorsOf(filled), [], 'no field complains when all are filled');
  assert.deepEqual(await lint(page), [], 'the linter has nothing against it');
  const xml = await assertDeploys(page, id);
  assert.deepEqual(await brokenImages(page), []);
  assert.deepEqual(faults, []);
  await page.close();

  const section = (heading, lines) => `# ${heading}\n\n${[lines].flat().join('\n') || 'none'}\n`;
  const describe = (groups) => describeFields(groups, (group, label) => isRequired(template, group, label));
  const more = describe(filled).split('\n').filter((line) => !describe(fields).includes(line.split(':')[0]));
  const text = [
    `${one.title}; by the ${one.way}\n`,
    section('Fields', describe(fields)),
    ...(more.length > 0 ? [section('Fields that came while filling', more)] : []),
    section('Errors before filling', errorsOf(fields)),
    section("Texts beyond the panel's edge", cut),
    section('BPMN with all fields filled', stableXml(xml)),
  ];
  compare(`${id}.txt`, text.join('\n'));
}
