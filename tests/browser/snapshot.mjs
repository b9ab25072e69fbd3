// Compares text with a file in snapshots/, or writes the file when UPDATE_SNAPSHOTS is 1.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('snapshots/', import.meta.url));

export function compare(name, text, { folder = FOLDER, update = process.env.UPDATE_SNAPSHOTS === '1' } = {}) {
  const path = join(folder, name);
  if (update) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `the snapshot ${name} is missing: look at what UPDATE_SNAPSHOTS=1 writes`);
  assert.equal(text, readFileSync(path, 'utf8'), `${name} differs: look at what UPDATE_SNAPSHOTS=1 changes in it`);
}

/** A text with a mark where the modeler has made an id for the process. */
const withoutUuids = (text) => text.replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => (isMade(id) ? 'a new UUID' : id));

/** Of a random UUID, the thirteenth digit is 4 and the seventeenth 8, 9, a or b; what the cases enter is none. */
const isMade = (id) => id[14] === '4' && '89ab'.includes(id[19]);

/** A diagram as text that is the same in each run: ids are numbered, and where things are drawn is left out. */
export function stableXml(xml) {
  const numbers = new Map();
  const counts = {};
  return withoutUuids(xml)
    .replace(/\n *<bpmndi:BPMNDiagram[^]*<\/bpmndi:BPMNDiagram>/, '')
    .replace(/\b(Activity|Event|Flow|Message|MessageEventDefinition)_[0-9a-z]+\b/g, (id, kind) => {
      if (!numbers.has(id)) numbers.set(id, `${kind}_${(counts[kind] = (counts[kind] ?? 0) + 1)}`);
      return numbers.get(id);
    })
    .trim();
}

/** The groups of a panel, a field a line. `isRequired` tells by a field's group and label. */
export function describeFields(groups, isRequired) {
  const lines = groups.flatMap(({ label, ofTemplate, fields }) => [
    label,
    // What stands in the modeler's own groups is the modeler's.
    ...(ofTemplate ? fields : []).map(({ label: name, control, value, choices }) => {
      const facts = [control, isRequired(label, name) ? 'required' : 'optional'];
      if (value) facts.push(JSON.stringify(value));
      if (choices.length > 0) facts.push(`choices ${choices.join(' | ')}`);
      return `  ${name}: ${facts.join(', ')}`;
    }),
  ]);
  return withoutUuids(lines.join('\n'));
}
