import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check, patternFault } from './validate.mjs';

/** A template with nothing to complain about that uses all that the rules look at. */
function sound() {
  return {
    $schema: 'https://unpkg.com/@camunda/zeebe-element-templates-json-schema@0.46.0/resources/schema.json',
    name: 'Parcels',
    id: 'io.example.parcels',
    version: 1,
    description: 'Sends parcels.',
    appliesTo: ['bpmn:Task'],
    elementType: { value: 'bpmn:ServiceTask' },
    engines: { camunda: '^8.6' },
    category: { id: 'connectors', name: 'Connectors' },
    icon: { contents: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><path fill='%23ff0000' d='M0 0h9z'/></svg>" },
    groups: [
      { id: 'operation', label: 'Operation', openByDefault: true },
      { id: 'input', label: 'Input' },
      { id: 'output', label: 'Output mapping' },
    ],
    properties: [
      { type: 'Hidden', value: 'io.example:parcels:1', binding: { type: 'zeebe:taskDefinition', property: 'type' } },
      {
        id: 'operation', label: 'Operation', group: 'operation', type: 'Dropdown', value: 'send',
        choices: [{ name: 'Send', value: 'send' }, { name: 'Track', value: 'track' }],
        binding: { type: 'zeebe:input', name: 'operation' },
      },
      {
        id: 'base', label: 'Address', group: 'input', type: 'String', feel: 'optional',
        constraints: { notEmpty: true, pattern: { value: '^(=|https?://[a-z.]+$)', message: 'must be a URL' } },
        binding: { type: 'zeebe:input', name: 'base' },
      },
      {
        id: 'weight', label: 'Weight', group: 'input', type: 'String', feel: 'optional', value: '12',
        constraints: { pattern: { value: '^([0-9]+)?$', message: 'must be digits' }, maxLength: 5 },
        condition: { property: 'operation', equals: 'send' }, binding: { type: 'zeebe:input', name: 'weight' },
      },
      { id: 'insured', label: 'Insured', group: 'input', type: 'Boolean', value: false, feel: 'static',
        condition: { property: 'operation', equals: 'send' }, binding: { type: 'zeebe:input', name: 'insured' } },
      { id: 'insuredFor', label: 'Insured for', group: 'input', type: 'String',
        condition: { allMatch: [{ property: 'operation', equals: 'send' }, { property: 'insured', equals: true }] },
        binding: { type: 'zeebe:input', name: 'insuredFor' } },
      { id: 'number', label: 'Number', group: 'input', type: 'String',
        condition: { property: 'operation', oneOf: ['track'] }, binding: { type: 'zeebe:input', name: 'number' } },
      { id: 'urlOfSend', type: 'Hidden', value: '= base + "/parcels"', group: 'input',
        condition: { property: 'operation', equals: 'send' }, binding: { type: 'zeebe:input', name: 'url' } },
      { id: 'urlOfTrack', type: 'Hidden', value: '= base + "/parcels/" + number', group: 'input',
        condition: { property: 'operation', equals: 'track' }, binding: { type: 'zeebe:input', name: 'url' } },
      { id: 'resultExpression', label: 'Result expression', group: 'output', type: 'Text', feel: 'required',
        value: '= {number: response.body.number}', binding: { type: 'zeebe:taskHeader', key: 'resultExpression' } },
    ],
  };
}

const property = (template, id) => template.properties.find((one) => one.id === id);

test('a sound template has no errors, and the false alarm about defaults is a warning', () => {
  const { errors, warnings } = check(sound());
  assert.deepEqual(errors, []);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /Value is deprecated/i);
});

test('the deprecation of optional inputs is a warning', () => {
  const template = sound();
  property(template, 'number').optional = true;
  const { errors, warnings } = check(template);
  assert.deepEqual(errors, []);
  assert.equal(warnings.filter((text) => /optional/.test(text)).length, 1, String(warnings));
});

const broken = [
  // Schema.
  ['a missing name', (t) => delete t.name, /schema: .*missing template name/],
  ['a missing binding', (t) => delete property(t, 'number').binding, /schema: .*missing binding/],
  ['an unknown type', (t) => (property(t, 'number').type = 'Date'), /schema: .*invalid property type "Date"/],
  ['feel: static on String, which vanishes without a message', (t) => (property(t, 'number').feel = 'static'), /schema: \/properties\/6/],
  ['a placeholder on Dropdown', (t) => (property(t, 'operation').placeholder = 'x'), /schema: \/properties\/1/],
  ['a value beside generatedValue', (t) => (property(t, 'weight').generatedValue = { type: 'uuid' }), /schema: \/properties\/3/],
  ['a category without name', (t) => delete t.category.name, /schema: \/category/],
  ['optional and notEmpty', (t) => (property(t, 'base').optional = true), /optional is not allowed for truthy "notEmpty"/],
  ['a malformed icon', (t) => (t.icon.contents = 'icon.svg'), /Malformed icon source/],
  // Loader.
  ['no $schema', (t) => delete t.$schema, /\$schema is missing/],
  ['the schema of Camunda 7', (t) => (t.$schema = 'https://unpkg.com/@camunda/element-templates-json-schema'), /does not name @camunda\/zeebe/],
  ['a newer schema', (t) => (t.$schema = t.$schema.replace('0.46.0', '0.99.0')), /asks for version 0\.99\.0/],
  ['an unreadable engine range', (t) => (t.engines.camunda = 'eight'), /"eight" for "camunda" is no version range/],
  ['an element type that is not covered', (t) => (t.appliesTo = ['bpmn:UserTask']), /bpmn:ServiceTask is not covered/],
  ['an element that cannot be changed', (t) => t.appliesTo.push('bpmn:StartEvent'), /a bpmn:StartEvent cannot become/],
  ['a service task without job type', (t) => t.properties.shift(), /needs a job type/],
  ['an unescaped # in the icon', (t) => (t.icon.contents = t.icon.contents.replace('%23', '#')), /unescaped #/],
  // Unknown keys.
  ['an unknown key of the template', (t) => (t.titel = 1), /template: unknown key "titel"/],
  ['an unknown key of a property', (t) => (property(t, 'number').secret = true), /property "number": unknown key "secret"/],
  ['an unknown key of constraints', (t) => (property(t, 'base').constraints.notEmtpy = true), /constraints: unknown key "notEmtpy"/],
  ['an unknown key of a binding', (t) => (property(t, 'base').binding.target = 'x'), /binding: unknown key "target"/],
  ['an unknown key of a pattern', (t) => (property(t, 'base').constraints.pattern.text = 'x'), /pattern: unknown key "text"/],
  ['an unknown key of a condition', (t) => (property(t, 'number').condition.not = true), /condition: unknown key "not"/],
  ['an unknown key inside allMatch', (t) => (property(t, 'insuredFor').condition.allMatch[0].not = 1), /condition: unknown key "not"/],
  ['an unknown key of a choice', (t) => (property(t, 'operation').choices[0].icon = 'x'), /choice "send": unknown key "icon"/],
  ['an unknown key of a group', (t) => (t.groups[0].open = true), /group "operation": unknown key "open"/],
  ['an unknown key of the icon', (t) => (t.icon.alt = 'x'), /icon: unknown key "alt"/],
  // Groups.
  ['an unknown group', (t) => (property(t, 'number').group = 'inputs'), /property "number": unknown group "inputs"/],
  ['no group', (t) => delete property(t, 'number').group, /property "number": is in no group/],
  ['a group twice', (t) => t.groups.push({ id: 'output', label: 'Again' }), /group "output" is there twice/],
  ['groups in another order', (t) => t.groups.reverse(), /groups are listed as output, input, operation but shown as operation, input, output/],
  ['a numeric group id', (t) => ((t.groups[2].id = '3'), (property(t, 'resultExpression').group = '3')), /group "3": an id that looks like a number/],
  // Properties.
  ['a property id twice', (t) => (property(t, 'number').id = 'weight'), /property id "weight" is there twice/],
  ['Hidden without value', (t) => delete t.properties[0].value, /property 0 \(type\): is Hidden and has no value/],
  ['Hidden, not empty, empty', (t) => Object.assign(property(t, 'urlOfSend'), { value: '', constraints: { notEmpty: true } }), /must not be empty and is/],
  ['no label', (t) => delete property(t, 'number').label, /property "number": has no label/],
  ['no choices', (t) => (property(t, 'operation').choices = []), /has no choices/],
  ['a choice twice', (t) => property(t, 'operation').choices.push({ name: 'Also', value: 'send' }), /choice "send" is there twice/],
  ['a default that is no choice', (t) => (property(t, 'operation').value = 'Send'), /default "Send" is not among its choices/],
  ['a condition of a choice', (t) => (property(t, 'operation').choices[0].condition = { property: 'base', equals: 'x' }), /conditions of choices are ignored/],
  ['an input name with a dash', (t) => (property(t, 'number').binding.name = 'parcel-number'), /"parcel-number" is no variable name/],
  ['HTML that is dropped', (t) => (property(t, 'number').description = 'A <b>number</b>'), /<b> in its description is dropped/],
  // Conditions.
  ['a condition on nothing', (t) => (property(t, 'number').condition.property = 'operatoin'), /condition is on "operatoin", which is no property/],
  ['a condition on itself', (t) => (property(t, 'number').condition = { property: 'number', isEmpty: false }), /its condition is on itself/],
  ['a condition for no choice', (t) => (property(t, 'weight').condition.equals = 'Send'), /asks "operation" for "Send", which is not among the choices/],
  ['one of oneOf for no choice', (t) => property(t, 'number').condition.oneOf.push('find'), /asks "operation" for "find"/],
  ['a Boolean compared with text', (t) => (property(t, 'insuredFor').condition.allMatch[1].equals = 'true'), /"true" rather than true or false/],
  ['nested allMatch', (t) => (property(t, 'insuredFor').condition.allMatch[0] = { allMatch: [{ property: 'operation', equals: 'send' }] }), /schema: .*missing property name for condition/],
  [
    'conditions in a circle',
    (t) => ((property(t, 'weight').condition = { property: 'number', isActive: true }), (property(t, 'number').condition = { property: 'weight', isActive: true })),
    /conditions go round in a circle: weight -> number -> weight/,
  ],
  [
    'a property that can never be active',
    (t) => (property(t, 'insuredFor').condition.allMatch[1] = { property: 'number', isActive: true }),
    /property "insuredFor": is never active/,
  ],
  // Patterns.
  ['an invalid pattern', (t) => (property(t, 'base').constraints.pattern.value = '^(a'), /pattern "\^\(a": Invalid regular expression/],
  ['a pattern as plain text', (t) => (property(t, 'base').constraints.pattern = '^[a'), /pattern "\^\[a": Invalid regular expression/],
  ['a pattern for Rust only', (t) => (property(t, 'base').constraints.pattern.value = String.raw`\Ahttps?\z`), /a plain letter here/],
  ['a default against its own pattern', (t) => (property(t, 'weight').value = 'heavy'), /default "heavy" does not match its own pattern/],
  ['a default that is too long', (t) => (property(t, 'weight').value = '123456'), /longer than its own maxLength/],
  ['a default that is too short', (t) => Object.assign(property(t, 'weight').constraints, { minLength: 3, notEmpty: true }), /shorter than its own minLength/],
  ['a pattern that refuses empty fields', (t) => (property(t, 'weight').constraints.pattern.value = '^[0-9]+$'), /may be empty but its pattern refuses/],
  ['a minLength that refuses empty fields', (t) => (property(t, 'weight').constraints.minLength = 2), /may be empty but its minLength refuses/],
  // FEEL.
  ['invalid Hidden FEEL', (t) => (property(t, 'urlOfSend').value = '= base +'), /property "urlOfSend": invalid FEEL/],
  ['an invalid result expression', (t) => (property(t, 'resultExpression').value = '= {number: response.body.}'), /property "resultExpression": invalid FEEL/],
  ['invalid FEEL without its =', (t) => (property(t, 'resultExpression').value = '{number'), /property "resultExpression": invalid FEEL/],
  ['a FEEL name with a blank', (t) => (property(t, 'urlOfSend').value = '= base address'), /"base address" is no name/],
  ['FEEL where none is taken', (t) => (property(t, 'number').value = '= 1 + 1'), /the field takes none/],
  ['an input that is set only below', (t) => (property(t, 'urlOfSend').binding.name = property(t, 'urlOfTrack').binding.name = 'weight', t.properties.unshift({ type: 'Hidden', group: 'operation', value: '= base + "x"', binding: { type: 'zeebe:input', name: 'early' } })), /uses the input "base", which is set only below it/],
  // Bindings.
  ['two active properties of one binding', (t) => (property(t, 'number').binding.name = 'base'), /property "base" and property "number" have the same binding and are active at once \(operation=track/],
  ['the same without conditions', (t) => t.properties.push({ type: 'Hidden', value: 'x', binding: { type: 'zeebe:taskDefinition', property: 'type' } }), /property 0 \(type\) and property 10 \(type\) have the same binding/],
  ['the older spelling of a binding', (t) => t.properties.push({ type: 'Hidden', value: 'x', binding: { type: 'zeebe:taskDefinition:type' } }), /have the same binding/],
];

for (const [what, spoil, message] of broken) {
  test(`rejects ${what}`, () => {
    const template = sound();
    spoil(template);
    const { errors } = check(template);
    assert.ok(errors.some((text) => message.test(text)), `no error matches ${message}: ${JSON.stringify(errors, null, 2)}`);
  });
}

test('takes bindings of the same name whose conditions exclude each other', () => {
  const template = sound();
  property(template, 'number').binding.name = 'weight';
  assert.deepEqual(check(template).errors, []);
});

test('a condition sees whichever property of a binding is active', () => {
  const template = sound();
  const choices = [{ name: 'A', value: 'a' }];
  const twin = (id, operation) => ({ id, label: id, group: 'input', type: 'Dropdown', value: 'a', choices,
    condition: { property: 'operation', equals: operation }, binding: { type: 'zeebe:input', name: 'twin' } });
  template.properties.splice(9, 0, twin('one', 'send'), twin('two', 'track'), {
    id: 'seen', label: 'Seen', group: 'input', type: 'String', binding: { type: 'zeebe:input', name: 'seen' },
    condition: { allMatch: [{ property: 'one', equals: 'a' }, { property: 'operation', equals: 'track' }] },
  });
  assert.deepEqual(check(template).errors, []);
});

test('an empty group and a dropdown without default are warnings', () => {
  const template = sound();
  template.groups.push({ id: 'retries', label: 'Retries' });
  delete property(template, 'operation').value;
  const { errors, warnings } = check(template);
  assert.deepEqual(errors, []);
  assert.ok(warnings.some((text) => /group "retries" has no property/.test(text)));
  assert.ok(warnings.some((text) => /property "operation": has no default/.test(text)));
});

test('patterns: what JavaScript and Rust read alike, and what they do not', () => {
  for (const pattern of ['^(|a)$', '(?:a)', '(?=a)', String.raw`^\d{1,5}\\z$`, '[a-z.-]', '(?<name>a)', String.raw`\++`]) {
    assert.equal(patternFault(pattern), null, pattern);
  }
  for (const pattern of ['(?i)a', '(?i:a)', '(?-i:a)', '(?P<n>a)', String.raw`a\z`, String.raw`\p{L}`, String.raw`\pL`, String.raw`\x{41}`, '[[:alpha:]]', '[a-z&&[^b]]', 'a++', '(?x) a']) {
    assert.notEqual(patternFault(pattern), null, pattern);
  }
});

test('the command prints a line for each file and exits 1 on errors', () => {
  const directory = mkdtempSync(join(tmpdir(), 'validate-'));
  try {
    const file = (name, content) => {
      const path = join(directory, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return path;
    };
    const run = (...files) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('validate.mjs', import.meta.url)), ...files], { encoding: 'utf8' });
      return { status, stderr, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
    };
    const good = file('good.json', sound());
    const old = file('old.json', [{ ...sound(), version: 2 }, { ...sound(), version: 3 }]);

    const passed = run(good, old);
    assert.equal(passed.status, 0);
    assert.deepEqual(passed.lines.map(({ file: name, valid, errors }) => [name, valid, errors]), [[good, true, []], [old, true, []]]);
    assert.equal(passed.lines[0].warnings.length, 1);

    const failed = run(good, file('bad.json', { ...sound(), name: undefined, version: 4 }), file('twice.json', sound()), file('no.json', '{'), file('none.json', []));
    assert.equal(failed.status, 1);
    assert.deepEqual(failed.lines.map(({ valid }) => valid), [true, false, false, false, false]);
    assert.match(failed.lines[2].errors.join(), /template io\.example\.parcels version 1 is in .*good\.json too/);
    assert.match(failed.lines[3].errors.join(), /JSON/);
    assert.match(failed.lines[4].errors.join(), /holds no template/);

    assert.equal(run().status, 2);
    assert.match(run().stderr, /usage/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
