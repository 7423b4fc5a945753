import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateMessage } from '../../../src/bot/limits.ts';
import type { IncidentCard, RunCard } from '../../../src/bot/render/cards.ts';
import { renderEvidence } from '../../../src/bot/render/evidence.ts';
import { sectionsOnly, textOnly } from '../../../src/bot/render/fallback.ts';
import { renderIncident } from '../../../src/bot/render/incident.ts';
import { renderNotice } from '../../../src/bot/render/notice.ts';
import { type PageCard, renderDmPage, renderPageOver, renderThreadPage } from '../../../src/bot/render/page.ts';
import type { MessagePayload } from '../../../src/bot/render/payload.ts';
import { renderRun } from '../../../src/bot/render/run.ts';
import { renderTimeline } from '../../../src/bot/render/timeline.ts';
import type { Notice } from '../../../src/journal/notice.ts';
import { refusalOf } from '../../support/slack-proxy/blocks.ts';
import { AT, card, check, nameOf, REQUEST, run } from './cards.ts';

const ACKED = { status: 'acknowledged', owner: 'slack:U1', acknowledgedAt: AT + 60_000 } as const;
const RECOVERED = { ...ACKED, status: 'recovered', recoveredAt: AT + 120_000 } as const;
const RESOLVED = { ...RECOVERED, status: 'resolved', resolvedAt: AT + 180_000, resolvedBy: 'slack:U1' } as const;
const CLOSED = { ...RESOLVED, status: 'closed', closedAt: AT + 200_000 } as const;
const NOBODY = { service: { mayDiagnose: false, mayRestart: false, reason: 'no service is known for it' } };
const RUNNING = { running: { id: 'RUN-7', runbook: 'restart', by: 'slack:U1', at: AT } };

const FIXED = 'gianna-health was failing, both probes are ok now';

const PAGE: PageCard = {
  request: REQUEST,
  mentions: ['U1', 'U2'],
  unnamed: [],
  isRepeat: false,
  lateSeconds: 0,
  permalink: 'https://team.slack.com/archives/C1/p1700000000000100',
};

const NOTICE: Notice = { to: { channel: 'ops' }, title: 'Weekly report', lines: ['3 incidents', '2 pages'] };
const CHARTED: Notice = { ...NOTICE, picture: { alt: 'acks in 4 min', option: {}, width: 400, height: 200 } };

const parent = (...of: Parameters<typeof card>) => renderIncident(card(...of), nameOf);

const SURFACES: Array<[string, MessagePayload]> = [
  ['parent, firing', parent()],
  ['parent, firing again', parent({ reopened: 1 })],
  ['parent, P2 without service', parent({ severity: 'P2', service: null }, NOBODY)],
  ['parent, acknowledged', parent(ACKED)],
  ['parent, acknowledged, a run acts', parent(ACKED, RUNNING)],
  ['parent, recovered', parent(RECOVERED)],
  ['parent, recovered, resolves itself', parent(RECOVERED, { resolvesItself: true })],
  ['parent, resolved', parent(RESOLVED)],
  ['parent, closed', parent(CLOSED)],
  ['timeline', renderTimeline(card(), nameOf)],
  ['timeline, long', renderTimeline(card({}, { timeline: Array.from({ length: 40 }, line) }), nameOf)],
  ['thread page', renderThreadPage(card(), PAGE, nameOf)],
  ['thread page, late, repeated', renderThreadPage(card(), { ...PAGE, isRepeat: true, lateSeconds: 1200 }, nameOf)],
  ['direct page', renderDmPage(card(), PAGE, nameOf)],
  ['page, acknowledged', renderPageOver(card(ACKED), AT)],
  ['page, recovered by itself', renderPageOver(card({ status: 'recovered', recoveredAt: AT + 5000 }), AT)],
  ['evidence', evidence()],
  ['run, running', renderRun(run(), nameOf)],
  [
    'run, fixed',
    renderRun(run({ status: 'succeeded', verdict: 'fixed', summary: FIXED, endedAt: AT + 12_000 }), nameOf),
  ],
  [
    'run, no effect',
    renderRun(
      run({
        status: 'succeeded',
        verdict: 'no-effect',
        summary: 'still not well: gianna-health fail',
        endedAt: AT + 12_000,
      }),
      nameOf,
    ),
  ],
  [
    'run, worse',
    renderRun(
      run({ status: 'failed', verdict: 'worse', summary: 'gianna-cache fail (was ok)', endedAt: AT + 12_000 }),
      nameOf,
    ),
  ],
  ['run, outcome unknown', renderRun(unknownRun(), nameOf)],
  ['run, refused', renderRun(run({ status: 'refused' }), nameOf)],
  ['notice in words', renderNotice(NOTICE, { isRepeat: false, file: null, insteadOf: null })],
  ['notice with a picture', renderNotice(CHARTED, { isRepeat: true, file: 'F1', insteadOf: 'Ana' })],
  ['notice whose picture failed', renderNotice(CHARTED, { isRepeat: false, file: null, insteadOf: null })],
];

function line(_value: unknown, index: number) {
  return { at: AT + index * 1000, kind: 'incident.note', by: 'slack:U1', text: `note ${index}` };
}

function evidence(): MessagePayload {
  const checks = [check('fine', 'ok', 'answers 200'), check('gianna-health', 'fail', 'answered 503, expected 200')];
  return renderEvidence('GI-142', { at: AT, by: 'slack:U1', checks }, nameOf);
}

function unknownRun(): RunCard {
  const steps = run().steps.map((step) => (step.id === 'restart' ? { ...step, status: 'unknown' as const } : step));
  return run({ status: 'interrupted', steps, endedAt: AT + 9000 });
}

describe('every surface in every state', () => {
  it.each(SURFACES)('%s stays within the limits in every shape and looks as before', (_name, payload) => {
    for (const shape of [payload, sectionsOnly(payload), textOnly(payload)]) {
      expect(validateMessage(shape)).toEqual([]);
      expect(refusalOf('chat.postMessage', shape.blocks.length === 0 ? { text: shape.text } : { ...shape })).toBeNull();
    }
    expect(payload).toMatchSnapshot();
  });

  it.each([
    ['firing', {}, ['gi.ack', 'gi.diagnose', 'gi.restart']],
    ['acknowledged', ACKED, ['gi.resolve', 'gi.diagnose', 'gi.restart']],
    ['recovered', RECOVERED, ['gi.resolve', 'gi.diagnose', 'gi.restart']],
    ['resolved', RESOLVED, []],
    ['closed', CLOSED, []],
  ])('a parent that is %s has its buttons, one of them primary', (_state, overrides, verbs) => {
    const buttons = parent(overrides).blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

    expect(buttons.map((button) => ('action_id' in button ? button.action_id : ''))).toEqual(verbs);
    expect(buttons.filter((button) => 'style' in button && button.style === 'primary')).toHaveLength(
      verbs.length > 0 ? 1 : 0,
    );
    expect(buttons.every((button) => 'accessibility_label' in button && button.accessibility_label !== '')).toBe(true);
  });

  it.each([
    [{}, 'FIRING'],
    [ACKED, 'ACK'],
    [RECOVERED, 'RECOVERED'],
    [RESOLVED, 'RESOLVED'],
    [CLOSED, 'CLOSED'],
  ])('the text of a parent has alertname, id, severity and state', (overrides, state) => {
    const { text } = parent(overrides);

    for (const part of ['GiannaServiceDown', 'GI-142', 'P0', state]) expect(text).toContain(part);
  });

  it('mentions nobody but in a page that demands action', () => {
    const mentioning = SURFACES.filter(([, payload]) => /<[@!](?!date)/.test(JSON.stringify(payload))).map(
      ([name]) => name,
    );

    expect(mentioning).toEqual(['thread page', 'thread page, late, repeated']);
  });
});

describe('foreign text', () => {
  const HOSTILE = [
    '<!channel>',
    '<@U01ONCALL>',
    '<https://evil.example|click>',
    '*bold* _it_ ~no~ `code`',
    'javascript:alert(1)',
    '\u202egnp.exe',
    'a\u200bb',
    '\u0000nul',
    '\ud800lone',
    '👩‍👩‍👧‍👦'.repeat(400),
    'x'.repeat(100_000),
    '&amp;&lt;',
    '\n> quote\n```\nfence',
    '\u001b[31mred',
  ];
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 300 }));
  const ALLOWED = /<!date\^\d+\^[^|<>]*\|[^<>]*>|<@U[12]>|<https:\/\/(team\.slack\.com|docs\.example\.com)\/[^<>]*>/g;

  function poisoned(text: string): MessagePayload[] {
    const about = {
      ...card().view.about,
      alertname: text,
      title: text,
      description: text,
      runbookUrl: text,
      generatorUrl: text,
    };
    const bad = card(
      { about, service: text },
      { timeline: [{ at: AT, kind: 'k', by: text, text }], ...NOBODY },
    ) as IncidentCard;
    const step = { id: text, kind: text, status: 'failed' as const, seconds: 1, summary: text, verifies: true };
    return [
      renderIncident(bad, () => text),
      renderIncident({ ...bad, view: { ...bad.view, ...CLOSED } }, () => text),
      renderTimeline({ ...bad, timeline: [{ at: AT, kind: 'run.requested', by: text, text }] }, () => text),
      renderThreadPage(bad, { ...PAGE, unnamed: [text] }, () => text),
      renderDmPage(bad, PAGE, () => text),
      renderEvidence('GI-1', { at: AT, by: text, checks: [check(text, 'fail', text)] }, () => text),
      renderRun(run({ runbook: text, target: text, steps: [step], status: 'failed', summary: text }), () => text),
      renderNotice({ ...NOTICE, title: text, lines: [text] }, { isRepeat: false, file: null, insteadOf: text }),
    ];
  }

  it('cannot mention, link, reorder or break a limit, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const payload of poisoned(text)) {
          expect(validateMessage(payload)).toEqual([]);
          const json = JSON.stringify(payload);
          expect(json.replaceAll(ALLOWED, '')).not.toMatch(/[<>]/);
          expect(json).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]|\\u0000|\\ud[89a-f]/);
        }
      }),
      { numRuns: 300, verbose: 1 },
    );
  });
});
