// Reads the properties panel as it is on the screen.

const GROUP = '.bio-properties-panel-group';
const HEADER = `${GROUP}-header`;

/** Opens every group that is closed. */
export async function openGroups(page) {
  const closed = page.locator(`${GROUP}:has(> ${GROUP}-entries) > ${HEADER}:not(.open)`);
  while (await closed.count()) await closed.first().click();
}

/**
 * The groups in their order: `{ label, ofTemplate, fields }`, of which each field is
 * `{ label, control, value, choices, error }`.
 */
export function readPanel(page) {
  return page.evaluate((selector) => {
    const text = (element) => element?.textContent.trim() ?? '';

    function valueOf(entry) {
      const select = entry.querySelector('select');
      if (select) return text(select.selectedOptions[0]);
      const lines = [...entry.querySelectorAll('.cm-line')].map((line) => line.textContent);
      if (lines.length > 0) return lines.join("\n") && `=${lines.join("\n")}`;
      return entry.querySelector('input, textarea')?.value;
    }

    function controlOf(entry) {
      const kind = entry.querySelector('.cm-editor')
        ? 'FEEL'
        : { SELECT: 'dropdown', TEXTAREA: 'text area', INPUT: 'text' }[entry.querySelector('select, textarea, input')?.tagName];
      const toggle = entry.querySelector('.bio-properties-panel-feel-icon.optional');
      return toggle && kind !== 'FEEL' ? `${kind} or FEEL` : kind;
    }

    const fieldOf = (entry) => ({
      label: text(entry.querySelector('label')),
      control: controlOf(entry),
      value: valueOf(entry),
      choices: [...entry.querySelectorAll('option')].map(text),
      error: text(entry.querySelector('.bio-properties-panel-error')) || null,
    });

    return [...document.querySelectorAll(selector)].map((group) => ({
      label: text(group.querySelector(`${selector}-header-title`)),
      ofTemplate: group.dataset.groupId.startsWith('group-ElementTemplates__CustomProperties'),
      fields: [...group.querySelectorAll('[data-entry-id]')].map(fieldOf),
    }));
  }, GROUP);
}

/** The errors that stand at fields, in their order. */
export const errorsOf = (groups) => groups.flatMap(({ fields }) => fields.map(({ error }) => error)).filter(Boolean);

/** What is drawn wider than its place in the panel: cut, or over its neighbour. */
export function overflowing(page) {
  return page.evaluate(() => {
    const { right } = document.querySelector('#properties').getBoundingClientRect();
    const drawn = [...document.querySelectorAll('#properties :is(label, .bio-properties-panel-error, .bio-properties-panel-description, .bio-properties-panel-group-header-title)')];
    return drawn.filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > right).map((element) => element.textContent.trim());
  });
}
