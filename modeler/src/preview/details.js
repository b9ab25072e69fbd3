// What comes of a template, a tab for each.

import { element } from './elements.js';

/** A text with numbers before its lines, of which one is marked. */
function lines(text, marked) {
  return element('pre', { class: 'lines' }, text.split('\n').map((line, index) => {
    const number = index + 1;
    const attributes = number === marked ? { class: 'shown' } : {};
    return element('span', attributes, element('span', { class: 'number' }, String(number)), `${line}\n`);
  }));
}

const none = (text) => element('p', {}, text);

/** Findings of the linter; a click on a place leads to it. */
function findings(found, lead) {
  if (found.length === 0) return none('Nothing is found.');
  return element('ul', { class: 'findings' }, found.map(({ code, level, line, column, message, reason, mend }) =>
    element('li', {},
      element('strong', { class: level }, `${level}[${code}]`), ' ',
      element('button', { type: 'button', onclick: () => lead(line) }, `line ${line}, column ${column}`),
      element('pre', {}, message),
      element('div', {}, reason),
      element('div', {}, `Mend: ${mend}`))));
}

/** What Modeler itself says: its loader, and its linting of the diagram. */
function modelers({ refusals, reports }) {
  const items = [
    ...refusals.map((message) => element('li', {}, element('strong', { class: 'error' }, 'loader'), ` ${message}`)),
    ...reports.map(({ rule, category, message }) =>
      element('li', {}, element('strong', { class: category === 'error' ? 'error' : 'warning' }, rule), ` ${message}`)),
  ];
  return items.length === 0 ? none('Modeler has nothing against it.') : element('ul', { class: 'findings' }, items);
}

/** The schema of the event that is waited for, or those of the operation that is chosen in the panel. */
function schemas({ operations, events }, xml) {
  const awaited = events.find(({ type }) => xml.includes(`name="inbound.type" value="${type}"`));
  if (awaited) return [element('h3', {}, `${awaited.name}: event`), element('pre', {}, awaited.event)];
  const { name, input, output } = operations.find(({ id }) => xml.includes(`key="operation" value="${id}"`)) ?? operations[0];
  return [
    element('h3', {}, `${name}: input`), element('pre', {}, input),
    element('h3', {}, `${name}: output`), element('pre', {}, output),
  ];
}

/** The docs as the program has made HTML of them: a definition's author wrote them, and scripts in them do not run. */
function docs(html) {
  const page = element('div', { class: 'docs' });
  page.innerHTML = html;
  return page;
}

/** The tabs for a template. `state` is what the modeler says of the diagram, as it is when a tab is shown. */
export function tabsFor({ text, findings: found, connector }, state, lead) {
  const modeler = state();
  const says = modeler.refusals.length + modeler.reports.length;
  return [
    { id: 'bpmn', label: 'BPMN', content: () => element('pre', {}, state().xml) },
    { id: 'findings', label: `Findings (${found.length})`, content: () => findings(found, lead) },
    { id: 'modeler', label: `Modeler (${says})`, content: () => modelers(state()) },
    { id: 'template', label: 'Template', content: () => lines(text, state().marked) },
    ...(connector ? [
      { id: 'schema', label: 'Schema', content: () => schemas(connector, state().xml) },
      { id: 'docs', label: 'Docs', content: () => docs(connector.docs) },
    ] : []),
  ];
}
