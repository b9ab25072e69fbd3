// Camunda's modeler for Camunda 8, filling the page, with the properties panel that a designer has.
//
// Whoever embeds the page steers it by `window.modeler`; all else is done with mouse and keyboard:
//
//   setTemplates(templates)  offers these element templates and no others; returns what the modeler's
//                            loader says against them. A template that it says something about is not
//                            offered; some it leaves out without a word.
//   open(xml)                shows a diagram, a new one without `xml`; resolves with its warnings
//   save()                   resolves with the diagram as XML
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

window.modeler = { setTemplates, open, save, lint };
open();
