// Checks element templates with Camunda's own schema, and beyond it with what the schema leaves to
// the loader of Camunda Modeler or to nobody.
//
//   node validate.mjs FILE...   a JSON line for each file; exits 1 when any has an error

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { validateZeebe } from '@bpmn-io/element-templates-validator/dist/index.js';
import { syntaxFault } from './feel.mjs';

const SCHEMA = '@camunda/zeebe-element-templates-json-schema';
const SCHEMA_VERSION = createRequire(import.meta.url)(`${SCHEMA}/package.json`).version;

const KEYS = {
  template: `$schema name id appliesTo properties version description documentationRef keywords icon category
    elementType groups engines deprecated entriesVisible steps presets configurationTemplates metadata isDefault`,
  property: `id label description tooltip placeholder type value generatedValue group binding condition constraints
    feel optional choices language editable configurationTemplate`,
  binding: 'type name key source property linkName eventType retries headers',
  condition: 'type property equals oneOf isActive isEmpty allMatch',
  constraints: 'notEmpty minLength maxLength pattern',
  pattern: 'value message',
  choice: 'name value condition',
  group: 'id label tooltip openByDefault',
  icon: 'contents',
  category: 'id name',
  elementType: 'value eventDefinition',
  generatedValue: 'type',
};
for (const kind of Object.keys(KEYS)) KEYS[kind] = new Set(KEYS[kind].split(/\s+/));

// What Rust's or another engine's regular expressions have and JavaScript's either refuse or, worse,
// read as something else.
const FOREIGN_REGEX = [
  [/\(\?[a-zA-Z]*(-[a-zA-Z]+)?[:)]/, 'inline flags', (found) => found !== '(?:'],
  [/\(\?P[<=>]/, 'Python-style groups'],
  [/\\[AzZGhHRQE]/, 'an escape that is a plain letter here'],
  [/\\[pPuU]\{|\\p[A-Z]/, 'a Unicode escape that needs the u flag'],
  [/\\x\{/, 'a braced hexadecimal escape'],
  [/\[\[:\^?[a-z]+:\]/, 'a POSIX class'],
  [/\[[^\]]*(&&|--|~~)/, 'a set operation'],
];

const HTML_TAGS = new Set(['a', 'p', 'ul', 'ol', 'li', 'code', 'strong', 'em', 'img', 'br', 'pre', 'div', 'span', 'small']);

// More combinations of choices than this are not tried.
const COMBINATIONS = 200_000;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
const isFeel = (value) => typeof value === 'string' && value.trimStart().startsWith('=');
const quote = (value) => JSON.stringify(value);

/** The simple conditions of a property. */
function conditionsOf({ condition }) {
  if (!isObject(condition)) return [];
  return (Array.isArray(condition.allMatch) ? condition.allMatch : [condition]).filter(isObject);
}

function bindingKey(property) {
  if (!isObject(property.binding)) return null;
  const binding = { ...property.binding };
  // The older spelling of the same thing.
  if (binding.type === 'zeebe:taskDefinition:type') Object.assign(binding, { type: 'zeebe:taskDefinition', property: 'type' });
  return JSON.stringify(Object.entries(binding).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How a property is called in a message. */
function nameOf(property, index) {
  if (typeof property.id === 'string') return `property ${quote(property.id)}`;
  const binding = property.binding ?? {};
  const target = binding.name ?? binding.key ?? binding.property ?? binding.type;
  return `property ${index}${target ? ` (${target})` : ''}`;
}

/** Compares `a.b.c` numerically. */
function isNewer(version, than) {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const index = a.findIndex((part, i) => part !== b[i]);
  return index >= 0 && a[index] > b[index];
}

export function patternFault(pattern) {
  try {
    new RegExp(pattern);
  } catch (error) {
    return error.message;
  }
  for (const [syntax, what, counts = () => true] of FOREIGN_REGEX) {
    // An escaped backslash escapes nothing.
    const found = pattern.replaceAll('\\\\', '').match(syntax);
    if (found && counts(found[0])) return `${what}: ${found[0]} means something else in JavaScript`;
  }
  return null;
}

function checkSchema(template, { error, warn }) {
  const { errors, warnings } = validateZeebe(template);
  const text = ({ instancePath, dataPath, message }) => `schema: ${instancePath || dataPath || '/'}: ${message}`;
  // Each error is followed by two lines that only say that the file is no array of templates.
  const noise = new Set(['must be array', 'must match exactly one schema in oneOf']);
  const telling = list(errors).filter(({ message }) => !noise.has(message));
  for (const fault of telling.length > 0 ? telling : list(errors)) error(text(fault));
  for (const remark of list(warnings)) warn(text(remark));
}

function checkKeys(template, { error }) {
  const known = (kind, value, where) => {
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) if (!KEYS[kind].has(key)) error(`${where}: unknown key ${quote(key)}`);
  };
  known('template', template, 'template');
  for (const key of ['icon', 'category', 'elementType']) known(key, template[key], key);
  list(template.groups).forEach((group) => known('group', group, `group ${quote(group?.id)}`));
  list(template.properties).filter(isObject).forEach((property, index) => {
    const where = nameOf(property, index);
    known('property', property, where);
    for (const key of ['binding', 'constraints', 'generatedValue']) known(key, property[key], `${where}, ${key}`);
    known('pattern', property.constraints?.pattern, `${where}, pattern`);
    known('condition', property.condition, `${where}, condition`);
    if (property.condition?.allMatch) conditionsOf(property).forEach((one) => known('condition', one, `${where}, condition`));
    list(property.choices).forEach((choice) => known('choice', choice, `${where}, choice ${quote(choice?.value)}`));
  });
}

/** What the Modeler's loader refuses although the schema lets it through. */
function checkLoader(template, { error }) {
  const schema = template.$schema;
  if (typeof schema !== 'string') {
    error('$schema is missing: Camunda Modeler does not load the template');
  } else if (!schema.includes(SCHEMA)) {
    error(`$schema ${quote(schema)} does not name ${SCHEMA}: Camunda Modeler does not load the template`);
  } else {
    const version = schema.split(SCHEMA)[1].match(/^@(\d+\.\d+\.\d+)/)?.[1];
    if (version && isNewer(version, SCHEMA_VERSION)) error(`$schema asks for version ${version}, newer than ${SCHEMA_VERSION}`);
  }

  for (const [engine, range] of Object.entries(template.engines ?? {})) {
    const comparator = String.raw`(?:[<>]=?|=|\^|~)?\s*v?\d+(?:\.(?:\d+|x|\*)){0,2}(?:-[\w.]+)?`;
    if (!new RegExp(String.raw`^\s*${comparator}(?:\s*(?:\|\||-|\s)\s*${comparator})*\s*$`).test(range)) {
      error(`engines: ${quote(range)} for ${quote(engine)} is no version range: the template is dropped without a message`);
    }
  }

  const element = template.elementType?.value;
  const targets = list(template.appliesTo);
  if (element) {
    const kind = (type) => /(Event|Gateway)$/.exec(type)?.[1] ?? 'Activity';
    const ancestors = [element, `bpmn:${kind(element)}`, 'bpmn:FlowNode'];
    if (element.endsWith('Task')) ancestors.push('bpmn:Task');
    if (/SubProcess$|Transaction$/.test(element)) ancestors.push('bpmn:SubProcess');
    if (!targets.some((target) => ancestors.includes(target))) error(`elementType ${element} is not covered by appliesTo`);
    for (const target of targets) {
      if (kind(target) !== kind(element)) error(`appliesTo: a ${target} cannot become a ${element}`);
    }
    const hasType = (property) => /^zeebe:taskDefinition/.test(property?.binding?.type) && property.binding.property !== 'retries';
    if (/:(Service|Send)Task$/.test(element) && !list(template.properties).some(hasType)) error(`a ${element} needs a job type (zeebe:taskDefinition)`);
  }

  const icon = template.icon?.contents;
  if (typeof icon === 'string' && icon.startsWith('data:') && icon.includes('#')) {
    error('icon: an unescaped # breaks the image (write %23)');
  }
}

function checkGroups(template, { error, warn }) {
  const groups = list(template.groups).map((group) => group?.id);
  const twice = groups.find((id, index) => groups.indexOf(id) !== index);
  if (twice !== undefined) error(`group ${quote(twice)} is there twice`);
  const used = [];
  list(template.properties).filter(isObject).forEach((property, index) => {
    const where = nameOf(property, index);
    if (property.group === undefined) {
      if (property.type !== 'Hidden') error(`${where}: is in no group`);
      return;
    }
    if (!groups.includes(property.group)) error(`${where}: unknown group ${quote(property.group)}`);
    else if (!used.includes(property.group)) used.push(property.group);
  });
  const expected = groups.filter((id) => used.includes(id));
  if (String(expected) !== String(used)) {
    error(`groups are listed as ${expected.join(', ')} but shown as ${used.join(', ')} (the order of their first properties)`);
  }
  for (const id of groups) {
    if (!used.includes(id)) warn(`group ${quote(id)} has no property`);
    else if (/^\d+$/.test(id)) error(`group ${quote(id)}: an id that looks like a number is shown first, wherever it is listed`);
  }
}

function checkProperties(template, { error, warn }) {
  const properties = list(template.properties).filter(isObject);
  const byId = new Map();
  properties.forEach((property) => {
    if (property.id === undefined) return;
    if (byId.has(property.id)) error(`property id ${quote(property.id)} is there twice`);
    else byId.set(property.id, property);
  });

  const inputs = properties.map(({ binding }) => (binding?.type === 'zeebe:input' ? binding.name : undefined));

  properties.forEach((property, index) => {
    const where = nameOf(property, index);
    const { type = 'String', value, feel, constraints = {} } = property;
    const hasValue = value !== undefined && value !== '';

    if (type === 'Hidden' && value === undefined && !property.generatedValue && property.binding?.type !== 'zeebe:userTask') {
      error(`${where}: is Hidden and has no value`);
    }
    if (type === 'Hidden' && constraints.notEmpty && !hasValue && !property.generatedValue) error(`${where}: is Hidden, must not be empty and is`);
    if (property.label === undefined && type !== 'Hidden') error(`${where}: has no label`);

    if (type === 'Dropdown') {
      const choices = list(property.choices).map((choice) => choice?.value);
      if (choices.length === 0) error(`${where}: has no choices`);
      const twice = choices.find((choice, i) => choices.indexOf(choice) !== i);
      if (twice !== undefined) error(`${where}: choice ${quote(twice)} is there twice`);
      if (value !== undefined && !choices.includes(value)) error(`${where}: default ${quote(value)} is not among its choices`);
      if (value === undefined && !property.optional) warn(`${where}: has no default, so it shows blank`);
      if (list(property.choices).some((choice) => choice?.condition)) error(`${where}: conditions of choices are ignored`);
    }

    if (property.binding?.type === 'zeebe:input' && !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(property.binding.name)) {
      error(`${where}: ${quote(property.binding.name)} is no variable name`);
    }

    checkConditions(property, where, byId, error);
    checkConstraints(property, where, error);

    if (isFeel(value) || feel === 'required') {
      if (isFeel(value) && !feel && type !== 'Hidden') error(`${where}: the default is an expression but the field takes none (no feel)`);
      if (hasValue && !isFeel(value)) warn(`${where}: the default lacks its =`);
      const names = new Set();
      const fault = hasValue ? syntaxFault(String(value), names) : null;
      if (fault) error(`${where}: invalid FEEL: ${fault}`);
      if (type === 'Hidden' && inputs[index] !== undefined) {
        // The engine evaluates inputs from the top.
        const later = [...names].find((name) => inputs.slice(index + 1).some((input) => input?.split('.')[0] === name));
        const earlier = (name) => inputs.slice(0, index).some((input) => input?.split('.')[0] === name);
        if (later && !earlier(later)) error(`${where}: uses the input ${quote(later)}, which is set only below it`);
      }
    }

    for (const key of ['description', 'tooltip']) {
      const text = property[key];
      if (typeof text !== 'string') continue;
      for (const [, tag] of text.matchAll(/<\/?([a-z][a-z0-9]*)/gi)) {
        if (!HTML_TAGS.has(tag.toLowerCase())) error(`${where}: <${tag}> in its ${key} is dropped together with its text`);
      }
      if (/\]\(https?:|`/.test(text)) warn(`${where}: Markdown in its ${key} is shown as it is`);
    }
  });
  checkCombinations(properties, byId, { error, warn });
}

function checkConditions(property, where, byId, error) {
  for (const condition of conditionsOf(property)) {
    const target = byId.get(condition.property);
    if (condition.property === property.id && property.id !== undefined) {
      error(`${where}: its condition is on itself`);
      continue;
    }
    if (!target) {
      error(`${where}: its condition is on ${quote(condition.property)}, which is no property`);
      continue;
    }
    const wanted = 'oneOf' in condition ? list(condition.oneOf) : 'equals' in condition ? [condition.equals] : [];
    for (const value of wanted) {
      const choices = list(target.choices).map((choice) => choice?.value);
      if (target.type === 'Dropdown' && !choices.includes(value)) {
        error(`${where}: its condition asks ${quote(condition.property)} for ${quote(value)}, which is not among the choices`);
      }
      if (target.type === 'Boolean' && typeof value !== 'boolean') {
        error(`${where}: its condition asks ${quote(condition.property)} for ${quote(value)} rather than true or false`);
      }
    }
  }
}

function checkConstraints(property, where, error) {
  const { constraints, value } = property;
  if (!isObject(constraints)) return;
  const { pattern, minLength, maxLength, notEmpty } = constraints;
  const source = typeof pattern === 'string' ? pattern : pattern?.value;
  let matches = () => true;
  if (typeof source === 'string') {
    const fault = patternFault(source);
    if (fault) error(`${where}: pattern ${quote(source)}: ${fault}`);
    else matches = (text) => new RegExp(source).test(text);
  }
  if (typeof value === 'string' && value !== '' && !(property.feel && isFeel(value))) {
    if (!matches(value)) error(`${where}: default ${quote(value)} does not match its own pattern`);
    if (value.length < (minLength ?? 0)) error(`${where}: default ${quote(value)} is shorter than its own minLength`);
    if (value.length > (maxLength ?? Infinity)) error(`${where}: default ${quote(value)} is longer than its own maxLength`);
  }
  // Both are checked even of an empty field.
  if (!notEmpty && property.type !== 'Hidden') {
    if (!matches('')) error(`${where}: may be empty but its pattern refuses that`);
    if (minLength > 0) error(`${where}: may be empty but its minLength refuses that`);
  }
}

/** Tries every combination of what conditions depend on. */
function checkCombinations(properties, byId, { error, warn }) {
  if (new Set(properties.map(({ id }) => id).filter((id) => id !== undefined)).size !== properties.filter(({ id }) => id !== undefined).length) return;
  if (properties.some((property) => conditionsOf(property).some((condition) => !byId.has(condition.property)))) return;

  const cycle = findCycle(properties, byId);
  if (cycle) {
    error(`conditions go round in a circle: ${cycle.join(' -> ')}`);
    return;
  }

  // What each property that a condition reads may hold.
  const drivers = new Map();
  for (const condition of properties.flatMap(conditionsOf)) {
    const target = byId.get(condition.property);
    if ('isActive' in condition) continue;
    const values = drivers.get(target) ?? new Set();
    drivers.set(target, values);
    if (target.type === 'Hidden') values.add(target.value ?? '');
    else if (target.type === 'Boolean') [true, false].forEach((value) => values.add(value));
    else if (target.type === 'Dropdown') list(target.choices).forEach((choice) => values.add(choice?.value));
    else ['', 'any text', ...('oneOf' in condition ? list(condition.oneOf) : 'equals' in condition ? [condition.equals] : [])].forEach((value) => values.add(value));
    if (target.optional && target.type === 'Dropdown') values.add('');
  }
  const axes = [...drivers].map(([property, values]) => [property, [...values]]);
  const total = axes.reduce((product, [, values]) => product * values.length, 1);
  if (total > COMBINATIONS) {
    warn(`${total} combinations of choices are too many to try`);
    return;
  }

  const keys = new Map(properties.map((property) => [property, bindingKey(property)]));
  const sharing = new Map();
  for (const [property, key] of keys) sharing.set(key, [...(sharing.get(key) ?? []), property]);
  const clashes = new Set();
  const shown = new Set();

  for (let number = 0; number < total; number++) {
    const chosen = new Map();
    let rest = number;
    for (const [property, values] of axes) {
      chosen.set(property, values[rest % values.length]);
      rest = Math.floor(rest / values.length);
    }
    const known = new Map();
    const active = (property) => {
      if (!known.has(property)) known.set(property, conditionsOf(property).every(holds));
      return known.get(property);
    };
    // A condition reads the BPMN element, so it sees whichever property of that binding is active.
    const valueOf = (property) => {
      const source = [property, ...sharing.get(keys.get(property))].find(active);
      return source ? chosen.get(source) ?? source.value ?? '' : '';
    };
    const holds = (condition) => {
      const target = byId.get(condition.property);
      if ('isActive' in condition) return active(target) === condition.isActive;
      const value = valueOf(target);
      if ('isEmpty' in condition) return (value === '') === condition.isEmpty;
      return 'oneOf' in condition ? list(condition.oneOf).includes(value) : condition.equals === value;
    };
    for (const property of properties) if (active(property)) shown.add(property);
    for (const [key, several] of sharing) {
      if (key === null || several.length < 2) continue;
      const both = several.filter(active);
      if (both.length < 2) continue;
      const names = both.map((property) => nameOf(property, properties.indexOf(property))).join(' and ');
      const choices = axes.filter(([property]) => active(property)).map(([property]) => `${property.id}=${chosen.get(property)}`);
      if (!clashes.has(names)) error(`${names} have the same binding and are active at once${choices.length ? ` (${choices.join(', ')})` : ''}`);
      clashes.add(names);
    }
  }
  properties.forEach((property, index) => {
    if (!shown.has(property)) error(`${nameOf(property, index)}: is never active`);
  });
}

function findCycle(properties, byId) {
  const done = new Set();
  const visit = (property, path) => {
    if (path.includes(property)) return [...path.slice(path.indexOf(property)), property].map(({ id }) => id);
    if (done.has(property)) return null;
    for (const condition of conditionsOf(property)) {
      const cycle = visit(byId.get(condition.property), [...path, property]);
      if (cycle) return cycle;
    }
    done.add(property);
    return null;
  };
  for (const property of properties) {
    const cycle = visit(property, []);
    if (cycle) return cycle;
  }
  return null;
}

/** All that is wrong with one template. */
export function check(template) {
  const errors = new Set();
  const warnings = new Set();
  const report = { error: (text) => errors.add(text), warn: (text) => warnings.add(text) };
  checkSchema(template, report);
  if (isObject(template)) {
    for (const rule of [checkKeys, checkLoader, checkGroups, checkProperties]) rule(template, report);
  }
  return { errors: [...errors], warnings: [...warnings] };
}

/** All that is wrong with files, each of which holds a template or several. */
export function checkFiles(files) {
  const loaded = new Map();
  return files.map((file) => {
    const result = { file, valid: false, errors: [], warnings: [] };
    let content;
    try {
      content = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      result.errors.push(error.message);
      return result;
    }
    const templates = Array.isArray(content) ? content : [content];
    if (templates.length === 0) result.errors.push('the file holds no template');
    templates.forEach((template, index) => {
      const { errors, warnings } = check(template);
      const key = `${template?.id} version ${template?.version ?? 'none'}`;
      if (loaded.has(key)) errors.push(`template ${key} is in ${loaded.get(key)} too`);
      loaded.set(key, file);
      const prefix = templates.length > 1 ? `template ${index}: ` : '';
      result.errors.push(...errors.map((text) => prefix + text));
      result.warnings.push(...warnings.map((text) => prefix + text));
    });
    result.valid = result.errors.length === 0;
    return result;
  });
}

function main(files) {
  if (files.length === 0) {
    process.stderr.write('usage: node validate.mjs FILE...\n');
    return 2;
  }
  const results = checkFiles(files);
  for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`);
  return results.every(({ valid }) => valid) ? 0 : 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
