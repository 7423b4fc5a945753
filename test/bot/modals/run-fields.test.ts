import { describe, expect, it } from 'vitest';
import { runFields } from '../../../src/bot/modals/run/run-fields.ts';
import { completions } from '../../../src/bot/modals/run/run-names.ts';
import { onSuggest } from '../../../src/bot/modals/run/suggest-names.ts';
import type { Config, ParameterConfig } from '../../../src/core/config/config.ts';
import { testConfig, testConfigSource, testParameter, testRunbook } from '../../support/config.ts';
import { isGoodView } from '../../support/slack-proxy/views.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `svc-${index}`);

function configWith(services: readonly string[], parameter: ParameterConfig): Config {
  const config = testConfig();
  const [service] = Object.values(config.services);
  if (service === undefined) throw new Error('there is a service');
  return {
    ...config,
    services: Object.fromEntries(services.map((name) => [name, service])),
    runbooks: { act: testRunbook('act', { parameters: { it: parameter } }) },
  };
}

function fieldOf(parameter: ParameterConfig, value?: string, services: readonly string[] = ['gianna']) {
  const config = configWith(services, parameter);
  const parameters: Record<string, string> = value === undefined ? {} : { it: value };
  const runbook = config.runbooks.act ?? testRunbook('act');
  const blocks = runFields(runbook, { parameters, dryRun: false, reason: '', confirm: '' }, config);
  const text = { type: 'plain_text', text: 'x' };
  expect(isGoodView({ title: text, submit: text, blocks })).toBe(true);
  return blocks[0];
}

describe('the field of a parameter', () => {
  it.each<[string, ParameterConfig, string, object]>([
    ['service', testParameter('service'), 'gianna', { type: 'static_select', initial_option: { value: 'gianna' } }],
    ['host', testParameter('host'), 'local', { type: 'static_select', initial_option: { value: 'local' } }],
    [
      'choice',
      testParameter('choice', { options: ['a', 'b'] }),
      'b',
      { type: 'static_select', initial_option: { value: 'b' } },
    ],
    ['choice of long words', testParameter('choice', { options: ['a'.repeat(80)] }), 'b', { type: 'plain_text_input' }],
    [
      'number',
      testParameter('number', { min: 1, max: 9 }),
      '3',
      { type: 'number_input', min_value: '1', max_value: '9', initial_value: '3' },
    ],
    ['text', testParameter('text'), 'words', { type: 'plain_text_input', initial_value: 'words' }],
    ['duration', testParameter('duration'), '4h', { type: 'plain_text_input', initial_value: '4h' }],
    ['ip', testParameter('ip'), '203.0.113.7', { type: 'plain_text_input', initial_value: '203.0.113.7' }],
    ['cidr', testParameter('cidr'), '203.0.113.0/24', { type: 'plain_text_input', initial_value: '203.0.113.0/24' }],
    ['secret', testParameter('secret'), 'DB_PASSWORD', { type: 'plain_text_input', initial_value: 'DB_PASSWORD' }],
  ])('of type %s is what Slack has for it, with what is given', (_type, parameter, value, element) => {
    const field = fieldOf(parameter, value);

    expect(field).toMatchObject({ block_id: 'it', optional: false, element: { ...element, action_id: 'value' } });
  });

  it('says the bounds of a duration as one is typed', () => {
    const field = fieldOf({ ...testParameter('duration'), min: 60, max: 604_800 });

    expect(field?.hint?.text).toBe('At least 1m, at most 7d. Such as 90s, 15m, 4h or 1h30m.');
  });

  it('says of a secret that its name is meant, and sends nothing before the form is submitted', () => {
    const field = fieldOf(testParameter('secret'));

    expect(field?.hint?.text).toContain('Never type the secret itself');
    expect(field).not.toHaveProperty('dispatch_action');
    expect(JSON.stringify(field)).not.toContain('on_enter_pressed');
  });

  it('completes what is typed when there are more names than a select holds', () => {
    const field = fieldOf(testParameter('service'), 'svc-7', names(101));

    expect(field?.element).toMatchObject({
      type: 'external_select',
      min_query_length: 0,
      initial_option: { value: 'svc-7' },
    });
    expect(fieldOf(testParameter('service'), 'svc-7', names(100))?.element.type).toBe('static_select');
  });

  it('of what may be left out is optional', () => {
    expect(fieldOf(testParameter('ip', { required: false }))).toMatchObject({ optional: true });
  });
});

describe('names that complete what was typed', () => {
  it.each([
    ['svc-12', ['svc-12', 'svc-120']],
    ['SVC_12', ['svc-12', 'svc-120']],
    ['worker', ['worker', 'eu-worker']],
    ['wroker', ['worker']],
    ['', ['svc-12', 'svc-120', 'worker', 'eu-worker']],
    ['zzzzzz', []],
  ])('%j', (typed, expected) => {
    expect(completions(typed, ['svc-12', 'svc-120', 'worker', 'eu-worker'])).toEqual(expected);
  });

  const meta = { runbook: 'act', incident: null, version: 0, channel: null, ts: null };
  const carried = JSON.stringify({ ...meta, planHash: null, targets: null, dryRun: false, shown: {} });
  async function suggested(body: object, parameter = testParameter('service')): Promise<string[]> {
    const answers: unknown[] = [];
    const config = testConfigSource(configWith(names(250), parameter));
    await onSuggest(body, async (payload) => void answers.push(payload), { config });
    const [answer] = answers as Array<{ options: Array<{ value: string }> }>;
    return answer?.options.map(({ value }) => value) ?? ['nothing was answered'];
  }

  it('are at most a hundred of those there are, for the field that asks', async () => {
    const asked = { block_id: 'it', view: { private_metadata: carried } };

    expect(await suggested({ ...asked, value: '' })).toEqual(names(100));
    expect(await suggested({ ...asked, value: '24' })).toEqual(
      ['svc-24', 'svc-124', 'svc-224', ...names(250).slice(240)].sort(byName),
    );
  });

  it.each<[string, object, ParameterConfig?]>([
    ['another field', { block_id: 'reason', value: '', view: { private_metadata: carried } }],
    ['a prototype', { block_id: '__proto__', value: '', view: { private_metadata: carried } }],
    ['another form', { block_id: 'it', value: '', view: { private_metadata: '{}' } }],
    [
      'what is typed freely',
      { block_id: 'it', value: '', view: { private_metadata: carried } },
      testParameter('secret'),
    ],
    ['nothing of ours', { type: 'block_suggestion' }],
  ])('are none for %s', async (_name, body, parameter) => {
    expect(await suggested(body, parameter)).toEqual([]);
  });
});

function byName(one: string, other: string): number {
  return names(250).indexOf(one) - names(250).indexOf(other);
}
