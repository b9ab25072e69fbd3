// What a process designer does in the modeler, with mouse and keyboard.

import assert from 'node:assert/strict';
import { settle } from './browser.mjs';

const padEntry = (page, action) => page.locator(`.djs-context-pad .entry[data-action="${action}"]`);

const menuEntry = (page, name) => page.locator('.djs-popup .entry', { has: page.locator('.djs-popup-label').getByText(name, { exact: true }) });

/** Searches the open menu for a template, and takes its entry for an operation, or its only one. */
async function take(page, { name, steps }, operation) {
  await page.locator('.djs-popup-search input').waitFor();
  await page.keyboard.type(name);
  const entry = steps ? menuEntry(page, operation).filter({ hasText: `${name}: ` }) : menuEntry(page, name);
  await entry.click();
}

async function appendTask(page) {
  await page.locator('[data-element-id=StartEvent_1]').click();
  await padEntry(page, 'append.append-task').click();
  // The modeler asks for the task's name first.
  await page.locator('.djs-direct-editing-content').waitFor();
  await page.keyboard.press('Escape');
}

/** Puts an intermediate event on the border of a task. */
async function attachEvent(page) {
  await appendTask(page);
  const { x, y, width, height } = await page.locator('.djs-shape[data-element-id^=Activity_] .djs-hit').first().boundingBox();
  await page.locator('.djs-palette .entry[data-action="create.intermediate-event"]').click();
  await page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
  await page.mouse.move(x + width / 2, y + height, { steps: 5 });
  await page.mouse.click(x + width / 2, y + height);
}

/** The ways to an element with a template, and in menus to one of its operations. */
export const WAYS = {
  async 'append menu'(page, template, operation) {
    await page.locator('[data-element-id=StartEvent_1]').click();
    await padEntry(page, 'append').click();
    await take(page, template, operation);
    await page.locator('.djs-direct-editing-content').waitFor();
    await page.keyboard.press('Escape');
  },
  async 'replace menu'(page, template, operation) {
    await appendTask(page);
    await padEntry(page, 'replace').click();
    await take(page, template, operation);
  },
  async 'boundary event'(page, template) {
    await attachEvent(page);
    await padEntry(page, 'replace').click();
    await take(page, template);
    // Without an end of its own it does not deploy.
    const event = page.locator('.djs-shape[data-element-id^=Event_]').first();
    const id = await event.getAttribute('data-element-id');
    await padEntry(page, 'append.end-event').click();
    await page.locator('.djs-direct-editing-content').waitFor();
    await page.keyboard.press('Escape');
    await page.locator(`[data-element-id=${id}] .djs-hit`).click();
  },
  async 'template chooser'(page, { name }) {
    await appendTask(page);
    await page.locator('.bio-properties-panel-select-template-button').click();
    // It has no search for a handful of templates.
    await menuEntry(page, name).click();
  },
};

/** The field with this label, of an open group. */
export function field(page, label) {
  const exactly = new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
  return page.locator('[data-entry-id]', { has: page.locator('label', { hasText: exactly }) });
}

/** Picks a dropdown's choice by typing its name, as the keyboard lets one. */
export async function pick(page, label, choice) {
  const select = field(page, label).locator('select');
  await select.focus();
  await page.keyboard.type(choice);
  await settle(page);
  const picked = await field(page, label).locator('select').evaluate(({ selectedOptions }) => selectedOptions[0]?.textContent);
  assert.equal(picked, choice, `${label} is picked`);
}

/** Sets a check box. */
export async function check(page, label, checked) {
  await field(page, label).locator('input[type=checkbox]').setChecked(checked);
  await settle(page);
}

/** Types into a field in place of what it holds. A leading `=` makes it an expression. */
export async function type(page, label, value) {
  const entry = field(page, label);
  const editor = entry.locator('.cm-content');
  let rest = value;
  if ((await editor.count()) === 0) {
    await entry.locator('input, textarea').click();
    await page.keyboard.press('Control+A');
    if (value.startsWith('=')) {
      await page.keyboard.press('=');
      await settle(page);
      await editor.waitFor();
      rest = value.slice(1);
    }
  } else {
    await editor.click();
    await page.keyboard.press('Control+A');
    // The editor shows the = in front of it.
    rest = value.replace(/^=/, '');
  }
  await page.keyboard.type(rest);
  await settle(page);
}
