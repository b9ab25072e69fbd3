// Element templates with what Camunda's validator says of each: the official ones, and as many mutants as asked for.
//
//   node mutants.mjs COUNT   a JSON line for each: {name, text, valid, told}
//
// Mutants come from a fixed seed, so that every run compares the same. They are made of small parts of official templates
// and of templates of our own (seeds.json), which have the bindings that no official one has.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateZeebe } from '@bpmn-io/element-templates-validator/dist/index.js';

const packages = createRequire(import.meta.url);
const official = join(dirname(packages.resolve('@camunda/connectors-element-templates/package.json')), 'src/element-templates');
const seeds = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'seeds.json'), 'utf8'));

/** A generator of numbers below 1 that needs no library: mulberry32. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomOf(20261126);
const below = (count) => Math.floor(random() * count);
const pick = (items) => items[below(items.length)];
const copy = (value) => structuredClone(value);
const isContainer = (value) => typeof value === 'object' && value !== null;

function verdict(template) {
  const { valid, errors } = validateZeebe(template);
  return { valid, told: valid ? [] : errors.map(({ instancePath, message }) => `${instancePath} ${message}`).slice(0, 4) };
}

function* officialTemplates() {
  for (const file of readdirSync(official).filter((name) => name.endsWith('.json')).sort()) {
    const parsed = JSON.parse(readFileSync(join(official, file), 'utf8'));
    for (const template of Array.isArray(parsed) ? parsed : [parsed]) yield [`${file} ${template.version ?? 'without version'}`, template];
  }
}

/** What stands anywhere in the templates, by key: what a mutation puts in another's place. */
const vocabulary = new Map();

function learn(value) {
  if (Array.isArray(value)) value.forEach(learn);
  else if (isContainer(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (!vocabulary.has(key)) vocabulary.set(key, new Map());
      const known = vocabulary.get(key);
      const text = JSON.stringify(member);
      if (text.length < 400 && known.size < 60) known.set(text, member);
      learn(member);
    }
  }
}

/** Every object and array in a template. */
function containers(value, found = []) {
  if (!isContainer(value)) return found;
  found.push(value);
  Object.values(value).forEach((member) => containers(member, found));
  return found;
}

const STRANGE = [null, true, false, 0, -1, 1.5, 2, 101, '', '=', '= 1 +', 'x', 'versionTag', [], {}, ['bpmn:Task'], [{}], { type: 'x' }];

const MUTATIONS = [
  function removes(template) {
    const from = pick(containers(template).filter((container) => Object.keys(container).length > 0));
    const key = pick(Object.keys(from));
    Array.isArray(from) ? from.splice(Number(key), 1) : delete from[key];
  },
  function replaces(template) {
    const inside = pick(containers(template).filter((container) => Object.keys(container).length > 0));
    const key = pick(Object.keys(inside));
    const known = Array.isArray(inside) ? [] : [...(vocabulary.get(key)?.values() ?? [])];
    inside[key] = copy(known.length > 0 && random() < 0.7 ? pick(known) : pick(STRANGE));
  },
  function adds(template) {
    const to = pick(containers(template));
    if (Array.isArray(to)) to.push(copy(to.length > 0 && random() < 0.7 ? pick(to) : pick(STRANGE)));
    else {
      const key = pick([...vocabulary.keys()]);
      to[key] = copy(random() < 0.8 ? pick([...vocabulary.get(key).values(), 'x']) : pick(STRANGE));
    }
  },
  function addsToProperty(template) {
    const properties = Array.isArray(template.properties) ? template.properties.filter(isContainer) : [];
    if (properties.length === 0) return;
    const keys = ['type', 'feel', 'optional', 'value', 'generatedValue', 'choices', 'constraints', 'condition', 'placeholder', 'editable', 'language', 'binding'];
    const key = pick(keys);
    pick(properties)[key] = copy(pick([...(vocabulary.get(key)?.values() ?? []), ...STRANGE.slice(0, 4)]));
  },
  function takesAnothersProperty(template) {
    const other = pick(seeds);
    if (Array.isArray(template.properties)) template.properties.push(copy(pick(other.properties)));
  },
  function takesAnothersElement(template) {
    const other = pick(seeds);
    for (const key of ['elementType', 'appliesTo', 'entriesVisible']) if (other[key] !== undefined && random() < 0.7) template[key] = copy(other[key]);
  },
];

/** A template with a few of an official one's properties: a whole one has more than a mutation can tell apart. */
function part(template) {
  const small = { ...copy(template) };
  while (small.properties.length > 6) small.properties.splice(below(small.properties.length), 1);
  for (const key of ['presets', 'steps', 'configurationTemplates', 'groups']) {
    if (Array.isArray(small[key])) small[key] = small[key].slice(0, 2);
  }
  delete small.icon;
  return small;
}

function tell(name, template) {
  process.stdout.write(`${JSON.stringify({ name, text: JSON.stringify(template), ...verdict(template) })}\n`);
}

const templates = [...officialTemplates()];
for (const [name, template] of templates) tell(name, template);
seeds.forEach((template) => tell(`seed ${template.name}`, template));
learn(seeds);
templates.forEach(([, template]) => learn(template));
const count = Number(process.argv[2] ?? 0);
for (let number = 0; number < count; number += 1) {
  const [name, origin] = random() < 0.6 ? ['seed', pick(seeds)] : pick(templates);
  const mutant = part(origin);
  const mutations = Array.from({ length: 1 + below(2) }, () => pick(MUTATIONS));
  mutations.forEach((mutate) => mutate(mutant));
  tell(`mutant ${number} of ${name} ${origin.name}: ${mutations.map((mutate) => mutate.name).join(', ')}`, mutant);
}
