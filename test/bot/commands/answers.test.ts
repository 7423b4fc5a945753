import { describe, expect, it } from 'vitest';
import type { SilenceView } from '../../../src/alerts/silences/views.ts';
import { VERBS } from '../../../src/bot/commands/grammar.ts';
import { validateMessage } from '../../../src/bot/limits.ts';
import type { Answer } from '../../../src/bot/render/answers/answer.ts';
import { renderHelp } from '../../../src/bot/render/answers/help.ts';
import { renderNotListed } from '../../../src/bot/render/answers/not-listed.ts';
import { renderOncall } from '../../../src/bot/render/answers/oncall.ts';
import { renderOverrides } from '../../../src/bot/render/answers/overrides.ts';
import { renderProbeReport } from '../../../src/bot/render/answers/probe.ts';
import { renderDenied, renderThrown } from '../../../src/bot/render/answers/refusal.ts';
import { renderShifts } from '../../../src/bot/render/answers/shifts.ts';
import { renderSilences } from '../../../src/bot/render/answers/silences.ts';
import { renderSimulation } from '../../../src/bot/render/answers/simulate.ts';
import { renderStats } from '../../../src/bot/render/answers/stats.ts';
import { renderStatus } from '../../../src/bot/render/answers/status.ts';
import { refuse } from '../../../src/core/errors.ts';
import { SLACK_MEANS } from '../../../src/oncall/escalation-context.ts';
import type { OverrideJson } from '../../../src/oncall/overrides/override-json.ts';
import type { Numbers } from '../../../src/oncall/reports/numbers.ts';
import type { NextHandoff, ScheduleShifts } from '../../../src/oncall/shifts.ts';
import { simulate } from '../../../src/oncall/simulate/simulate.ts';
import type { CheckResult } from '../../../src/probes/check.ts';
import { testConfig } from '../../support/config.ts';
import { testHandoff, testIncident, testOverride, testSilence } from '../../support/desk.ts';

const NOW = Date.UTC(2026, 10, 22, 15, 0, 0);
const EVIL = '<!channel> <@U1> *b* `c` <https://evil|x> & \u202e';
const health = { waiting: 0, parked: 0, storeWritable: true, lastWebhookAt: NOW - 12_000 };
const about = testIncident('GI-1').about;

function status(
  incidents = [testIncident('GI-1')],
  service: string | null = null,
  silences: SilenceView[] | null = [],
): Answer {
  return renderStatus({ incidents, silences, service, health, now: NOW, nameOf: () => EVIL });
}

function check(result: CheckResult['result'], summary: string, probe: string = result): CheckResult {
  return { probe, target: 't', result, summary, seconds: 1, at: NOW, evidence: {} };
}

const EVIL_SILENCE = {
  reason: EVIL.repeat(40),
  author: EVIL,
  by: null,
  matchers: [{ name: 'alertname', value: EVIL.repeat(30), isRegex: false, isEqual: true }],
};
const many = Array.from({ length: 300 }, (_each, index) =>
  testIncident(`GI-${index + 1}`, { about: { ...about, title: EVIL.repeat(50) }, owner: 'slack:U1', service: EVIL }),
);
const asked = { severity: 'P0', at: '2027-03-28 01:30 Europe/Lisbon', route: null, contact: 'security' } as const;
const simulated = await simulate(
  { config: testConfig(), means: SLACK_MEANS },
  { ...asked, ackAfterSeconds: null },
  NOW,
);
const acked = await simulate({ config: testConfig(), means: SLACK_MEANS }, { ...asked, ackAfterSeconds: 420 }, NOW);
const NONE = { n: 0, p50: null, p90: null };
const SPREADS = { P0: { n: 3, p50: 180, p90: 720 }, P1: NONE, P2: NONE, P3: NONE };
const numbers: Numbers = {
  timezone: 'UTC',
  opened: { P0: 3, P1: 0, P2: 0, P3: 1 },
  days: [],
  times: { acknowledge: SPREADS, mitigate: SPREADS, resolve: SPREADS },
  noise: Array.from({ length: 30 }, (_each, index) => ({
    alertname: EVIL.repeat(index),
    incidents: 2,
    acknowledged: 1,
    resolvedByItself: 1,
    firedAgain: index,
  })),
  pages: [{ person: 'ana', pages: 5, business: 2, outOfHours: 3, night: 1, hours: [] }],
};
const { oncall } = testConfig();
const nameOfPerson = (person: string) =>
  person === EVIL ? EVIL : `${person.charAt(0).toUpperCase()}${person.slice(1)}`;

function overrides(list: OverrideJson[], mayRemove = true): Answer {
  return renderOverrides({ overrides: list, oncall, mayRemove, nameOf: () => EVIL, nameOfPerson });
}
function longSwap(id: string): OverrideJson {
  const turn = { people: [EVIL], from: '2026-11-23T13:00:00.000Z', to: '2026-11-23T15:00:00.000Z' };
  return testOverride(id, {
    swap: [EVIL, 'ben'],
    turns: Array.from({ length: 30 }, () => turn),
    reason: EVIL.repeat(40),
  });
}
const MANY_SHIFTS = Array.from({ length: 60 }, () => ({
  from: NOW,
  to: NOW + 3_600_000,
  together: [EVIL],
  insteadOf: [EVIL],
  standIns: null,
}));
function shifts(schedules: ScheduleShifts[], isAsker = true, next: NextHandoff | null = null): Answer {
  const span = { from: NOW, to: NOW + 28 * 86_400_000 };
  return renderShifts({ person: 'ana', isAsker, schedules, next, span, nameOfPerson });
}
const ANSWERS: Array<[string, Answer]> = [
  ['help', renderHelp(null)],
  ...VERBS.map((verb): [string, Answer] => [`help ${verb}`, renderHelp(verb)]),
  ['status of many', status(many)],
  ['quiet status', status([])],
  ['status with silences', status(many, null, [testSilence('SIL-1', EVIL_SILENCE), testSilence('SIL-2')])],
  ['no silences', renderSilences([], () => EVIL)],
  [
    'silences',
    renderSilences(
      Array.from({ length: 60 }, (_each, index) => testSilence(`SIL-${index + 1}`, EVIL_SILENCE)),
      () => EVIL,
    ),
  ],
  ['stats', renderStats(numbers, 7 * 86_400)],
  [
    'probes',
    renderProbeReport(
      'gianna',
      Array.from({ length: 100 }, () => check('fail', EVIL.repeat(100))),
      3.2,
    ),
  ],
  [
    'oncall',
    renderOncall({
      schedules: [{ schedule: EVIL, now: [EVIL], until: '2026-11-23T12:00:00.000Z', next: [EVIL], insteadOf: [EVIL] }],
      overrides: 2,
      handoffs: [testHandoff('HND-1', { to: [EVIL], from: [EVIL] }), testHandoff('HND-2')],
      asker: 'ben',
      manager: EVIL,
      now: NOW,
      zoneOf: () => 'Not/AZone',
      nameOfPerson: (person) => person,
    }),
  ],
  ['simulation', renderSimulation(simulated, () => EVIL)],
  ['simulation with an ack', renderSimulation({ ...acked, note: EVIL }, () => EVIL)],
  ['no overrides', overrides([])],
  ['overrides', overrides(Array.from({ length: 40 }, (_each, index) => longSwap(`OVR-${index + 1}`)))],
  ['no shifts', shifts([])],
  [
    'shifts',
    shifts(Array.from({ length: 6 }, (_each, index) => ({ schedule: EVIL + index, shifts: MANY_SHIFTS, seconds: 1 }))),
  ],
  ['not listed', renderNotListed('U1', 'U1')],
  [
    'denied',
    renderDenied(
      'Restarting',
      { allowed: false, needs: ['responder'], reason: 'needs the role responder' },
      { holders: [{ role: 'responder', names: Array.from({ length: 9 }, () => EVIL) }], onCall: [EVIL] },
    ),
  ],
  ['refusal', renderThrown(refuse('X', EVIL.repeat(200), EVIL), 'restart', 'abc123')],
  ['bug', renderThrown(new Error(`secret ${EVIL}`), 'restart', 'abc123')],
];

describe('answers', () => {
  it.each(ANSWERS)('keep Slack’s limits and let foreign text neither mention nor link: %s', (_name, answer) => {
    expect(validateMessage({ text: answer.text, blocks: answer.blocks })).toEqual([]);
    expect(JSON.stringify(answer)).not.toMatch(/<(?!!date\^)/);
    expect(JSON.stringify(answer)).not.toContain('\u202e');
  });

  it('say in a simulation who is reached when, repeats in one line, and what an ack stops', () => {
    const all = renderSimulation(simulated, (person) => person.toUpperCase());
    const stopped = renderSimulation(acked, (person) => person);

    const text = JSON.stringify(all.blocks);
    expect(text).toContain('*P0 at <!date^1806195600^');
    expect(text).toContain('does not exist in Europe/Lisbon');
    expect(text).toContain('· level 1');
    expect(text).toContain('repeat of level 4 · 8 times, to +2h15m');
    expect(JSON.stringify(stopped.blocks)).toContain('acknowledged: every page stops; not sent any more: level 3');
    expect(JSON.stringify(stopped.blocks)).not.toContain('exhausted');
  });

  it('say in stats how fast people were, and who was paged when', () => {
    const { text } = renderStats(numbers, 7 * 86_400);

    expect(text).toContain('*The last 7d* · 4 incidents: 3 P0, 1 P3');
    expect(text).toContain('Time to acknowledge, median (p90): P0 3m (12m) of 3');
    expect(text).toContain('Pages: ana 5 (3 out of hours, 1 at night)');
  });

  it('list the worst and oldest incident first, and the bot’s own health', () => {
    const incidents = [
      testIncident('GI-3', { severity: 'P2' }),
      testIncident('GI-2', { openedAt: NOW - 1000 }),
      testIncident('GI-1', { openedAt: NOW - 60_000 }),
      testIncident('GI-4', { status: 'closed' }),
    ];

    const { text } = status(incidents);

    expect(text).toContain('3 open');
    expect(text).toContain('2 P0 not acknowledged');
    expect([...text.matchAll(/GI-\d/g)].map(String)).toEqual(['GI-1', 'GI-2', 'GI-3']);
    expect(text).toContain('last webhook 12s ago');
  });

  it('say that all is quiet, and when it last was not', () => {
    const over = testIncident('GI-141', { status: 'closed', closedAt: NOW - 3 * 86_400_000 });

    expect(status([over]).text).toContain('All quiet');
    expect(status([over]).text).toContain('Last incident GI-141, ended 3d ago');
  });

  it('say of each incident how it stands, and count it', () => {
    const until = NOW + 3_600_000;
    const incidents = [
      testIncident('GI-1', { folded: ['GI-2'], quiet: { kind: 'snoozed', until, by: 'slack:U1' } }),
      testIncident('GI-2', { foldedUnder: 'GI-1', foldedBy: 'dependency' }),
      testIncident('GI-3', { flapping: { since: NOW, changes: [], count: 7 } }),
      testIncident('GI-4', { quiet: { kind: 'silenced', until, by: 'slack:U1' } }),
    ];

    const { text } = status(incidents, null, [testSilence('SIL-7')]);

    expect(text).toContain('4 open* · 4 P0 not acknowledged · 1 silence · 1 snoozed · 1 folded');
    for (const words of ['💤 snoozed until', '+1 folded beneath it', '🔁 flapping', '🔕 silenced until', 'SIL-7']) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('*GI-2*');
  });

  it('say so when the silences could not be learnt', () => {
    expect(status([], null, null).text).toContain('could not be learnt');
  });

  it('say who is on call in whose place, who follows, and who has not accepted; offer what the asker may take', () => {
    const facts = {
      schedules: [
        { schedule: 'primary', now: ['ben'], until: '2026-11-23T12:00:00.000Z', next: ['ana'], insteadOf: ['ana'] },
        { schedule: 'backup', now: [], until: null, next: [], insteadOf: [] },
      ],
      manager: 'marco',
      now: NOW,
      zoneOf: (person: string) => (person === 'ben' ? 'Europe/Lisbon' : null),
      nameOfPerson,
      overrides: 1,
      handoffs: [testHandoff('HND-7', { at: NOW - 60_000 })],
    };

    const own = renderOncall({ ...facts, asker: 'ben' });
    const others = renderOncall({ ...facts, asker: 'ana' });

    expect(own.text).toContain('`primary` *Ben* (15:00 there) in place of Ana until <!date^1795435200^');
    expect(own.text).toContain(', then Ana');
    expect(own.text).toContain('`backup` *nobody*');
    expect(own.text).toContain('manager *Marco*');
    expect(own.text).toMatch(/Ben\* should have taken over .* has not accepted \(HND-7\): Ana stays first in line/);
    expect(actionsOf(own)).toEqual([
      'gi.handoff-accept',
      'gi.page',
      'gi.override',
      'gi.swap',
      'gi.shifts',
      'gi.overrides',
    ]);
    expect(actionsOf(others)).toEqual(['gi.page', 'gi.override', 'gi.swap', 'gi.shifts', 'gi.overrides']);
  });

  it('name in a list of overrides who, in whose place, by whom and why; removing is for those who may', () => {
    const list = [testOverride('OVR-2', { status: 'planned', reason: null }), testOverride('OVR-1')];

    const { text } = overrides(list);

    expect(text).toContain('2 overrides');
    expect(text).toMatch(/\*OVR-1\* · `primary` · \*Ben\* in place of Ana · <!date\^1795438800\^.*> – <!date/);
    expect(text).toMatch(/now · made by .*: at the dentist/);
    expect(actionsOf(overrides(list))).toEqual(['gi.override-remove', 'gi.override-remove']);
    expect(actionsOf(overrides(list, false))).toEqual([]);
  });

  it('list shifts by schedule with hours and the next handoff, and mark who stands in for whom', () => {
    const shift = { from: NOW, to: NOW + 36_000_000, together: [], insteadOf: [], standIns: null };
    const schedule = {
      schedule: 'primary',
      seconds: 36_000,
      shifts: [
        shift,
        { ...shift, from: NOW + 86_400_000, to: NOW + 90_000_000, insteadOf: ['ben'] },
        { ...shift, from: NOW + 172_800_000, to: NOW + 180_000_000, standIns: ['marco'] },
      ],
    };
    const next = { schedule: 'primary', at: shift.to, kind: 'hands' } as const;

    const own = shifts([schedule], true, next).text;
    const other = shifts([schedule], false, next).text;

    expect(own).toContain('*Your shifts*');
    expect(own).toContain('Next handoff: you hand over `primary` <!date^');
    expect(own).toContain('`primary` · 10 h on call');
    expect(own).toMatch(/• now – <!date.* · 10h\n/);
    expect(own).toContain('· 1h · in place of Ben');
    expect(own).toContain('not you: *Marco* stands in');
    expect(other).toContain('*Shifts of Ana*');
    expect(other).toContain('Ana hands over');
    expect(other).toContain('not on call: *Marco* stands in');
  });

  it('put failures before what could not be checked, warnings and successes', () => {
    const { text } = renderProbeReport(
      null,
      [check('ok', 'fine'), check('warn', 'slow'), check('unknown', 'dark'), check('fail', 'down')],
      1,
    );

    expect([...text.matchAll(/fine|slow|dark|down/g)].map(String)).toEqual(['down', 'dark', 'slow', 'fine']);
    expect(text).toContain('4 checks · 1 fail · 1 unknown · 1 warn · 1 ok');
  });

  it('never show a bug’s own text, only its reference', () => {
    const { text } = renderThrown(new Error('password hunter2'), 'restart', 'abc123');

    expect(text).not.toContain('hunter2');
    expect(text).toContain('abc123');
  });
});

function actionsOf({ blocks }: Answer): string[] {
  const rows = blocks.filter((block) => block.type === 'actions');
  return rows.flatMap(({ elements }) => elements.map((each) => ('action_id' in each ? String(each.action_id) : '')));
}
