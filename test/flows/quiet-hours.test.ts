import { afterEach, describe, expect, it } from 'vitest';
import {
  type Config,
  MEANS,
  type PersonConfig,
  type PolicyLevel,
  type Severity,
} from '../../src/core/config/config.ts';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';
import { testConfig } from '../support/config.ts';

/** Monday 23:00 in São Paulo: ana is on call, ben backup. */
const MONDAY_23 = Date.UTC(2026, 10, 24, 2);
const HOUR = 3600;
const NIGHT = { days: null, from: '22:00', to: '07:00', timezone: 'America/Sao_Paulo' } as const;

function configOf(
  severity: Severity,
  levels: readonly PolicyLevel[],
  people: Record<string, Partial<PersonConfig>>,
): Config {
  const base = testConfig();
  const plain = { clock: 'wall', nextBusinessDayAt: null, repeat: null, digest: false } as const;
  const merged = Object.fromEntries(
    Object.entries(base.oncall.people).map(([key, person]) => [key, { ...person, ...people[key] }]),
  );
  return testConfig({
    severities: { ...base.severities, [severity]: { ...base.severities[severity], ...plain, levels } },
    oncall: { ...base.oncall, people: merged },
  });
}

function level(notify: readonly string[], by: PolicyLevel['by'], afterSeconds = 0): PolicyLevel {
  const targets = notify.map((written) => written.split(':') as [PolicyLevel['notify'][number]['kind'], string]);
  return { afterSeconds, by, notify: targets.map(([kind, name]) => ({ kind, name })) };
}

describe('quiet hours of a person', () => {
  let room: EscalationRoom;
  afterEach(() => room.close());

  async function open(severity: Severity, levels: readonly PolicyLevel[], people = { ana: { quietHours: NIGHT } }) {
    room = await openEscalationRoom({ startAt: MONDAY_23, config: configOf(severity, levels, people), means: MEANS });
    await room.move({ severity });
  }

  it('hold a P2 until they end, and say so', async () => {
    await open('P2', [level(['schedule:primary'], ['dm', 'thread'])]);
    expect(await room.asked()).toEqual([]);
    expect(await room.told()).toEqual(['not paged: ana by dm, thread (quiet hours until 2026-11-24 10:00 UTC)']);

    await room.pass(8 * HOUR - 1);
    expect(await room.asked()).toEqual([]);
    await room.pass(1);

    expect(await room.asked()).toEqual(['ana thread', 'ana dm']);
    expect(await room.told()).toContain('quiet hours are over: paged ana (level 1)');
    await room.pass(24 * HOUR);
    expect(await room.asked()).toHaveLength(2);
  });

  it('hold nobody else of the level', async () => {
    await open('P2', [level(['schedule:primary', 'schedule:backup'], ['dm', 'thread'])]);
    expect(await room.asked()).toEqual(['ben thread', 'ben dm']);

    await room.pass(8 * HOUR);

    expect(await room.asked()).toEqual(['ben thread', 'ben dm', 'ana thread', 'ana dm']);
  });

  it.each(['P0', 'P1'] as const)('hold no %s', async (severity) => {
    await open(severity, [level(['schedule:primary'], ['dm'])]);

    expect(await room.asked()).toEqual(['ana dm']);
  });

  it('end in nothing when somebody has acknowledged meanwhile', async () => {
    await open('P2', [level(['schedule:primary'], ['dm'])]);
    await room.move({ status: 'acknowledged', owner: 'slack:U03DEV', acknowledgedAt: room.clock.now() });

    await room.pass(24 * HOUR);

    expect(await room.asked()).toEqual([]);
    expect(await room.journal().nextTimerAt()).toBeNull();
  });

  it('hold an older level no longer when a newer one has come: that is asked for, once', async () => {
    await open('P2', [level(['schedule:primary'], ['dm']), level(['schedule:primary'], ['dm'], HOUR)]);

    await room.pass(24 * HOUR);

    expect((await room.pages()).map((page) => page.level)).toEqual([2]);
  });

  it('survive a restart, and end late after a long absence', async () => {
    await open('P2', [level(['schedule:primary'], ['dm'])]);
    await room.restart();

    await room.away(10 * HOUR);

    expect(await room.asked()).toEqual(['ana dm']);
  });
});

describe('means that a person prefers', () => {
  let room: EscalationRoom;
  afterEach(() => room.close());

  async function open(severity: Severity, by: PolicyLevel['by'], prefer: PersonConfig['prefer']) {
    const people = { ana: prefer === undefined ? {} : { prefer } };
    const config = configOf(severity, [level(['schedule:primary'], by)], people);
    room = await openEscalationRoom({ startAt: MONDAY_23, config, means: MEANS });
    await room.move({ severity });
  }

  it('are those of the level that reach them about a P1, and the thread stays', async () => {
    await open('P1', ['dm', 'thread', 'email', 'sms'], ['sms', 'voice']);

    expect(await room.asked()).toEqual(['ana thread', 'ana sms']);
    expect(await room.told()).toContain('not paged: ana by dm, email (they prefer other means)');
  });

  it('leave the level as it is when it has none of them', async () => {
    await open('P1', ['dm'], ['sms']);

    expect(await room.asked()).toEqual(['ana dm']);
  });

  it('take nothing from a P0', async () => {
    await open('P0', ['dm', 'email'], ['email']);

    expect(await room.asked()).toEqual(['ana dm', 'ana email']);
  });

  it('come first when the next means is sought', async () => {
    await open('P1', ['dm'], ['dm', 'voice']);

    await room.end('ana dm', 'failed', { error: 'user_disabled' });

    expect(await room.asked(['wanted'])).toEqual(['ana voice']);
  });
});
