// What the panel does with templates that have a fault, and that the tests would see it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brokenImages, settle, start } from './browser.mjs';
import { deploy } from './cluster.mjs';
import { WAYS, field, pick, type } from './designer.mjs';
import { errorsOf, openGroups, overflowing, readPanel } from './panel.mjs';
import { compare, stableXml } from './snapshot.mjs';

const SVG = 'data:image/svg+xml;utf8,';

let browser;
before(async () => (browser = await start()));
after(() => browser?.stop());

/** A template without fault: a dropdown, a text field that is shown for one of its choices, an expression. */
const sound = () => ({
  $schema: 'https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json',
  id: 'io.example.parcels',
  name: 'Parcels',
  version: 1,
  appliesTo: ['bpmn:Task'],
  elementType: { value: 'bpmn:ServiceTask' },
  engines: { camunda: '^8.6' },
  icon: { contents: `${SVG}%3Csvg xmlns='http://www.w3.org/2000/svg' width='18' height='18' fill='%23084'%3E%3Cpath d='M2 2h14v14H2z'/%3E%3C/svg%3E` },
  groups: [{ id: 'parcel', label: 'Parcel' }],
  properties: [
    { type: 'Hidden', value: 'io.example:parcels:1', binding: { type: 'zeebe:taskDefinition', property: 'type' } },
    {
      id: 'kind', label: 'Kind', type: 'Dropdown', value: 'letter', group: 'parcel', binding: { type: 'zeebe:input', name: 'kind' },
      choices: [{ name: 'Letter', value: 'letter' }, { name: 'Parcel', value: 'parcel' }],
    },
    {
      id: 'weight', label: 'Weight', type: 'String', feel: 'optional', optional: true, group: 'parcel', binding: { type: 'zeebe:input', name: 'weight' },
      condition: { property: 'kind', equals: 'parcel' },
    },
    { id: 'result', label: 'Result', type: 'Text', feel: 'required', optional: true, group: 'parcel', binding: { type: 'zeebe:taskHeader', key: 'resultExpression' } },
  ],
});

const property = (template, id) => template.properties.find((one) => one.id === id);

async function apply(template) {
  const modeler = await browser.modeler([template]);
  assert.deepEqual(modeler.refusals, []);
  await WAYS['append menu'](modeler.page, template);
  await settle(modeler.page);
  return modeler;
}

const labels = (groups) => groups.filter(({ ofTemplate }) => ofTemplate).flatMap(({ fields }) => fields.map(({ label }) => label));

/** Tests what becomes of the sound template when `spoil` has changed it. */
function withFault(what, spoil, check) {
  test(what, { timeout: 60_000 }, async () => {
    const template = sound();
    spoil(template);
    const modeler = await apply(template);
    await check(modeler.page, modeler);
    await modeler.page.close();
  });
}

withFault('without a fault there is none', () => {}, async (page, { faults }) => {
  await openGroups(page);
  assert.deepEqual(labels(await readPanel(page)), ['Kind', 'Result']);
  await pick(page, 'Kind', 'Parcel');
  await type(page, 'Weight', '= 2 * weight');
  await type(page, 'Result', '= {number: response.number}');
  const panel = await readPanel(page);
  assert.deepEqual(labels(panel), ['Kind', 'Weight', 'Result']);
  assert.deepEqual(errorsOf(panel), []);
  assert.deepEqual(await brokenImages(page), []);
  assert.deepEqual(await overflowing(page), []);
  assert.deepEqual(await page.evaluate(() => window.modeler.lint()), []);
  assert.deepEqual(faults, []);
  // By the licence of bpmn.io.
  assert.ok(await page.locator('.bjs-powered-by').isVisible());
});

withFault(
  'an unescaped # in the icon breaks the image, and the modeler says nothing',
  (template) => (template.icon.contents = template.icon.contents.replace('%23084', '#084')),
  async (page, { faults }) => {
    const broken = await brokenImages(page);
    assert.notEqual(broken.length, 0);
    for (const address of broken) assert.match(address, /^data:image\/svg\+xml.*#084/);
    assert.deepEqual(faults, []);
  },
);

withFault(
  'an icon from elsewhere is asked for there, and the tests see it',
  (template) => (template.icon.contents = 'https://elsewhere.invalid/icon.svg'),
  async (page, { faults }) => assert.ok(faults.includes('request to https://elsewhere.invalid/icon.svg'), String(faults)),
);

withFault(
  'a pattern that throws breaks the panel: groups are drawn a second time',
  (template) => (property(template, 'result').constraints = { notEmpty: false, pattern: { value: '(?i)a', message: 'must have an a' } }),
  async (page, { faults }) => {
    assert.match(faults[0], /Invalid regular expression: \/\(\?i\)a\//);
    for (const group of ['general', 'parcel']) {
      await page.locator(`[data-group-id$=-${group}] .bio-properties-panel-group-header`).click();
      await settle(page);
    }
    const groups = (await readPanel(page)).map(({ label }) => label);
    assert.equal(groups.filter((label) => label === 'Parcel').length, 2);
  },
);

withFault(
  'a condition on no property hides the field in silence',
  (template) => (property(template, 'weight').condition.property = 'kidn'),
  async (page, { faults }) => {
    await openGroups(page);
    await pick(page, 'Kind', 'Parcel');
    assert.deepEqual(labels(await readPanel(page)), ['Kind', 'Result']);
    assert.deepEqual(faults, []);
  },
);

withFault('an expression that is none is an error at its field', () => {}, async (page) => {
  await openGroups(page);
  await type(page, 'Result', '= {number: }');
  assert.deepEqual(errorsOf(await readPanel(page)), ['Unparsable FEEL expression.']);
});

// The panel asks the pattern of an empty field for the text "undefined", and after the append menu
// the linter does so for a header.
for (const [pattern, errors] of [['^$|^[0-9]+$', ['Result must be digits']], ['^(undefined)?$|^[0-9]+$', []]]) {
  withFault(
    `an empty field with the pattern ${pattern} has ${errors.length === 0 ? 'no error' : 'an error'}`,
    (template) => {
      const result = property(template, 'result');
      delete result.feel;
      Object.assign(result, { type: 'String', constraints: { notEmpty: false, pattern: { value: pattern, message: 'must be digits' } } });
    },
    async (page) => {
      await openGroups(page);
      assert.deepEqual(errorsOf(await readPanel(page)), errors);
      assert.deepEqual((await page.evaluate(() => window.modeler.lint())).map(({ message }) => message), errors);
      await type(page, 'Result', '12');
      assert.deepEqual(errorsOf(await readPanel(page)), []);
      await field(page, 'Result').locator('input').fill('');
      await settle(page);
      assert.deepEqual(errorsOf(await readPanel(page)), errors);
    },
  );
}

withFault(
  'a text that cannot be broken runs over the edge of the panel',
  (template) => (property(template, 'kind').description = `<code>${'0123456789'.repeat(8)}</code>`),
  async (page) => {
    await openGroups(page);
    assert.deepEqual(await overflowing(page), ['0123456789'.repeat(8)]);
  },
);

withFault(
  'a required field that is empty is an error in the panel and for the linter',
  (template) => Object.assign(property(template, 'result'), { optional: false, constraints: { notEmpty: true } }),
  async (page) => {
    await openGroups(page);
    assert.deepEqual(errorsOf(await readPanel(page)), ['Result must not be empty.']);
    const reports = await page.evaluate(() => window.modeler.lint());
    assert.deepEqual(reports.map(({ rule, message }) => [rule, message]), [['element-templates/validate', 'Result must not be empty.']]);
  },
);

test('a template without $schema is refused', async () => {
  const { page, refusals } = await browser.modeler([{ ...sound(), $schema: undefined }]);
  assert.deepEqual(refusals, ['template(id: <io.example.parcels>, name: <Parcels>): missing $schema attribute.']);
  await page.close();
});

test('a template for newer engines is not offered', async () => {
  const { page, refusals } = await browser.modeler([{ ...sound(), engines: { camunda: '^8.7' } }]);
  assert.deepEqual(refusals, []);
  await page.locator('[data-element-id=StartEvent_1]').click();
  await page.locator('.djs-context-pad .entry[data-action=append]').click();
  await page.keyboard.type('Parcels');
  await page.locator('.djs-popup').getByText('0 results found').waitFor();
  await page.close();
});

test('a snapshot that is missing fails, and so does one that differs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
  try {
    assert.throws(() => compare('one.txt', 'a', { folder, update: false }), /the snapshot one\.txt is missing/);
    compare('one.txt', 'a', { folder, update: true });
    compare('one.txt', 'a', { folder, update: false });
    assert.throws(() => compare('one.txt', 'b', { folder, update: false }), /one\.txt differs/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('ids are numbered as they come', () => {
  assert.equal(stableXml('<a id="Flow_0ab12cd" to="Activity_1234567"/><b id="Activity_7654321" by="Flow_0ab12cd"/>\n'), '<a id="Flow_1" to="Activity_1"/><b id="Activity_2" by="Flow_1"/>');
});

test('without an address nothing is deployed, and a broker refuses what is no process', async () => {
  await assert.rejects(deploy('one.bpmn', '<a/>', ''), /ZEEBE_REST_ADDRESS names no broker/);
  await assert.rejects(deploy('one.bpmn', '<a/>'), /the broker refuses one\.bpmn: .*INVALID_ARGUMENT/);
});
