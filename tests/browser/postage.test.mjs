// The templates of the example connector in the modeler: controls, elements and conditions that Power Automate has none of.

import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { start } from './browser.mjs';
import { run } from './run.mjs';

const FOLDER = new URL('../../examples/postage/generated/element-templates/', import.meta.url);
const template = (file) => JSON.parse(readFileSync(new URL(`${file}.json`, FOLDER), 'utf8'));

const FILES = ['postage', 'postage-message-throw-event', 'postage-hybrid', 'postage-hybrid-message-throw-event'];
const TEMPLATES = FILES.map(template);

const ACCOUNT = [['Account', { pick: 'Contract' }]];
const CONTRACT = [['Contract number', '12'], ['PIN', '{{secrets.POSTAGE_PIN}}']];

const CASES = [
  {
    id: 'postage.quote',
    template: TEMPLATES[0],
    way: 'replace menu',
    operation: 'Quote a parcel',
    setup: [...ACCOUNT, ['Express', { check: true }]],
    required: [...CONTRACT, ['Weight', '= 1.5'], ['Items', '= [{content: "book"}]']],
    optional: [['Longest side', '60'], ['Not after', '10']],
  },
  {
    id: 'postage.ship.shop',
    template: TEMPLATES[1],
    way: 'append menu',
    operation: 'Ship a parcel',
    setup: [['Handover', { pick: 'Shop' }], ['Notice', { pick: 'Message' }]],
    required: [['Labels', '2'], ['Phone number', '+49301234567']],
    optional: [['Label text', 'Hello'], ['Insured', { check: true }], ['Worth', '= price * 2']],
  },
  {
    id: 'postage.ship.pickup',
    template: TEMPLATES[2],
    way: 'append menu',
    operation: 'Ship a parcel',
    setup: [['Job type', 'io.example:postage:test'], ['Handover', { pick: 'Pickup' }], ['Window', { pick: 'Hour' }]],
    required: [['Labels', '3'], ['Street', 'Main Street 1'], ['City', 'Springfield'], ['From', '9']],
    optional: [
      ['Contact', 'Ada'],
      ['Limit', '20'],
      // Now that there are directions, nobody is to be called.
      ['Directions', 'Past the oak.'],
      ['Language', { pick: 'German' }],
    ],
  },
].map((one) => ({ ...one, title: `${one.template.name}: ${one.operation}` }));

let browser;
before(async () => (browser = await start()));
after(() => browser?.stop());

describe('Postage', { concurrency: 2 }, () => {
  for (const one of CASES) test(one.id, { timeout: 120_000 }, () => run(browser, TEMPLATES, one));
});
