// Deploys a diagram to the broker that ZEEBE_REST_ADDRESS names.

import assert from 'node:assert/strict';

/** Resolves with the ids of the deployed processes; rejects with what the broker says against the diagram. */
export async function deploy(name, xml, address = process.env.ZEEBE_REST_ADDRESS) {
  assert.ok(address, 'ZEEBE_REST_ADDRESS names no broker: export $(scripts/zeebe start), or scripts/test');
  const body = new FormData();
  body.append('resources', new Blob([xml]), name);
  const response = await fetch(`${address}/v2/deployments`, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
  const answer = await response.text();
  assert.ok(response.ok, `the broker refuses ${name}: ${answer}`);
  return JSON.parse(answer).deployments.map(({ processDefinition }) => processDefinition.processDefinitionId);
}
