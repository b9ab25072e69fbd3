// The page of `preview`: a list of templates, and the one that is chosen in the modeler. It follows what the program tells:
// a file that has changed, or the program that has been built anew.

import { element } from './elements.js';
import { makeTabs } from './tabs.js';
import { tabsFor } from './details.js';

const { modeler } = window;
const list = document.querySelector('#templates');
const notice = document.querySelector('#notice');
const tabs = makeTabs(document.querySelector('[role=tablist]'));

// What is shown: the template's key, what the program tells of it, and what the modeler does.
const shown = { key: null, details: null };
const state = { xml: '', refusals: [], reports: [], marked: null };

const ask = async (path) => {
  const response = await fetch(path);
  return response.ok ? response.json() : null;
};

function tell(text) {
  notice.hidden = !text;
  notice.textContent = text ?? '';
}

/** Leads to a line of the template's file. */
function lead(line) {
  state.marked = line;
  tabs.choose('template');
  tabs.panel.querySelector('.shown')?.scrollIntoView({ block: 'center' });
}

const redraw = () => shown.details && tabs.show(tabsFor(shown.details, () => state, lead));

/** Asks the modeler anew. Two questions at once would be answered in any order, so that the last one counts. */
let asked = 0;
async function look() {
  const mine = (asked += 1);
  const [xml, reports] = await Promise.all([modeler.save(), modeler.lint()]);
  if (mine !== asked) return;
  Object.assign(state, { xml, reports });
  redraw();
}

/** Nothing of the template before is to be taken for the one that cannot be shown. */
async function clear() {
  await modeler.open();
  modeler.setTemplates([]);
  state.refusals = [];
}

/** Shows a template: in a new diagram, or in the one that is there if it is the same in a new form. */
async function show(key) {
  const details = await ask(`/api/template?key=${encodeURIComponent(key)}`);
  if (!details) return;
  const before = shown.key === key ? shown.details : null;
  if (before && JSON.stringify(before) === JSON.stringify(details)) return;
  const last = before?.template ?? (shown.key === key ? shown.last : null);
  Object.assign(shown, { key, details, last: details.template ?? last });
  state.marked = null;
  try {
    if (!details.template && !last) await clear();
    if (details.template) {
      const same = last && JSON.stringify(last) === JSON.stringify(details.template);
      if (!same) state.refusals = last ? await modeler.update(details.template, last) : await modeler.place(details.template);
    }
  } catch (error) {
    // Modeler cannot show every template: what is wrong with it is told by the findings.
    state.refusals = [`the modeler cannot show it: ${error.message}`];
  }
  await look();
}

function entry({ key, name, id, version, file, errors, warnings }, chosen) {
  const count = (number, what) => (number === 0 ? [] : [element('span', { class: what }, `${number} ${what}${number === 1 ? '' : 's'}`), ' ']);
  const facts = [id, version === null ? null : `version ${version}`].filter(Boolean).join(', ');
  return element('li', {},
    element('button', { type: 'button', 'data-key': key, 'aria-current': key === chosen?.key && 'true', onclick: () => (location.hash = encodeURIComponent(key)) },
      name ?? file, element('small', {}, facts || file), element('small', {}, count(errors, 'error'), count(warnings, 'warning'))));
}

/** Reads the list, and shows the template that the address names, or the first. */
async function refresh() {
  const answer = await ask('/api/templates');
  if (!answer) return;
  const { problem, build, templates } = answer;
  tell(problem ?? (build && `The program was built anew, and this is the one before it:\n${build}`));
  const named = (key) => templates.find((template) => template.key === key);
  const chosen = named(wanted()) ?? named(shown.key) ?? templates[0];
  // Drawn before the template is shown, so that another can be chosen where that fails.
  list.replaceChildren(...templates.map((template) => entry(template, chosen)));
  if (chosen) await show(chosen.key);
}

/** The template that the address names. */
function wanted() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  }
}

// One after another: a template must have been shown before the next form of it is.
let queue = Promise.resolve();
const later = (work) => (queue = queue.then(work).catch((error) => tell(`The page cannot go on: ${error.message}`)));

let waiting;
modeler.onChange(() => {
  clearTimeout(waiting);
  waiting = setTimeout(() => later(look), 200);
});
addEventListener('hashchange', () => later(refresh));
const changes = new EventSource('/api/changes');
changes.addEventListener('message', () => later(refresh));
changes.addEventListener('error', () => tell('The program does not answer. The page waits for it.'));
