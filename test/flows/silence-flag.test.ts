import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';

const LLM = { alertname: 'LlmDown', severity: 'critical', component: 'llm', instance: 'a' };
const MATCHERS = 'alertname=LlmDown, severity=critical, component=llm';

describe('an incident whose every firing alert is muted', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
    await room.deliver([{ fingerprint: 'f1', labels: LLM }]);
  });
  afterEach(() => room.close());

  const silence = async (seconds = 7200) => {
    await room.silence(MATCHERS, { incident: 'GI-1', seconds });
    await room.settled();
  };
  const levels = async () => [...new Set((await room.pages()).map(({ level }) => level))].sort();

  it('is flagged with who, until when and by which silence, and nobody is paged for it', async () => {
    await silence();

    const incident = await room.incident('GI-1');
    expect(incident.flags).toContain('silenced');
    expect(incident.quiet).toEqual({
      kind: 'silenced',
      until: room.clock.now() + 7_200_000,
      by: 'slack:U01ONCALL',
      silence: 'SIL-1',
    });
    expect((await room.timeline('GI-1')).join('\n')).toContain('a known cause');

    await room.pass(7000);
    expect(await levels()).toEqual([1]);
  });

  it('is heard again when the silence ends, and its pages go on', async () => {
    await silence();

    await room.pass(7200);
    await room.pass(3600);

    expect((await room.desk().ask.view('SIL-1'))?.status).toBe('expired');
    expect((await room.incident('GI-1')).flags).not.toContain('silenced');
    expect((await levels()).length).toBeGreaterThan(1);
  });

  it('is heard again when the silence is lifted, and its pages go on', async () => {
    await silence();
    await room.pass(1800);

    const outcome = await room.ask('lift', { id: 'SIL-1' }, { by: 'slack:U03DEV' });
    await room.settled();
    await room.pass(3600);

    expect(outcome.text).toBe('SIL-1 is being lifted: what still fires goes on paging.');
    expect(room.alertmanager.live()).toEqual([]);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'lifted' });
    expect((await room.incident('GI-1')).quiet).toBeNull();
    expect((await levels()).length).toBeGreaterThan(1);
    expect(await room.timeline('GI-1')).toContain('slack:U03DEV: SIL-1 lifted');
  });

  it('stays silent for longer when the silence is extended', async () => {
    await silence();
    await room.pass(7000);

    await room.ask('silence-extend', { id: 'SIL-1', seconds: 3600 });
    await room.settled();
    await room.pass(3000);

    const until = (await room.incident('GI-1')).quiet?.until;
    expect(until).toBe(Date.parse(room.alertmanager.live()[0]?.endsAt ?? ''));
    expect(room.alertmanager.silences).toHaveLength(1);
    expect(await levels()).toEqual([1]);
  });

  it('is heard when an alert joins it that the silence does not cover, and silent again when that ends', async () => {
    await silence();
    const other = { ...LLM, severity: 'warning' };
    await room.deliver([{ fingerprint: 'f2', labels: other, startsAt: room.clock.now() }]);

    expect((await room.incident('GI-1')).quiet).toBeNull();

    room.clock.advance(60_000);
    const ended = {
      fingerprint: 'f2',
      labels: other,
      status: 'resolved' as const,
      startsAt: room.clock.now() - 60_000,
    };
    await room.deliver([{ ...ended, endsAt: room.clock.now() }], { status: 'firing' });

    expect((await room.incident('GI-1')).quiet?.kind).toBe('silenced');
  });

  it('is no longer silent once it has recovered', async () => {
    await silence();
    room.clock.advance(60_000);

    await room.deliver([{ fingerprint: 'f1', labels: LLM, status: 'resolved', endsAt: room.clock.now() }]);

    expect((await room.incident('GI-1')).status).toBe('recovered');
    expect((await room.incident('GI-1')).flags).not.toContain('silenced');
  });

  it('is flagged again by the next process, which knows the silence from the journal', async () => {
    await silence();
    room.alertmanager.fault = 'away';

    await room.crash();
    await room.settled();

    expect((await room.incident('GI-1')).flags).toContain('silenced');
  });

  it('stays snoozed when somebody snoozed it, and is silenced when that is over', async () => {
    await room.ask('snooze', { seconds: 600, reason: 'looking' }, { incident: 'GI-1' });
    await silence();

    expect((await room.incident('GI-1')).quiet?.kind).toBe('snoozed');

    await room.pass(700);
    expect((await room.incident('GI-1')).quiet?.kind).toBe('silenced');
  });
});

describe('a P0', () => {
  let room: SilenceRoom;
  beforeEach(async () => {
    room = await openSilenceRoom();
  });
  afterEach(() => room.close());

  const down = { alertname: 'GiannaServiceDown', severity: 'critical', component: 'application' };
  const matchers = [{ name: 'component', value: 'application', isRegex: false, isEqual: true }];
  const times = { startsAt: '2026-11-22T13:00:00.000Z', endsAt: '2026-11-22T20:00:00.000Z' };

  it('is never silent, even when somebody silences it in Alertmanager; channel ops is told once', async () => {
    await room.deliver([{ fingerprint: 'f1', labels: down }]);
    room.alertmanager.alerts.set('f1', down);
    room.alertmanager.silences.push({ id: 'x', comment: 'hush', createdBy: 'eve', matchers, ...times });

    await room.look();
    await room.look();
    await room.pass(1200);

    expect((await room.incident('GI-1')).flags).not.toContain('silenced');
    expect(new Set((await room.pages()).map(({ level }) => level)).size).toBeGreaterThan(2);
    expect(await room.notices()).toEqual([
      {
        to: { channel: 'ops' },
        title: 'A silence in Alertmanager mutes a P0: GiannaServiceDown',
        lines: [
          'Made by eve, not here; while it is in force nobody is paged for that alert.',
          'To end it: gianna-ops silence lift x',
        ],
      },
    ]);
  });

  it('that begins under a silence of ours lifts it, and its author is told', async () => {
    await room.silence('component=application');
    await room.settled();
    await room.look();
    expect(room.alertmanager.live()).toHaveLength(1);
    room.alertmanager.alerts.set('f1', down);

    await room.look();
    await room.settled();

    expect(room.alertmanager.live()).toEqual([]);
    expect(await room.desk().ask.view('SIL-1')).toMatchObject({ status: 'lifted' });
    expect(await room.notices()).toMatchObject([
      { to: { actor: 'slack:U01ONCALL' }, title: 'SIL-1 is lifted: it would mute a P0' },
    ]);
    expect(await room.metrics()).toContain('gianna_ops_silences_lifted_for_p0_total 1');
  });
});
