// Reads FEEL expressions as Camunda's Modeler does.
//
// feelin is the engine of the Modeler, not of Zeebe: what it cannot read, a designer sees as an error.

import { parseExpression } from '@bpmn-io/feelin';

const DIALECT = 'camunda';

/**
 * What Camunda could not read in an expression, or null. The names of variables that the
 * expression reads and does not define itself are collected in `names`.
 */
export function syntaxFault(expression, names = new Set()) {
  const text = expression.trimStart().replace(/^=/, '');
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
