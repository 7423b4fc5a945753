import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextPart } from '../../../src/alerts/context/context.ts';
import type { IncidentView } from '../../../src/alerts/incident-view.ts';
import { BUTTONS } from '../../../src/bot/actions/buttons.ts';
import { readButtonValue } from '../../../src/bot/button.ts';
import { validateMessage } from '../../../src/bot/limits.ts';
import { FORMS } from '../../../src/bot/modals/forms.ts';
import { renderApprovalOver } from '../../../src/bot/render/approval.ts';
import type { IncidentCard, RunCard } from '../../../src/bot/render/cards.ts';
import { renderEvidence } from '../../../src/bot/render/evidence.ts';
import { sectionsOnly, textOnly } from '../../../src/bot/render/fallback.ts';
import { flappingWords } from '../../../src/bot/render/flapping.ts';
import { renderIncident } from '../../../src/bot/render/incident.ts';
import { renderNotice } from '../../../src/bot/render/notice.ts';
import { type PageCard, renderDmPage, renderPageOver, renderThreadPage } from '../../../src/bot/render/page.ts';
import type { MessagePayload } from '../../../src/bot/render/payload.ts';
import { renderRun } from '../../../src/bot/render/run.ts';
import { renderTimeline } from '../../../src/bot/render/timeline.ts';
import type { Notice } from '../../../src/journal/notice.ts';
import { refusalOf } from '../../support/slack-proxy/blocks.ts';
import { AT, card, check, nameOf, PLAIN_STEP, REQUEST, run } from './cards.ts';
import { chart, gathered, MISSING, RUNBOOKS, SIMILAR } from './context.ts';

const ACKED = { status: 'acknowledged', owner: 'slack:U1', acknowledgedAt: AT + 60_000 } as const;
const RECOVERED = { ...ACKED, status: 'recovered', recoveredAt: AT + 120_000 } as const;
const RESOLVED = { ...RECOVERED, status: 'resolved', resolvedAt: AT + 180_000, resolvedBy: 'slack:U1' } as const;
const CLOSED = { ...RESOLVED, status: 'closed', closedAt: AT + 200_000 } as const;
const NOBODY = { service: { mayDiagnose: false, mayRestart: false, reason: 'no service is known for it' } };
const RUNNING = { running: { id: 'RUN-7', runbook: 'restart', by: 'slack:U1', at: AT } };

const SNOOZED = { kind: 'snoozed', until: AT + 7_200_000, by: 'slack:U1' } as const;
const SILENCED = { kind: 'silenced', until: AT + 7_200_000, by: 'slack:U1', silence: 'c0ffee' } as const;
const NO_REASONS = { quiet: null, fold: null, severity: null };
const BECAUSE = { reasons: { ...NO_REASONS, quiet: 'the vendor is at it' } };
const ALERTMANAGER = { maySilence: true };
const FLAPPING: Partial<IncidentView> = {
  flags: ['flapping'],
  flapping: { since: AT, changes: [0, 2, 3, 9, 11, 14, 18].map((minute) => AT + minute * 60_000), count: 7 },
};
const CHILDREN = [8, 9, 10, 11, 12, 13, 14].map((number) => ({ id: `GI-${number}`, title: `api latency ${number}` }));
const CHOSEN = { from: 'P0', by: 'slack:U1', reason: 'only the preview is slow' } as const;
const BY_HAND: Partial<IncidentView> = {
  severity: 'P1',
  service: null,
  byHand: true,
  alerts: { firing: 0, resolved: 0 },
  about: { ...card().view.about, alertname: 'by hand', title: 'Checkout is slow', runbookUrl: null },
};
const CROWDED: Partial<IncidentView> = {
  ...ACKED,
  ...FLAPPING,
  severity: 'P1',
  owner: 'slack:somebody with a very long name indeed, and more of it',
  quiet: SILENCED,
  flags: ['silenced', 'maintenance', 'flapping', 'storm', 'drill'],
  folded: CHILDREN.map(({ id }) => id),
  splitFrom: 'GI-5',
  previous: 'GI-4',
};
const CROWDED_CARD: Partial<IncidentCard> = {
  ...ALERTMANAGER,
  ...RUNNING,
  children: CHILDREN,
  reasons: { quiet: 'r'.repeat(300), fold: null, severity: CHOSEN },
  service: { mayDiagnose: true, mayRestart: true, reason: 'x'.repeat(400) },
};
const deed = (kind: string, text: string, by = 'slack:U1') => ({ at: AT, kind: `incident.${kind}`, by, text });
const DEEDS = [
  deed('opened', 'opened by hand (P1)'),
  deed('severity-changed', 'severity changed from P1 to P0: nobody can pay'),
  deed('assigned', 'assigned to ben'),
  deed('noted', 'note: failed over to the replica'),
  deed('quieted', 'snoozed for 2h: pages pause: the vendor is at it'),
  deed('unquieted', 'no longer quiet: pages go on'),
  deed('unquieted', 'the quiet time is over: pages go on', 'auto'),
  deed('folded', 'merged into GI-7 by Ana: no pages of its own: one disk'),
  deed('unfolded', 'no longer folded under GI-7, which is no longer what this belongs to'),
  deed('split-off', '2 alerts split off to GI-12: another host'),
  deed('reopened', 'reopened: still broken'),
  deed('reopened', 'reopened, it fires again: 1 alert firing', 'alertmanager'),
  deed('flapping-began', 'flapping: it has turned 6 times; no page until it stays', 'auto'),
];

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

const CHECKS = [check('fine', 'ok', 'answers 200'), check('gianna-health', 'fail', 'answered 503, expected 200')];

const parent = (...of: Parameters<typeof card>) => renderIncident(card(...of), nameOf);

const APPROVAL = { state: 'asked', expiresAt: AT + 1_200_000, by: null, at: null, breakGlass: false } as const;
const WAITING = {
  status: 'waiting',
  risk: 'R3',
  reason: 'leaked in a log',
  because: ['its risk is R3'],
  approval: APPROVAL,
  startedAt: null,
} as const;
const ASKS = { step: 'look', question: 'Is the graph flat again?' };
function decided(state: 'given' | 'denied' | 'void', by: 'slack:U2' | null) {
  return { ...WAITING, status: 'refused', summary: 'not now', approval: { ...APPROVAL, state, by } } as const;
}

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
  ['parent, snoozed', parent({ quiet: SNOOZED }, BECAUSE)],
  ['parent, acknowledged and snoozed', parent({ ...ACKED, quiet: SNOOZED }, BECAUSE)],
  [
    'parent, silenced',
    parent({ severity: 'P1', quiet: SILENCED, flags: ['silenced'] }, { ...BECAUSE, ...ALERTMANAGER }),
  ],
  ['parent, flapping', parent({ severity: 'P1', ...FLAPPING }, ALERTMANAGER)],
  ['parent, flapping, quiet now', parent({ ...RECOVERED, severity: 'P1', ...FLAPPING }, ALERTMANAGER)],
  ['parent, a P0 that flaps is not silenced', parent(FLAPPING, ALERTMANAGER)],
  [
    'parent, with folded children',
    parent({ folded: CHILDREN.map(({ id }) => id) }, { children: CHILDREN.slice(0, 4) }),
  ],
  ['parent, folded by dependency', parent({ foldedUnder: 'GI-7', foldedBy: 'dependency' })],
  [
    'parent, merged',
    parent({ foldedUnder: 'GI-7', foldedBy: 'slack:U1' }, { reasons: { ...NO_REASONS, fold: 'one disk' } }),
  ],
  ['parent, split off', parent({ splitFrom: 'GI-5' })],
  ['parent, opened by hand', parent(BY_HAND, { ...NOBODY, escalation: null })],
  ['parent, storm', parent({ flags: ['storm'] })],
  ['parent, drill', parent({ flags: ['drill'] })],
  ['parent, assigned', parent({ ...ACKED, owner: 'slack:U2' })],
  [
    'parent, severity by hand',
    parent({ severity: 'P1' }, { ...ALERTMANAGER, reasons: { ...NO_REASONS, severity: CHOSEN } }),
  ],
  ['parent, everything at once', parent(CROWDED, CROWDED_CARD)],
  ['timeline, what people did', renderTimeline(card({}, { timeline: DEEDS }), nameOf)],
  ['timeline', renderTimeline(card(), nameOf)],
  ['timeline, long', renderTimeline(card({}, { timeline: Array.from({ length: 40 }, line) }), nameOf)],
  ['thread page', renderThreadPage(card(), PAGE, nameOf)],
  ['thread page, late, repeated', renderThreadPage(card(), { ...PAGE, isRepeat: true, lateSeconds: 1200 }, nameOf)],
  ['direct page', renderDmPage(card(), PAGE, nameOf)],
  ['page, acknowledged', renderPageOver(card(ACKED), { sentAt: AT }, nameOf)],
  [
    'page, recovered by itself',
    renderPageOver(card({ status: 'recovered', recoveredAt: AT + 5000 }), { sentAt: AT }, nameOf),
  ],
  ['evidence, asked for', evidence({ diagnosis: { at: AT, by: 'slack:U1', checks: CHECKS } })],
  ['evidence, gathered', evidence({ context: gathered() }, 'F1')],
  ['evidence, gathered, without its picture', evidence({ context: gathered() })],
  ['evidence, over', evidence({ context: gathered({ parts: [chart({ overAt: AT + 600_000 })] }) }, 'F2')],
  [
    'evidence, still looking',
    evidence({ diagnosis: null, context: gathered({ parts: [RUNBOOKS], pending: ['Chart'] }) }),
  ],
  ['evidence, nothing answers', evidence({ diagnosis: null, context: gathered({ parts: [], missing: MISSING }) })],
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
  ['run, asks for a second person', renderRun(run({ ...WAITING, severity: 'P2' }), nameOf)],
  ['run, asks for a second person, for a P1', renderRun(run(WAITING), nameOf)],
  ['run, copy of a request that was approved', renderApprovalOver(run(decided('given', 'slack:U2')), nameOf)],
  ['run, copy of a request that was denied', renderApprovalOver(run(decided('denied', 'slack:U2')), nameOf)],
  ['run, copy of a request that is over', renderApprovalOver(run(decided('void', null)), nameOf)],
  ['run, waits for an answer', renderRun(run({ status: 'waiting', asks: ASKS }), nameOf)],
  ['run, being stopped', renderRun(run({ stop: { mode: 'after-step', by: 'slack:U2' } }), nameOf)],
  ['run, taken back', renderRun(run({ status: 'undone', summary: 'taken back: restart' }), nameOf)],
  ['run, done, can be taken back', renderRun(run({ status: 'succeeded', mayUndo: true, hasLog: true }), nameOf)],
  ['notice in words', renderNotice(NOTICE, { isRepeat: false, file: null, insteadOf: null })],
  ['notice with a picture', renderNotice(CHARTED, { isRepeat: true, file: 'F1', insteadOf: 'Ana' })],
  ['notice whose picture failed', renderNotice(CHARTED, { isRepeat: false, file: null, insteadOf: null })],
];

type Element = Extract<MessagePayload['blocks'][number], { type: 'actions' }>['elements'][number];

function elementsOf(payload: MessagePayload): Element[] {
  return payload.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
}

/** Verbs that a select offers. */
function picksOf(element: Element): string[] {
  if (element.type !== 'static_select') return [];
  const options = (element.option_groups ?? []).flatMap((group) => group.options);
  return options.map(({ value }) => readButtonValue(value)?.verb ?? 'unreadable');
}

function line(_value: unknown, index: number) {
  return { at: AT + index * 1000, kind: 'incident.note', by: 'slack:U1', text: `note ${index}` };
}

function evidence(rest: Partial<IncidentCard> = {}, file: string | null = null): MessagePayload {
  const diagnosis = { at: AT, by: 'auto', checks: CHECKS };
  const payload = renderEvidence(card({}, { diagnosis, ...rest }), nameOf, file);
  if (payload === null) throw new Error('no evidence');
  return payload;
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
    ['firing', {}, ['gi.ack', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['acknowledged', ACKED, ['gi.resolve', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['recovered', RECOVERED, ['gi.resolve', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['resolved', RESOLVED, ['gi.reopen', 'gi.note'], 0],
    ['closed', CLOSED, [], 0],
    ['snoozed', { quiet: SNOOZED }, ['gi.ack', 'gi.unsnooze', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['silenced', { quiet: SILENCED }, ['gi.lift', 'gi.ack', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['flapping', FLAPPING, ['gi.ack', 'gi.snooze', 'gi.diagnose', 'gi.restart', 'gi.more'], 1],
    ['folded', { foldedUnder: 'GI-7', foldedBy: 'dependency' }, ['gi.unmerge', 'gi.diagnose', 'gi.more'], 1],
  ] as const)(
    'a parent that is %s has its buttons, at most one of them primary',
    (_state, overrides, verbs, primaries) => {
      const buttons = elementsOf(parent(overrides));

      expect(buttons.map((button) => ('action_id' in button ? button.action_id : ''))).toEqual(verbs);
      expect(buttons.filter((button) => 'style' in button && button.style === 'primary')).toHaveLength(primaries);
      for (const button of buttons.filter(({ type }) => type === 'button')) {
        expect(button).toHaveProperty('accessibility_label', expect.stringMatching(/GI-\d/));
      }
    },
  );

  it('offers nothing that nobody handles', () => {
    const handled = new Set(BUTTONS.map(({ verb }) => `gi.${verb}`));
    const forms = new Set(FORMS.map(({ verb }) => verb));
    const elements = SURFACES.flatMap(([, payload]) => elementsOf(payload));

    expect(
      elements.map((each) => String('action_id' in each ? each.action_id : '')).filter((id) => !handled.has(id)),
    ).toEqual([]);
    expect(elements.flatMap(picksOf).filter((verb) => !forms.has(verb))).toEqual([]);
    expect(new Set(elements.flatMap(picksOf)).size).toBeGreaterThanOrEqual(6);
  });

  it.each(SURFACES.filter(([name]) => name.startsWith('parent')))(
    '%s has at most eight blocks',
    (_name, { blocks }) => {
      expect(blocks.length).toBeLessThanOrEqual(8);
    },
  );

  it.each([
    ['snoozed', { quiet: SNOOZED }, ['SNOOZED', '💤']],
    ['silenced', { quiet: SILENCED }, ['SILENCED', '🔕']],
    ['flapping', FLAPPING, ['FLAPPING']],
    ['folded', { foldedUnder: 'GI-7', foldedBy: 'dependency' }, ['FOLDED beneath GI-7']],
  ] as const)('the header of a parent that is %s says so in words beside its state', (_state, overrides, words) => {
    const [header] = parent(overrides).blocks;

    for (const word of ['P0', 'FIRING', ...words]) expect(JSON.stringify(header)).toContain(word);
    expect(parent(overrides).text).toContain(words[0]);
  });

  it.each([
    [[0, 10, 20], 'firing', '3 changes in 20s: ▇▇▇▇▇▇▁▁▁▁▁▁▇'],
    [[0, 10, 20], 'recovered', '3 changes in 20s: ▁▁▁▁▁▁▇▇▇▇▇▇▁'],
    [[0], 'firing', '1 changes: ▇'],
  ] as const)('flapping is drawn in time: %j, now %s', (seconds, status, words) => {
    const changes = seconds.map((second) => AT + second * 1000);

    expect(flappingWords({ status, flapping: { since: AT, changes, count: changes.length } })).toBe(words);
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
      { about, service: text, quiet: { ...SNOOZED, by: `slack:${text}` }, folded: ['GI-8'], flags: ['storm'] },
      {
        timeline: [{ at: AT, kind: 'k', by: text, text }],
        reasons: { quiet: text, fold: text, severity: { from: 'P0', by: text, reason: text } },
        children: [{ id: 'GI-8', title: text }],
        ...NOBODY,
      },
    ) as IncidentCard;
    const failed = { id: text, kind: text, status: 'failed' as const, seconds: 1, summary: text };
    const step = { ...failed, ...PLAIN_STEP, verifies: true };
    return [
      renderIncident(bad, () => text),
      renderIncident({ ...bad, view: { ...bad.view, ...CLOSED } }, () => text),
      renderTimeline({ ...bad, timeline: [{ at: AT, kind: 'run.requested', by: text, text }] }, () => text),
      renderThreadPage(bad, { ...PAGE, unnamed: [text] }, () => text),
      renderDmPage(bad, PAGE, () => text),
      ...hostileEvidence(bad, text),
      renderRun(run({ runbook: text, target: text, steps: [step], status: 'failed', summary: text }), () => text),
      renderNotice({ ...NOTICE, title: text, lines: [text] }, { isRepeat: false, file: null, insteadOf: text }),
    ];
  }

  function hostileEvidence(bad: IncidentCard, text: string): MessagePayload[] {
    const labels = { [text]: text };
    const parts = [
      { ...chart(), alertname: text, expression: text, series: chart().series.map((each) => ({ ...each, labels })) },
      { kind: 'logs', from: text, lines: Array.from({ length: 20 }, () => text), isCut: true },
      {
        kind: 'changes',
        firedAt: AT,
        changes: Array.from({ length: 8 }, () => ({ at: AT, text, by: text, url: text })),
        hidden: 3,
      },
      { ...SIMILAR, latest: [{ ...SIMILAR.latest[0], resolvedBy: text, fixedBy: [text], notes: [text, text] }] },
      { kind: 'runbooks', url: text, fitting: [{ name: text, summary: text, risk: 'R2' }] },
    ] as ContextPart[];
    const missing = [{ title: text, reason: text }];
    const full = { ...bad, diagnosis: { at: AT, by: text, checks: [check(text, 'fail', text)] } };
    const context = { at: AT, parts, missing, pending: [text] };
    return ['F1', null].flatMap((file) => renderEvidence({ ...full, context }, () => text, file) ?? []);
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
  }, 60_000);
});
