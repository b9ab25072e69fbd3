// Camunda's modeler for Camunda 8, filling the page, with the properties panel that a designer has.
//
// Whoever embeds the page steers it by `window.modeler`; all else is done with mouse and keyboard:
//
//   setTemplates(templates)  offers these element templates and no others; returns what the modeler's
//                            loader says against them. A template that it says something about is not
//                            offered; some it leaves out without a word.
//   open(xml)                shows a diagram, a new one without `xml`; resolves with its warnings
//   save()                   resolves with the diagram as XML
//   place(template)          shows a new diagram in which an element has this template, which is the only one
//                            that is offered; resolves with what the loader says against it
//   update(template, before) gives the element of `place` the template in place of the one before it, as the
//                            modeler's Update does: what was entered stays where it can
//   get(name)                one of the modeler's services
//   onChange(listener)       calls it after each change of the diagram
//   lint()                   resolves with what the modeler's linter finds for the diagram's version
//                            of Camunda: [{ id, category, message, rule, … }]

import { Linter } from '@camunda/linting';
import { CloudElementTemplatesLinterPlugin } from 'bpmn-js-element-templates';
import Modeler from 'camunda-bpmn-js/lib/camunda-cloud/Modeler';
import modelerModdle from 'modeler-moddle/resources/modeler.json';
import newDiagram from './new.bpmn';

const bpmn = new Modeler({
  container: '#canvas',
  propertiesPanel: { parent: '#properties' },
  moddleExtensions: { modeler: modelerModdle },
});
const elementTemplates = bpmn.get('elementTemplates');

// Templates for another version of Camunda than the diagram's are not offered.
bpmn.on('import.render.start', ({ definitions }) => {
  const camunda = definitions.get('modeler:executionPlatformVersion');
  elementTemplates.setEngines(camunda ? { camunda } : {});
});

function setTemplates(templates) {
  let refusals = [];
  const collect = ({ errors }) => (refusals = errors.map(({ message }) => message));
  bpmn.on('elementTemplates.errors', collect);
  bpmn.get('elementTemplatesLoader').setTemplates(templates);
  bpmn.off('elementTemplates.errors', collect);
  return refusals;
}

async function open(xml = newDiagram) {
  const { warnings } = await bpmn.importXML(xml);
  bpmn.get('canvas').zoom('fit-viewport', 'auto');
  return warnings.map(({ message }) => message);
}

async function save() {
  const { xml } = await bpmn.saveXML({ format: true });
  return xml;
}

async function lint() {
  const plugins = [CloudElementTemplatesLinterPlugin(elementTemplates.getAll())];
  return new Linter({ type: 'cloud', plugins }).lint(await save());
}

/** Puts an element of the template's type behind the start event, or at its place. */
function put(template) {
  const [modeling, factory, autoPlace] = ['modeling', 'elementFactory', 'autoPlace'].map((name) => bpmn.get(name));
  const start = bpmn.get('elementRegistry').get('StartEvent_1');
  const type = template.elementType?.value ?? template.appliesTo[0];
  if (type === 'bpmn:StartEvent') return elementTemplates.applyTemplate(start, template);
  if (type === 'bpmn:Process') return elementTemplates.applyTemplate(bpmn.get('canvas').getRootElement(), template);
  if (type !== 'bpmn:BoundaryEvent') return autoPlace.append(start, elementTemplates.createElement(template));
  const host = autoPlace.append(start, factory.createShape({ type: 'bpmn:Task' }));
  const corner = { x: host.x + host.width, y: host.y + host.height };
  return modeling.createShape(elementTemplates.createElement(template), corner, host, { attach: true });
}

const templated = (id) => bpmn.get('elementRegistry').find(({ businessObject }) => businessObject.get('zeebe:modelerTemplate') === id);

/** The oldest version of Camunda that a template is for. */
const platformOf = ({ engines }) => {
  const [, minor, patch = '.0'] = /8\.(\d+)(\.\d+)?/.exec(engines?.camunda) ?? ['', '6'];
  return `8.${minor}${patch}`;
};

/** Selects an element, so that the panel shows it. */
function select(element) {
  bpmn.get('selection').select(element);
  bpmn.get('canvas').zoom('fit-viewport', 'auto');
}

async function place(template) {
  const refusals = setTemplates([template]);
  await open(newDiagram.replace('executionPlatformVersion="8.6.0"', `executionPlatformVersion="${platformOf(template)}"`));
  select(put(template));
  return refusals;
}

async function update(template, before) {
  // A diagram is for one version of Camunda: a template for another one begins a new one.
  const element = template.id === before.id && platformOf(template) === platformOf(before) && templated(before.id);
  if (!element) return place(template);
  const refusals = setTemplates([template]);
  bpmn.get('commandStack').execute('propertiesPanel.zeebe.changeTemplate', { element, newTemplate: template, oldTemplate: before });
  select(templated(template.id));
  return refusals;
}

const onChange = (listener) => bpmn.on(['commandStack.changed', 'import.done'], 500, listener);

window.modeler = { setTemplates, open, save, place, update, onChange, lint, get: (name) => bpmn.get(name) };
open();
