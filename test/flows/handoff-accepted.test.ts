import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { type HandoffWorld, openHandoffWorld } from '../support/handoff-world.ts';

// Mondays at 09:00 in São Paulo, 12:00 UTC: ana hands over to ben on 30 November 2026, ben to ana on 7 December.
const ANA = 'slack:U01ONCALL';
const BEN = 'slack:U03DEV';

function onlyPrimary(): Config {
  const { oncall, ...config } = testConfig();
  const { primary } = oncall.schedules;
  return { ...config, oncall: { ...oncall, schedules: primary === undefined ? {} : { primary } } };
}

describe('a shift changes hands when the next person accepts', () => {
  let world: HandoffWorld;

  beforeEach(async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T10:00Z', config: onlyPrimary() });
    world.facts = {
      open: ['GI-7 P1 acknowledged: Queue is long (Ana has it)'],
      silences: null,
      failing: ['cache warns: hit rate 0.61'],
      happened: ['in the last 24 hours 3 incidents (1 P1, 2 P2)'],
    };
  });
  afterEach(() => world.close());

  const toPerson = async (person: string) =>
    (await world.notices()).filter(({ to, title }) => 'person' in to && to.person === person && /primary/.test(title));

  it('gives the brief half an hour before, once, with what is open and a button', async () => {
    await world.passTo('2026-11-30T11:29:59Z');
    expect(await world.notices()).toEqual([]);

    await world.passTo('2026-11-30T11:31Z');

    const [brief, ...others] = await toPerson('ben');
    expect(others).toEqual([]);
    expect(new Date(brief?.askedAt ?? 0).toISOString()).toBe('2026-11-30T11:30:00.000Z');
    expect(brief?.title).toBe('Your shift in primary begins Mon 30 Nov 12:00');
    expect(brief?.lines).toEqual([
      'Mon 30 Nov 12:00 to Mon 7 Dec 12:00 (Europe/Lisbon), after Ana.',
      'Open incidents (1):',
      '• GI-7 P1 acknowledged: Queue is long (Ana has it)',
      'Silences: could not be asked.',
      'Failing probes (1):',
      '• cache warns: hit rate 0.61',
      'What happened (1):',
      '• in the last 24 hours 3 incidents (1 P1, 2 P2)',
      'Please accept HND-1: until somebody does, Ana stays first in line.',
    ]);
    expect(brief?.buttons).toEqual([{ action: 'handoff-accept', about: 'HND-1', label: 'Accept the shift' }]);
    expect((await toPerson('ana')).map(({ title }) => title)).toEqual(['Your shift in primary ends Mon 30 Nov 09:00']);
  });

  it('lets the next person take over at the handoff when it was accepted before, and tells who leaves', async () => {
    await world.passTo('2026-11-30T11:40Z');
    const outcome = await world.ask('handoff-accept', BEN, { id: 'HND-1' });

    expect(outcome).toMatchObject({ kind: 'done', text: expect.stringContaining('HND-1 is accepted') });
    expect((await toPerson('ana')).at(-1)).toMatchObject({
      title: 'Ben has accepted primary',
      lines: ['You are relieved at Mon 30 Nov 09:00. Thank you.'],
    });
    await world.passTo('2026-11-30T11:59:59Z');
    expect(world.onCall()).toEqual(['ana']);
    await world.passTo('2026-11-30T12:00:01Z');
    expect(world.onCall()).toEqual(['ben']);
    await world.passTo('2026-11-30T13:00Z');
    expect((await toPerson('ben')).length, 'nobody asks again').toBe(1);
  });

  it('keeps the previous person first in line until then, tells both, and ends at once when it is accepted late', async () => {
    await world.passTo('2026-11-30T12:00:01Z');

    expect(world.onCall()).toEqual(['ana', 'ben']);
    expect((await toPerson('ben')).at(-1)?.lines[0]).toContain('Until then Ana stays first in line');
    expect((await toPerson('ana')).at(-1)?.title).toBe('You stay first in line for primary');

    await world.passTo('2026-11-30T12:15:01Z');
    const inTheOpen = (await world.notices()).filter(({ to }) => 'channel' in to);
    expect(inTheOpen.map(({ title }) => title)).toContain('Nobody has accepted primary yet');

    await world.ask('handoff-accept', BEN);
    expect(world.onCall()).toEqual(['ben']);
    expect((await toPerson('ana')).at(-1)?.lines).toEqual(['You are relieved now. Thank you.']);
  });

  it('holds what it knows over a restart, and does late what fell due meanwhile, once', async () => {
    await world.awayUntil('2026-11-30T12:05Z');

    expect(world.onCall()).toEqual(['ana', 'ben']);
    const titles = (await toPerson('ben')).map(({ title }) => title);
    expect(titles.sort()).toEqual([
      'You are on call in primary: please accept',
      'Your shift in primary began Mon 30 Nov 12:00',
    ]);

    await world.awayUntil('2026-11-30T12:06Z');
    expect((await toPerson('ben')).length).toBe(2);
    expect(world.onCall()).toEqual(['ana', 'ben']);
  });

  it('is over when the shift is, accepted or not', async () => {
    await world.passTo('2026-12-07T12:00:01Z');

    expect(world.onCall(), 'the next one waits').toEqual(['ben', 'ana']);
    expect(await world.ask('handoff-accept', BEN, { id: 'HND-1' })).toMatchObject({ code: 'HANDOFF_OVER' });
  });

  it.each([
    ['somebody else', ANA, { id: 'HND-1' }, 'HANDOFF_NOT_YOURS'],
    ['one that is not there', BEN, { id: 'HND-99' }, 'HANDOFF_UNKNOWN'],
    ['somebody for whom none waits', 'slack:U02MGR', {}, 'HANDOFF_UNKNOWN'],
  ] as const)('refuses %s, and changes nothing', async (_what, by, args, code) => {
    await world.passTo('2026-11-30T11:45Z');

    expect(await world.ask('handoff-accept', by, args)).toMatchObject({ kind: 'refused', code });
    await world.passTo('2026-11-30T12:00:01Z');
    expect(world.onCall()).toEqual(['ana', 'ben']);
  });

  it('counts once however often it is accepted', async () => {
    await world.passTo('2026-11-30T11:45Z');

    expect(await world.ask('handoff-accept', BEN)).toMatchObject({ kind: 'done' });
    expect(await world.ask('handoff-accept', BEN, { id: 'HND-1' })).toMatchObject({ code: 'HANDOFF_ACCEPTED' });
    expect((await toPerson('ana')).filter(({ title }) => title === 'Ben has accepted primary')).toHaveLength(1);
  });
});
