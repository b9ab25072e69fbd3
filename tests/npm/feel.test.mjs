import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntaxFault } from './feel.mjs';

for (const expression of ['= 1 + 2', 'a + 1', '= matches(number, "^\\d+$")', '= {"OData-Version": "4.0", inner: {a: null}}', '= frobnicate(`base address`)']) {
  test(`${expression} is FEEL`, () => assert.equal(syntaxFault(expression), null));
}

const faults = [
  ['= if', /unexpected/],
  ['= a +', /unexpected/],
  ['= {a: }', /unexpected/],
  ['=', /empty/],
  ['= base address', /"base address" is no name/],
];

for (const [expression, message] of faults) {
  test(`${expression} is none`, () => assert.match(syntaxFault(expression), message));
}

test('the names that an expression reads', () => {
  const names = new Set();
  assert.equal(syntaxFault('= context merge([{a: b.c}, if d = null then {} else {e: d}])', names), null);
  assert.deepEqual([...names], ['b', 'd']);
});
