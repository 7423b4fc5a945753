import { describe, expect, it } from 'vitest';
import { drawable } from './dates.ts';

const TOKEN = '<!date^1795401578^{date_short_pretty} {time}|2026-11-23 02:39 UTC>';

describe('date tokens for a peer that does not draw them', () => {
  it('become their fallback in a form, its JSON fields and in a JSON body, and nothing else changes', () => {
    const blocks = JSON.stringify([{ text: `since ${TOKEN} & <@U1>` }]);
    const form = new URLSearchParams({ channel: 'C1', text: `at ${TOKEN}`, blocks }).toString();

    const sentForm = drawable('application/x-www-form-urlencoded', Buffer.from(form)).toString();
    const sentJson = drawable('application/json', Buffer.from(`{"text":"at ${TOKEN}"}`)).toString();

    expect(Object.fromEntries(new URLSearchParams(sentForm))).toEqual({
      channel: 'C1',
      text: 'at 2026-11-23 02:39 UTC',
      blocks: '[{"text":"since 2026-11-23 02:39 UTC & <@U1>"}]',
    });
    expect(sentJson).toBe('{"text":"at 2026-11-23 02:39 UTC"}');
  });

  it('leave the groups of a select as one list that names them', () => {
    const option = { text: { type: 'plain_text', text: 'Snooze…' }, value: 'v' };
    const select = { type: 'static_select', option_groups: [{ label: { text: 'Mitigate' }, options: [option] }] };
    const form = new URLSearchParams({ blocks: JSON.stringify([{ type: 'actions', elements: [select] }]) }).toString();

    const sent = new URLSearchParams(drawable('application/x-www-form-urlencoded', Buffer.from(form)).toString());

    const [block] = JSON.parse(sent.get('blocks') ?? '[]') as Array<{ elements: object[] }>;
    expect(block?.elements).toEqual([
      { type: 'static_select', options: [{ ...option, text: { type: 'plain_text', text: 'Mitigate · Snooze…' } }] },
    ]);
  });

  it('stay in what is neither form nor JSON', () => {
    expect(drawable('text/plain', Buffer.from(TOKEN)).toString()).toBe(TOKEN);
  });
});
