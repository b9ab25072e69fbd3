// Reads the properties panel as it is on the screen.

const GROUP = '.bio-properties-panel-group';
const HEADER = `${GROUP}-header`;
const TEXTS = ['label', 'error', 'description', 'group-header-title'].map((kind) => `.bio-properties-panel-${kind}`).join(', ');

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
      const checkBox = entry.querySelector('input[type=checkbox]');
      if (checkBox) return checkBox.checked ? 'checked' : '';
      const expression = [...entry.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
      if (entry.querySelector('.cm-editor')) return expression && `=${expression}`;
      return entry.querySelector('input, textarea')?.value;
    }

    function kindOf(entry) {
      // The editor of JSON opens in a window of its own.
      if (entry.querySelector('.bio-properties-panel-json-editor, [class*=json-editor]')) return 'JSON';
      if (entry.querySelector('.cm-editor')) return 'FEEL';
      const { tagName, type } = entry.querySelector('select, textarea, input') ?? {};
      if (type === 'checkbox') return 'check box';
      if (type === 'number') return 'number';
      return { SELECT: 'dropdown', TEXTAREA: 'text area', INPUT: 'text' }[tagName];
    }

    function controlOf(entry) {
      const kind = kindOf(entry);
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

/** The texts that are drawn wider than their place in the panel: cut, or over their neighbour. */
export function overflowing(page) {
  return page.evaluate((kinds) => {
    const { right } = document.querySelector('#properties').getBoundingClientRect();
    const isWide = (text) => text.scrollWidth > text.clientWidth + 1 || text.getBoundingClientRect().right > right;
    return [...document.querySelectorAll(kinds)].filter(isWide).map((text) => text.textContent.trim());
  }, TEXTS);
}
