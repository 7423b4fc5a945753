import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parametersOf, shippedRunbooks } from '../support/shipped-runbooks.ts';
import { callCli } from './call.ts';

const env = { GIANNA_CONFIG: fileURLToPath(new URL('../../config', import.meta.url)) };

it.each(shippedRunbooks())('the shipped runbook $runbook goes well on stand-ins', async ({ runbook, file }) => {
  const given = Object.entries(parametersOf(runbook)).map(([name, value]) => `${name}=${value}`);

  const { code, out, err } = await callCli(['runbook', 'test', file, ...given], env);

  expect({ code, err }, out).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/\nsucceeded: .*\n/);
});
