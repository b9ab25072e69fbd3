// Evaluates FEEL expressions: JSON lines in, JSON lines out.
//
//   {"id": 1, "expression": "= a + 1", "context": {"a": 2}}  ->  {"id": 1, "result": 3}
//   {"id": 2, "expression": "= if"}                          ->  {"id": 2, "error": "..."}
//
// feelin is the engine of Camunda's Modeler, not of Zeebe. It answers null with a mere warning
// where a function is unknown to it; that is an error here, because Zeebe may know the function.
//
// Other differences from Zeebe 8.6, each measured:
// - `"\\"` is one backslash here and two there; so `"^\d$"` is the way to write a digit for both.
// - `$` in a pattern does not match before a final line break here and does there.
// - Patterns have JavaScript's u flag here, so a needless escape such as `"\-"` gives null.
// - `string(1.50)` is "1.5" here and "1.50" there; `"\u00e9"` is an e acute here and six characters there.
// - `is defined`, `get or else`, `trim`, `to json`, `from json` and `put all` are unknown here.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { evaluate, parseExpression } from '@bpmn-io/feelin';

const DIALECT = 'camunda';

/** The expression without the `=` that marks it as one in BPMN. */
export function bare(expression) {
  return expression.trimStart().replace(/^=/, '');
}

/**
 * What Camunda could not read in an expression, or null. The names of variables that the
 * expression reads and does not define itself are collected in `names`.
 */
export function syntaxFault(expression, names = new Set()) {
  const text = bare(expression);
  if (text.trim() === '') return 'the expression is empty';
  let fault = null;
  const cursor = parseExpression(text, {}, DIALECT).cursor();
  do {
    const { name, from, to } = cursor;
    const at = `at character ${from + 1}`;
    if (cursor.type.isError) fault ??= `unexpected ${JSON.stringify(text.slice(from, to || undefined) || 'end')} ${at}`;
    if (name !== 'VariableName') continue;
    const parent = cursor.node.parent;
    const called = parent?.name === 'FunctionInvocation' && parent.firstChild.from === from;
    const member = parent?.name === 'PathExpression' && parent.firstChild.from !== from;
    const variable = text.slice(from, to);
    // feelin takes blanks in names, Camunda's engine does not.
    if (!called && /\s/.test(variable) && !variable.startsWith('`')) fault ??= `"${variable}" is no name ${at}`;
    if (!called && !member) names.add(variable);
  } while (cursor.next());
  return fault;
}

/** What evaluating one request gives. */
export function answer({ id = null, expression, context = {} }) {
  try {
    if (typeof expression !== 'string') throw new Error('"expression" must be a string');
    const fault = syntaxFault(expression);
    if (fault) throw new Error(fault);
    const { value, warnings } = evaluate(bare(expression), context, DIALECT);
    const unknown = warnings.find(({ type }) => type === 'NO_FUNCTION_FOUND');
    if (unknown) throw new Error(`unknown function at character ${unknown.position.from + 1}`);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`the result is ${value}`);
    return { id, result: value ?? null };
  } catch (error) {
    return { id, error: error.message };
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    let reply;
    try {
      reply = answer(JSON.parse(line));
    } catch (error) {
      reply = { id: null, error: `not a request: ${error.message}` };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
