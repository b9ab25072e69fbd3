// Takes elements from one version of a template to another, by the modeler's own Update.
//
//   node update.mjs   reads a JSON line for each case from standard input: {old, next, entered: [{binding, value}], bindings};
//                     writes one for each: {before, after}, the values at the bindings, or {error}

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { start } from './browser.mjs';

const browser = await start();
try {
  const { page } = await browser.modeler([]);
  // Not as a script of the page, which allows only its own.
  await page.evaluate(readFileSync(new URL('values.js', import.meta.url), 'utf8'));
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await page.evaluate((one) => window.values.update(one).catch(({ message }) => ({ error: message })), JSON.parse(line));
    // Undefined is nothing there; JSON has no word for it.
    process.stdout.write(`${JSON.stringify(answer, (_, value) => (value === undefined ? { absent: true } : value))}\n`);
  }
} finally {
  await browser.stop();
}
