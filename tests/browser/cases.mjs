// What a designer enters for each operation and authentication of the Power Automate templates.
//
// A row is a field's label and its value, see `enter` in run.mjs.

import { readFileSync } from 'node:fs';

const template = (file) => JSON.parse(readFileSync(new URL(`../../generated/element-templates/${file}.json`, import.meta.url), 'utf8'));

// Each variant comes onto the diagram by another way for each authentication.
const VARIANTS = [
  { file: 'power-automate', ways: { oauth: 'replace menu', bearer: 'append menu' } },
  { file: 'power-automate-hosted', ways: { oauth: 'append menu', bearer: 'template chooser' } },
].map((variant) => ({ ...variant, template: template(variant.file) }));

// With OAuth the rest of the fields gets text, with the bearer token it gets expressions.
const AUTHENTICATIONS = {
  oauth: {
    name: 'OAuth 2.0',
    required: [
      ['Client ID', '{{secrets.POWER_AUTOMATE_CLIENT_ID}}'],
      ['Client secret', '{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}'],
      ['OAuth Token Endpoint', 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token'],
      ['Organization URI', 'https://org11aaa11a.crm4.dynamics.com'],
    ],
    optional: [
      ['Result variable', 'answer'],
      ['Error expression', '= if error.code = "404" then bpmnError("NO_RUN", "there is no such run") else null'],
      ['Retries', '5'],
      ['Retry back-off', 'PT1M'],
      ['Job timeout', 'PT2M'],
    ],
  },
  bearer: {
    name: 'Bearer Token',
    required: [
      ['Bearer', '{{secrets.POWER_AUTOMATE_BEARER_TOKEN}}'],
      ['Organization URI', '= environment.uri'],
    ],
    optional: [
      ['Result expression', '= {answer: response}'],
      ['Retries', '= attempts'],
      ['Retry back-off', 'PT0S'],
      ['Job timeout', 'P1DT12H'],
    ],
  },
};

const SESSION = {
  oauth: { required: [['Flow session ID', 'bb2a1f33-e5b9-ed11-83fe-000d3ab4f483']], optional: [] },
  bearer: { required: [['Flow session ID', '= flowSessionId']], optional: [] },
};

const OPERATIONS = {
  'trigger-flow-run': {
    name: 'Trigger a flow run',
    oauth: {
      required: [
        ['Workflow ID', '0a1b2c3d-1111-2222-3333-444455556666'],
        ['Connection name', 'shared-uiflow-0a1b2c3d-1111-2222-3333-444455556666'],
        ['Connection type', { pick: 'Connection reference' }],
        ['Run mode', { pick: 'Unattended' }],
      ],
      optional: [
        ['Run priority', 'high'],
        ['Timeout', '7200'],
        ['Inputs', '{"Invoice":"4711"}'],
        ['Callback URL', 'https://example.org/inbound/flow-run-finished'],
      ],
    },
    bearer: {
      required: [
        ['Workflow ID', '= workflowId'],
        ['Connection name', '= connection.name'],
        ['Run mode', { pick: 'Attended' }],
      ],
      optional: [
        ['Run priority', '= if urgent then "high" else "normal"'],
        ['Timeout', '= 60 * minutes'],
        ['Inputs', '= inputs'],
        ['Callback URL', '= "https://example.org/inbound/" + token'],
      ],
    },
  },
  'get-flow-run-status': { name: 'Get the status of a flow run', ...SESSION },
  'get-flow-outputs': { name: 'Get flow outputs', ...SESSION },
  'cancel-flow-run': { name: 'Cancel a flow run', ...SESSION },
};

export const TEMPLATES = VARIANTS.map((variant) => variant.template);

export const CASES = VARIANTS.flatMap(({ file, template, ways }) =>
  Object.entries(OPERATIONS).flatMap(([id, operation]) =>
    Object.entries(AUTHENTICATIONS).map(([kind, authentication]) => ({
      id: `${file}.${id}.${kind}`,
      template,
      way: ways[kind],
      operation: operation.name,
      title: `${template.name}: ${operation.name}, ${authentication.name}`,
      setup: [['Authentication', { pick: authentication.name }]],
      required: [...authentication.required, ...operation[kind].required],
      optional: [...operation[kind].optional, ...authentication.optional],
    })),
  ),
);
