// Tabs by the keyboard, too: arrows lead from one to the next.

import { element } from './elements.js';

/**
 * Tabs in a list. `show(tabs)` puts these in place of those before: `{ id, label, content }`, where `content()` makes what
 * is shown, once it is. The tab that was chosen stays chosen where it can.
 */
export function makeTabs(list) {
  const panel = element('div', { role: 'tabpanel', id: 'panel', tabindex: '0' });
  list.after(panel);
  let tabs = [];
  let chosen = null;

  function choose(id) {
    const tab = tabs.find((one) => one.id === id) ?? tabs[0];
    chosen = tab?.id ?? null;
    for (const button of list.children) {
      const selected = button.dataset.tab === chosen;
      button.setAttribute('aria-selected', String(selected));
      button.tabIndex = selected ? 0 : -1;
    }
    panel.replaceChildren(...(tab ? [tab.content()].flat() : []));
    panel.setAttribute('aria-label', tab?.label ?? '');
  }

  list.addEventListener('keydown', ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!step || tabs.length === 0) return;
    const index = tabs.findIndex(({ id }) => id === chosen);
    choose(tabs[(index + step + tabs.length) % tabs.length].id);
    list.querySelector('[aria-selected=true]').focus();
  });

  return {
    panel,
    choose,
    chosen: () => chosen,
    show(next) {
      tabs = next;
      const button = ({ id, label }) => element('button', { role: 'tab', type: 'button', 'data-tab': id, 'aria-controls': 'panel', onclick: () => choose(id) }, label);
      list.replaceChildren(...tabs.map(button));
      choose(chosen);
    },
  };
}
