// What Camunda's own packages say of element templates: the validator of the schema, and Modeler's parser of FEEL.
//
//   node validate.mjs FILE...   a JSON line for each file: {file, errors, warnings}; exits 1 when any has an error

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { validateZeebe } from '@bpmn-io/element-templates-validator/dist/index.js';
import { syntaxFault } from './feel.mjs';

const told = ({ instancePath, message }) => `${instancePath || '/'} ${message}`;

/** The FEEL that Modeler could not read. To Zeebe, `=` alone is text. */
function faultsOfFeel({ properties = [] }) {
  const texts = properties.flatMap(({ id, value, choices = [] }) => [value, ...choices.map((choice) => choice.value)].map((text) => [id, text]));
  return texts.flatMap(([id, text]) => {
    const fault = typeof text === 'string' && /^=./.test(text) ? syntaxFault(text) : null;
    return fault ? [`${id}: ${fault}`] : [];
  });
}

/** All that is wrong with one template. */
export function check(template) {
  const { errors, warnings } = validateZeebe(template);
  return { errors: [...(errors ?? []).map(told), ...faultsOfFeel(template)], warnings: (warnings ?? []).map(told) };
}

function main(files) {
  if (files.length === 0) {
    process.stderr.write('usage: node validate.mjs FILE...\n');
    return 2;
  }
  const reports = files.map((file) => ({ file, ...check(JSON.parse(readFileSync(file, 'utf8'))) }));
  for (const report of reports) process.stdout.write(`${JSON.stringify(report)}\n`);
  return reports.every(({ errors }) => errors.length === 0) ? 0 : 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
