import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answer, syntaxFault } from './feel.mjs';

const evaluates = [
  ['= 1 + 2', {}, 3],
  ['a + 1', { a: 2 }, 3],
  ['= if kind = "a" then "first" else "second"', { kind: 'a' }, 'first'],
  ['= if kind = "a" then "first" else "second"', { kind: 'b' }, 'second'],
  ['= if missing = null then "absent" else "there"', {}, 'absent'],
  ['= if x = null then "absent" else "there"', { x: null }, 'absent'],
  ['= x != null and x != ""', { x: '' }, false],
  ['= base + "/api/data"', { base: 'https://example.org' }, 'https://example.org/api/data'],
  ['= replace(base, "/+$", "") + "/api"', { base: 'https://example.org//' }, 'https://example.org/api'],
  ['= replace(base, "/+$", "") + "/api"', { base: 'https://example.org' }, 'https://example.org/api'],
  ['= matches(id, "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}$")', { id: 'bb2a1f33-e5b9' }, true],
  ['= matches(id, "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}$")', { id: 'bb2a1f33-e5b9/x' }, false],
  ['= context merge([{a: 1}, {b: 2}, {a: 3}])', {}, { a: 3, b: 2 }],
  ['= context merge([{a: 1}, if x = null then {} else {b: x}])', { x: null }, { a: 1 }],
  ['= context merge([{a: 1}, if x = null then {} else {b: x}])', { x: 2 }, { a: 1, b: 2 }],
  ['= number("2")', {}, 2],
  ['= string(7200)', {}, '7200'],
  ['= "Bearer " + string(token)', { token: 'x' }, 'Bearer x'],
  ['= {"OData-Version": "4.0", inner: {"If-None-Match": null}}', {}, { 'OData-Version': '4.0', inner: { 'If-None-Match': null } }],
  ['= {flowSessionId: response.body.flowsessionId}', { response: { body: { flowsessionId: 'bb2a' } } }, { flowSessionId: 'bb2a' }],
  ['= {cancelAccepted: response.status = 204}', { response: { status: 204 } }, { cancelAccepted: true }],
  ['= "say \\"hi\\""', {}, 'say "hi"'],
  ['= matches(number, "^\\d+$")', { number: '12' }, true],
  ['= "" + missing', {}, null],
];

for (const [expression, context, result] of evaluates) {
  test(`${expression} with ${JSON.stringify(context)}`, () => {
    assert.deepEqual(answer({ id: 'x', expression, context }), { id: 'x', result });
  });
}

const fails = [
  ['= if', /unexpected/],
  ['= a +', /unexpected/],
  ['= {a: }', /unexpected/],
  ['=', /empty/],
  ['= base address', /"base address" is no name/],
  ['= frobnicate(1)', /unknown function/],
  [5, /must be a string/],
];

for (const [expression, message] of fails) {
  test(`${expression} is an error`, () => {
    const { id, error, result } = answer({ id: 7, expression });
    assert.equal(id, 7);
    assert.equal(result, undefined);
    assert.match(error, message);
  });
}

test('the names that an expression reads', () => {
  const names = new Set();
  assert.equal(syntaxFault('= context merge([{a: b.c}, if d = null then {} else {e: d}])', names), null);
  assert.deepEqual([...names], ['b', 'd']);
});

test('the command answers line by line', () => {
  const script = fileURLToPath(new URL('feel.mjs', import.meta.url));
  const input = ['{"id": 1, "expression": "= a + 1", "context": {"a": 2}}', '', 'nonsense', '{"id": 2, "expression": "= if"}'].join('\n');
  const { status, stdout } = spawnSync(process.execPath, [script], { input, encoding: 'utf8' });
  assert.equal(status, 0);
  const [first, second, third, ...more] = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(more, []);
  assert.deepEqual(first, { id: 1, result: 3 });
  assert.equal(second.id, null);
  assert.match(second.error, /not a request/);
  assert.equal(third.id, 2);
  assert.match(third.error, /unexpected/);
});
