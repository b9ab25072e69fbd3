import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check } from './validate.mjs';

const sound = () => ({
  $schema: 'https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json',
  name: 'Parcels',
  id: 'io.example.parcels',
  version: 1,
  appliesTo: ['bpmn:Task'],
  elementType: { value: 'bpmn:ServiceTask' },
  properties: [
    { id: 'type', type: 'Hidden', value: 'io.example:parcels:1', binding: { type: 'zeebe:taskDefinition', property: 'type' } },
    { id: 'number', type: 'String', feel: 'optional', value: '= parcel.number', binding: { type: 'zeebe:input', name: 'number' } },
  ],
});

test('a sound template has no error', () => assert.deepEqual(check(sound()), { errors: [], warnings: [] }));

test('what the schema refuses is told with its place', () => {
  const template = sound();
  delete template.properties[1].binding;
  assert.ok(check(template).errors.some((text) => text.startsWith('/properties/1 missing binding')), check(template).errors.join('\n'));
});

test('what Modeler could not read is told by the property', () => {
  const template = sound();
  template.properties[1].value = '= parcel.';
  assert.match(check(template).errors.join(), /^number: unexpected/);
});

test('the command prints a line for each file and exits 1 on errors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'validate-'));
  try {
    const file = (name, template) => {
      writeFileSync(join(folder, name), JSON.stringify(template));
      return join(folder, name);
    };
    const run = (...files) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('validate.mjs', import.meta.url)), ...files], { encoding: 'utf8' });
      return { status, stderr, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
    };
    const good = file('good.json', sound());
    assert.deepEqual(run(good), { status: 0, stderr: '', lines: [{ file: good, errors: [], warnings: [] }] });
    const failed = run(good, file('bad.json', { ...sound(), name: undefined }));
    assert.equal(failed.status, 1);
    assert.deepEqual(failed.lines.map(({ errors }) => errors.length > 0), [false, true]);
    assert.equal(run().status, 2);
    assert.match(run().stderr, /usage/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
