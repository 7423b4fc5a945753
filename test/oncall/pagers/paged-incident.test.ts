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

  describe('beside the policy', () => {
    const beyond = { why: 'escalate', number: 1, by: 'slack:U09GUEST', message: 'written', seconds: null } as const;
    const owned = { ...state, status: 'acknowledged', owner: 'slack:U02MGR' };
    const payloads: Record<string, string | null> = {
      digest: '{"title":"Database is down"}',
      written: 'come \u202e now',
    };
    const of = async (request: Partial<PageRequest>, texts = payloads, incident: object = owned) => {
      const journal = {
        aggregate: async () => ({ state: incident }) as never,
        payload: async (id: string) => texts[id] ?? null,
      };
      return wordsOf(journal, { ...REQUEST, beyond, ...request }, CONTEXT);
    };

    it('is also who calls, and what they wrote, without controls', async () => {
      expect((await of({ people: ['ana'] }))?.call).toEqual({
        why: 'escalate',
        by: 'name of slack:U09GUEST',
        says: 'name of slack:U09GUEST escalates it to you',
        brief: 'escalated to you',
        message: 'come ⟨U+202E⟩ now',
        answer: 'take-over',
        taker: 'ana',
      });
    });

    it('names people of oncall.yml as the rest of a page does', async () => {
      const call = (await of({ beyond: { ...beyond, why: 'level' } }))?.call;
      const called = (await of({ beyond: { ...beyond, by: 'slack:U03BEN' } }))?.call;

      expect(call?.says).toBe('marco has it and does not answer: please look');
      expect(called?.says).toBe('ben escalates it to you');
    });

    it('is who calls alone where the text was erased', async () => {
      expect((await of({}, { ...payloads, written: null }))?.call?.message).toBeNull();
    });

    it.each([
      ['its owner', ['marco'], owned, 'still-on-it'],
      ['somebody else', ['ana'], owned, 'take-over'],
      ['an address that is nobody', [], owned, 'take-over'],
      ['anybody while it fires', ['ana'], { ...owned, status: 'firing', owner: null }, 'ack'],
    ] as const)('is answered as the incident stands by %s', async (_who, people, incident, answer) => {
      expect((await of({ people }, payloads, incident))?.call?.answer).toBe(answer);
    });

    it.each([
      ['ask', 'Without an answer: ben, contact:ops at 14:10 UTC'],
      ['owner', 'Without an answer: ben, contact:ops at 14:10 UTC'],
      ['level', null],
      ['escalate', 'Next: ben, contact:ops at 14:10 UTC'],
    ] as const)('says who follows after %s', async (why, next) => {
      expect((await of({ beyond: { ...beyond, why } }))?.next).toBe(next);
    });
  });
});
