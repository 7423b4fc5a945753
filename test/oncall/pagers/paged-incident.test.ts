import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../src/oncall/page.ts';
import { wordsOf } from '../../../src/oncall/pagers/paged-incident.ts';
import { headline, smsText } from '../../../src/oncall/pagers/words.ts';
import { testConfig } from '../../support/config.ts';

const AT = Date.UTC(2026, 10, 23, 14, 2, 0);
const REQUEST: PageRequest = {
  incident: 'GI-42',
  severity: 'P0',
  cycle: 1,
  level: 1,
  round: 0,
  means: 'sms',
  people: ['marco'],
  targets: [],
  dueAt: AT,
  next: { at: AT + 480_000, people: ['ben'], targets: ['contact:ops'] },
};

const CONTEXT = { now: AT, ackUrl: null, oncall: testConfig().oncall, nameOf: (actor: string) => `name of ${actor}` };
const state = { id: 'GI-42', severity: 'P0', service: 'gianna', openedAt: AT, about: 'digest' };
const reader = {
  aggregate: async () => ({ state }) as never,
  payload: async () => JSON.stringify({ title: 'Database is down' }),
};

describe('what a page says of its incident', () => {
  it('is its title, service, when it opened, and who is next', async () => {
    const words = await wordsOf(reader, REQUEST, CONTEXT);

    expect(words).toMatchObject({
      incident: 'GI-42',
      title: 'Database is down',
      service: 'gianna',
      since: AT,
      next: 'Next: ben, contact:ops at 14:10 UTC',
    });
  });

  it('says to an admin that Slack takes no pages, and still which incident it is', async () => {
    const words = await wordsOf(reader, { ...REQUEST, notice: 'slack-silent' }, CONTEXT);

    expect(words === null ? '' : headline(words)).toBe(
      'P0 GI-42 Slack takes no pages, they go by other means. Database is down (gianna)',
    );
    expect(words === null ? '' : smsText(words)).toContain('Slack takes no pages');
  });

  it('is nothing for an incident that is not there, and the id where the text was erased', async () => {
    const erased = await wordsOf({ ...reader, payload: async () => null }, REQUEST, CONTEXT);

    expect(erased?.title).toBe('GI-42');
    expect(await wordsOf({ ...reader, aggregate: async () => null }, REQUEST, CONTEXT)).toBeNull();
  });
});
