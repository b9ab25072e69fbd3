// In the page: writes and reads the values of an element where a template's properties are bound, as the panel does.

window.values = (() => {
  const EXTENSIONS = {
    'zeebe:taskDefinition': 'zeebe:TaskDefinition', 'zeebe:taskDefinition:type': 'zeebe:TaskDefinition', 'zeebe:adHoc': 'zeebe:AdHoc',
    'zeebe:agentDefinition': 'zeebe:AgentDefinition', 'zeebe:calledElement': 'zeebe:CalledElement',
  };
  // The lists that hold an entry for each value: the extension, its list, the entry's type, key and value.
  const LISTS = {
    'zeebe:input': ['zeebe:IoMapping', 'inputParameters', 'zeebe:Input', 'target', 'source', 'name'],
    'zeebe:output': ['zeebe:IoMapping', 'outputParameters', 'zeebe:Output', 'source', 'target', 'source'],
    'zeebe:taskHeader': ['zeebe:TaskHeaders', 'values', 'zeebe:Header', 'key', 'value', 'key'],
    'zeebe:property': ['zeebe:Properties', 'properties', 'zeebe:Property', 'name', 'value', 'name'],
  };

  const extension = (owner, type) => owner?.get('extensionElements')?.get('values').find(({ $type }) => $type === type);
  const message = ({ businessObject }) => (businessObject.get('eventDefinitions')?.[0] ?? businessObject).get('messageRef');

  /** What holds a value, and the name of its attribute; nothing where there is none. */
  function holder(element, binding) {
    const { type, name, property, linkName } = binding;
    const bo = element.businessObject;
    if (type === 'property') return [bo, name];
    if (LISTS[type]) {
      const [of, list, , key, value, from] = LISTS[type];
      const entry = extension(bo, of)?.get(list).find((one) => one.get(key) === binding[from]);
      return entry && [entry, value];
    }
    if (type === 'bpmn:Message#property') return message(element) && [message(element), name];
    if (type === 'bpmn:Message#zeebe:subscription#property') {
      const subscription = extension(message(element), 'zeebe:Subscription');
      return subscription && [subscription, name];
    }
    if (type === 'zeebe:linkedResource') {
      const resource = extension(bo, 'zeebe:LinkedResources')?.get('values').find((one) => one.get('linkName') === linkName);
      return resource && [resource, property];
    }
    const found = EXTENSIONS[type] && extension(bo, EXTENSIONS[type]);
    return found && [found, type === 'zeebe:taskDefinition:type' ? 'type' : property];
  }

  /** The value as a text, null where it is blank, and undefined where nothing is. */
  function read(element, binding) {
    const [owner, name] = holder(element, binding) ?? [];
    if (!owner) return undefined;
    const key = owner.$descriptor.propertiesByName[name]?.name ?? name;
    const own = Object.hasOwn(owner, key) ? owner[key] : owner.$attrs?.[name];
    if (own === undefined) return LISTS[binding.type] ? null : undefined;
    return String(own);
  }

  function write(element, binding, value) {
    const [modeling, factory] = ['modeling', 'bpmnFactory'].map((name) => window.modeler.get(name));
    const [owner, name] = holder(element, binding) ?? [];
    if (owner) return modeling.updateModdleProperties(element, owner, { [name]: value });
    if (binding.type === 'bpmn:Message#zeebe:subscription#property') {
      const of = message(element);
      const elements = of.get('extensionElements') ?? factory.create('bpmn:ExtensionElements', { values: [] });
      elements.$parent = of;
      const subscription = factory.create('zeebe:Subscription', { [binding.name]: value });
      subscription.$parent = elements;
      modeling.updateModdleProperties(element, of, { extensionElements: elements });
      return modeling.updateModdleProperties(element, elements, { values: [...elements.get('values'), subscription] });
    }
    if (!LISTS[binding.type]) throw new Error(`nothing to write ${JSON.stringify(binding)} to`);
    const [of, list, entry, key, attribute, from] = LISTS[binding.type];
    const elements = element.businessObject.get('extensionElements');
    let parent = extension(element.businessObject, of);
    if (!parent) {
      parent = factory.create(of);
      parent.$parent = elements;
      modeling.updateModdleProperties(element, elements, { values: [...elements.get('values'), parent] });
    }
    const made = factory.create(entry, { [key]: binding[from], [attribute]: value });
    made.$parent = parent;
    return modeling.updateModdleProperties(element, parent, { [list]: [...parent.get(list), made] });
  }

  const current = (id) => window.modeler.get('elementRegistry').find(({ businessObject }) => businessObject.get('zeebe:modelerTemplate') === id);

  /** What the modeler's linter says against the values of an element. */
  async function errors(template) {
    const { id } = current(template).businessObject;
    const found = await window.modeler.lint();
    return found.filter((one) => one.id === id && one.rule === 'element-templates/validate').map(({ message }) => message);
  }

  /** An element with the old template and what was entered, updated to the new one; the values at these bindings. */
  async function update({ old, next, entered, bindings }) {
    await window.modeler.place(old);
    const service = window.modeler.get('elementTemplates');
    for (const { binding, value } of entered) write(current(old.id), binding, value);
    const before = bindings.map((binding) => read(current(old.id), binding));
    window.modeler.setTemplates([old, next]);
    const offered = service.getLatest(old.id, { deprecated: true })[0]?.version === next.version;
    service.applyTemplate(current(old.id), service.get(next.id, next.version) ?? next);
    const after = bindings.map((binding) => read(current(next.id), binding));
    return { before, after, offered, errors: await errors(next.id) };
  }

  /**
   * As `update`, of an element in a diagram that has been saved and opened again, or in a given one: the saved diagram, the values after the
   * update, and the diagram saved after it.
   */
  async function saved({ xml, old, next, entered, bindings }) {
    const { modeler } = window;
    const before = xml ?? (await placed({ template: old, entered })).xml;
    const refusals = modeler.setTemplates([old, next]);
    if (refusals.length) throw new Error(refusals.join('; '));
    await modeler.open(before);
    const service = modeler.get('elementTemplates');
    service.applyTemplate(current(old.id), service.get(next.id, next.version));
    return { saved: before, ...(await state(next.id, bindings)) };
  }

  /** The values of an element in a diagram, and the diagram as it is saved. */
  async function state(id, bindings) {
    const after = bindings.map((binding) => read(current(id), binding));
    return { after, xml: await window.modeler.save() };
  }

  /** The same of a diagram that is opened, and what the modeler says against it. */
  async function opened({ xml, templates, id, bindings, lint = false }) {
    window.modeler.setTemplates(templates);
    const warnings = await window.modeler.open(xml);
    const reports = lint ? await window.modeler.lint() : [];
    return { warnings, ...(await state(id, bindings)), lint: reports.map(({ id: element, message }) => `${element}: ${message}`) };
  }

  /** A diagram in which an element has the template and what was entered. */
  async function placed({ template, entered }) {
    await window.modeler.place(template);
    for (const { binding, value } of entered) write(current(template.id), binding, value);
    return { xml: await window.modeler.save() };
  }

  return { update, saved, opened, placed };
})();
