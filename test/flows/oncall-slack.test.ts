import type { KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNotice } from '../../src/journal/notice.ts';
import { MONDAY_TEN } from '../oncall/roster-room.ts';
import { ANA, BEN, GUS, MARCO, openRosterDesk, type RosterDesk } from '../support/roster-desk.ts';

const HOUR = 3600;

describe('who is on call is changed from Slack', () => {
  let desk: RosterDesk;
  beforeEach(async () => {
    desk = await openRosterDesk();
  });
  afterEach(() => desk.close());

  const listed = async () => (await desk.room.journal().eventsOf('override', 'OVR-1')).map(({ type }) => type);

  async function notices(): Promise<string[]> {
    const effects = await desk.room.journal().effects({ kinds: ['notice'] });
    const read = await Promise.all(effects.map((effect) => readNotice(desk.room.journal(), effect)));
    return read.map((notice) => `${JSON.stringify(notice?.to)} ${notice?.title}: ${notice?.lines.join(' | ')}`).sort();
  }

  it('pages the stand-in at the next level, and says who is on call in whose place', async () => {
    await desk.room.fire();
    const told = await desk.say(ANA, 'oncall override <@U02MGR> for 4h --schedule primary --reason at the dentist');
    const oncall = await desk.say(BEN, 'oncall');
    await desk.room.pass(5 * 60);

    expect(told).toContain('🕑 4h, until 2026-11-23 14:00 (America/Sao_Paulo).');
    expect(told).toMatch(/✓ \*OVR-1\* · `primary` · \*Marco\* in place of Ana · <!date\^\d+/);
    expect(oncall).toMatch(/`primary` \*Marco\*.* in place of Ana until <!date/);
    expect(await desk.room.paged()).toEqual(['1 ana, marco', '2 marco']);
  });

  it('reads times by the clock of who says them', async () => {
    await desk.say(MARCO, 'oncall override ben until 18:00 in backup');
    const said = await desk.say(BEN, 'oncall override me from fri 18:00 until mon 9am in primary');

    expect(said).toContain('🕑 from 2026-11-27 18:00 (Europe/Lisbon), 2d15h, until 2026-11-30 09:00 (Europe/Lisbon).');
    expect(await desk.say(ANA, 'oncall overrides')).toContain(`<!date^${Date.UTC(2026, 10, 27, 18) / 1000}^`);
  });

  it('tells both of a swap, in words, and asks neither', async () => {
    const told = await desk.say(ANA, 'oncall swap @ben --schedule primary --reason a wedding');

    expect(told).toContain('Ana and Ben exchange');
    expect(desk.room.onCall('primary')).toEqual(['ben']);
    const sent = await notices();
    expect(sent.map((each) => each.slice(0, 16))).toEqual(['{"person":"ana"}', '{"person":"ben"}']);
    expect(sent[0]).toContain('ben in place of ana from Mon 2026-11-23 10:00');
    expect(sent[1]).toContain('ben in place of ana from Mon 2026-11-23 13:00 to Mon 2026-11-30 12:00 (Europe/Lisbon)');
    expect(sent[0]).toContain('Why: a wedding');
    expect(sent[0]).toContain('/gianna oncall override-remove OVR-1');
  });

  it('counts once when two press Remove at once, and says so to the other', async () => {
    await desk.say(ANA, 'oncall override marco for 4h --schedule primary');
    await desk.say(MARCO, 'oncall overrides');
    const [one, other] = await Promise.all([
      desk.press(MARCO, 'override-remove', 'OVR-1', '1.1'),
      desk.press(ANA, 'override-remove', 'OVR-1', '1.2'),
    ]);
    const twice = await desk.press(MARCO, 'override-remove', 'OVR-1', '1.1');

    expect([one, other].join('\n')).toContain('✓ OVR-1 is removed');
    expect([one, other].join('\n')).toContain('ℹ OVR-1 was removed already.');
    expect(twice).toContain('It counts once');
    expect(await listed()).toEqual(['override.made', 'override.removed']);
    expect(desk.room.onCall('primary')).toEqual(['ana']);
    expect((await notices()).filter((each) => each.includes('removed the override'))).toHaveLength(2);
  });

  it('changes nothing for who may not, and lists without a button to remove', async () => {
    await desk.say(ANA, 'oncall override marco for 4h --schedule primary');
    const denied = await desk.say(GUS, 'oncall override ben for 4h --schedule primary');
    const pressed = await desk.press(GUS, 'override-remove', 'OVR-1');
    const list = await desk.say(GUS, 'oncall overrides');

    expect(denied).toContain('needs the role responder');
    expect(pressed).toContain('needs the role responder');
    expect(list).toContain('*Marco* in place of Ana');
    expect(JSON.stringify(desk.answer().blocks)).not.toContain('gi.override-remove');
    expect(await listed()).toEqual(['override.made']);
  });

  it('lists the shifts of four weeks with what was changed by hand', async () => {
    await desk.say(ANA, 'oncall override marco for 4h --schedule primary');
    const ana = await desk.say(ANA, 'oncall shifts');
    const marco = await desk.press(MARCO, 'shifts', null);
    const gus = await desk.say(GUS, 'oncall shifts');
    const nora = await desk.say(ANA, 'oncall shifts <@U09GUEST>');

    expect(ana).toContain('*Your shifts*');
    expect(ana).toContain('not you: *Marco* stands in');
    expect(ana).toMatch(/Next handoff: you take over `primary`/);
    expect(ana).toContain('`backup`');
    expect(marco).toContain('`primary` · 4 h on call');
    expect(marco).toContain('in place of Ana');
    expect(gus).toContain('You are nobody in `oncall.yml`');
    expect(nora).toContain('The account `U09GUEST` is nobody in `oncall.yml`');
  });

  it('opens the form for what is not whole, filled in, and stores nothing', async () => {
    await desk.say(ANA, 'oncall override marco for 4h');

    expect(desk.form()).toMatchObject({ callback_id: 'gi.override' });
    expect(initials(desk)).toEqual({ person: 'marco', schedule: 'primary', seconds: '14400' });
    expect(planShown(desk)).toMatch(/\*Marco\* in place of Ana · <!date/);
    expect(await listed()).toEqual([]);
  });

  it('opens the form to page somebody with whom and what, however they were named', async () => {
    await desk.say(ANA, 'oncall page <@U02MGR> the checkout is slow');
    const byMention = initials(desk);
    await desk.say(ANA, 'oncall page @backup the checkout is slow');

    expect(desk.form()).toMatchObject({ callback_id: 'gi.page' });
    expect(byMention).toEqual({ to: 'person:marco', about: 'new' });
    expect(initials(desk)).toEqual({ to: 'schedule:backup', about: 'new' });
    expect(JSON.stringify(desk.form())).toContain('"initial_value":"the checkout is slow"');
  });

  it('takes an override from the form: a begin that has just passed is now', async () => {
    await desk.press(ANA, 'override', null);
    await desk.room.pass(10 * 60);
    const { ack, told } = await desk.submit(ANA, {
      person: 'marco',
      schedule: 'primary',
      from: MONDAY_TEN / 1000,
      to: MONDAY_TEN / 1000 + 4 * HOUR,
      reason: 'at the dentist',
    });
    const [made] = await desk.room.journal().eventsOf('override', 'OVR-1');

    expect(ack).toBeUndefined();
    expect(told).toContain('*Marco* in place of Ana');
    expect(made?.data).toMatchObject({
      turns: [{ people: ['marco'], from: '2026-11-23T10:10', to: '2026-11-23T14:00' }],
    });
  });

  it.each<[string, Record<string, string | number>, string, string]>([
    ['override', { person: 'marco', schedule: 'primary' }, 'seconds', 'Choose how long'],
    ['override', { person: 'marco', schedule: 'primary', seconds: '3600', to: 1_795_500_000 }, 'to', 'not both'],
    ['override', { person: 'nora', schedule: 'primary', seconds: '3600' }, 'person', 'nobody called'],
    ['override', { person: 'ben', schedule: 'primary', from: 1_700_000_000, seconds: '3600' }, 'from', 'in the past'],
    ['override', { person: 'ben', schedule: 'primary', to: 1_700_000_000 }, 'seconds', 'end before it begins'],
    ['swap', { person: 'ana', schedule: 'primary' }, 'with', 'Who?'],
    ['swap', { person: 'ana', with: 'ana', schedule: 'primary' }, 'with', 'cannot exchange'],
    ['swap', { person: 'ana', with: 'marco', schedule: 'primary' }, 'with', 'no shift in primary'],
    ['swap', { with: 'ben', schedule: 'primary' }, 'person', 'Choose somebody'],
  ])('says under the field of %s what is wrong, and changes nothing: %j', async (form, values, field, words) => {
    await desk.press(ANA, form, null);
    const { ack } = await desk.submit(ANA, values);

    expect(ack).toMatchObject({ response_action: 'errors', errors: { [field]: expect.stringContaining(words) } });
    expect(await listed()).toEqual([]);
  });

  it('shows in the form of a swap exactly what changes, anew with each pick, by the rules that decide', async () => {
    await desk.press(ANA, 'swap', null);
    const empty = planShown(desk);
    await desk.change(ANA, { person: 'ana', with: 'ben', schedule: 'primary' });
    const shown = planShown(desk);
    await desk.change(ANA, { person: 'ana', with: 'marco', schedule: 'primary' });
    const refused = planShown(desk);
    await desk.submit(ANA, { person: 'ana', with: 'ben', schedule: 'primary' });
    const [made] = await desk.room.journal().eventsOf('override', 'OVR-1');

    expect(empty).toContain('once everything above is filled in');
    expect(shown).toContain(`• *Ben* in place of Ana · <!date^${MONDAY_TEN / 1000}^`);
    expect(shown).toContain(`• *Ana* in place of Ben · <!date^${Date.parse('2026-11-30T12:00:00Z') / 1000}^`);
    expect(refused).toContain('⛔ marco has no shift in primary');
    expect(made?.data).toMatchObject({
      swap: ['ana', 'ben'],
      turns: [
        { people: ['ben'], to: '2026-11-30T09:00' },
        { people: ['ana'], from: '2026-11-30T09:00' },
      ],
    });
  });
});

function planShown(desk: RosterDesk): string {
  const blocks = desk.form().blocks as KnownBlock[];
  const plan = blocks.find(({ block_id }) => block_id === 'plan');
  return plan?.type === 'section' ? (plan.text?.text ?? '') : '';
}

function initials(desk: RosterDesk): Record<string, unknown> {
  const blocks = desk.form().blocks as KnownBlock[];
  const values = blocks.flatMap((block) => {
    if (block.type !== 'input') return [];
    const { element } = block;
    if (element.type === 'static_select') return [[block.block_id, element.initial_option?.value]];
    return element.type === 'datetimepicker' ? [[block.block_id, element.initial_date_time]] : [];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
