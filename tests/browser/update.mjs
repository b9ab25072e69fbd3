// Takes elements from one version of a template to another, by the modeler's own Update.
//
//   node update.mjs [how]   reads a JSON line for each case from standard input, writes an answer for each, or {error}.
//                           How is a function of values.js:
//                           update   {old, next, entered: [{binding, value}], bindings} → {before, after}, values
//                           saved    the same → {saved, after, xml}, diagrams before and after
//                           opened   {xml, templates, id, bindings, lint} → {warnings, after, xml, lint}
//                           placed   {template, entered} → {xml}

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { start } from './browser.mjs';

const [, , how = 'update'] = process.argv;
const browser = await start();
try {
  const { page } = await browser.modeler([]);
  // Not as a script of the page, which allows only its own.
  await page.evaluate(readFileSync(new URL('values.js', import.meta.url), 'utf8'));
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await page.evaluate(
      ([name, one]) => window.values[name](one).catch(({ message }) => ({ error: message })),
      [how, JSON.parse(line)],
    );
    // Undefined is nothing there; JSON has no word for it.
    process.stdout.write(`${JSON.stringify(answer, (_, value) => (value === undefined ? { absent: true } : value))}\n`);
  }
} finally {
  await browser.stop();
}
