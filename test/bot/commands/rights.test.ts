import type { WebClient } from '@slack/web-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUTTONS } from '../../../src/bot/actions/buttons.ts';
import { onPress } from '../../../src/bot/actions/press.ts';
import type { Asker } from '../../../src/bot/commands/asker.ts';
import { VERBS } from '../../../src/bot/commands/grammar.ts';
import { speak } from '../../../src/bot/commands/speak.ts';
import type { Desk } from '../../../src/bot/listen/deps.ts';
import { FORMS } from '../../../src/bot/modals/forms.ts';
import { onSubmit } from '../../../src/bot/modals/modals.ts';
import type { Permission } from '../../../src/bot/roles.ts';
import type { Command } from '../../../src/core/command.ts';
import { testConfigSource } from '../../support/config.ts';
import {
  testIncident,
  testLease,
  testOverride,
  testPlan,
  testPreview,
  testRule,
  testSilence,
} from '../../support/desk.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { silentLogger } from '../../support/journal.ts';

const ACTOR = 'U1';
const DENIED: Permission = { allowed: false, needs: ['responder'], reason: 'needs the role responder' };

/** The incoming half with other rooms' facts as data: what was looked at, stored and answered, in order. */
function watchedDesk(permission: Permission) {
  const seen: Array<{ what: 'right' | 'stored' | 'told' | 'form'; detail: unknown }> = [];
  const note = (what: (typeof seen)[number]['what'], detail: unknown) => void seen.push({ what, detail });
  const config = testConfigSource();
  const client = {
    chat: {
      postEphemeral: async (said: unknown) => note('told', said),
      postMessage: async (said: unknown) => note('told', said),
    },
    views: {
      open: async (form: unknown) => {
        note('form', form);
        return { view: { id: 'V1' } };
      },
      update: async () => ({}),
    },
  } as unknown as WebClient;
  const desk: Desk = {
    submit: async (_key: string, command: Command) => {
      note('stored', command);
      return { duplicate: false, outcome: Promise.resolve({ kind: 'done', text: 'done' }) };
    },
    listIncidents: async () => [testIncident('GI-1'), testIncident('GI-7')],
    incident: async (id) => (id === 'GI-404' ? null : testIncident(id)),
    alertsOf: async () => [],
    run: async () => null,
    runLog: async () => null,
    incidentOfThread: async () => null,
    silences: {
      list: async () => [testSilence('SIL-7')],
      view: async (id) => testSilence(id),
      preview: async () => testPreview(),
      prefill: async () => [{ name: 'alertname', value: 'X', isRegex: false, isEqual: true }],
      settled: async (id) => testSilence(id),
    },
    runProbes: async () => [],
    oncallReport: () => [],
    leases: async () => [testLease('LEASE-3'), testLease('LEASE-4', { state: 'failed' })],
    rules: async () => [testRule('restart-when-down')],
    overrides: async () => [testOverride('OVR-1')],
    handoffs: async () => [],
    plan: async ({ parameters }) => testPlan(parameters),
    paged: async () => [],
    blocks: async () => ({ blocks: [], unread: [] }),
    pageTest: async () => [],
    simulate: async () => {
      throw new Error('nothing to simulate here');
    },
    numbers: async () => {
      throw new Error('no numbers here');
    },
    cliTokens: async () => [],
    health: () => ({ waiting: 0, parked: 0, storeWritable: true, lastWebhookAt: null }),
    roles: {
      rolesOf: async () => new Set(['viewer'] as const),
      may: async (userId, right) => {
        note('right', { userId, right });
        return right === 'read' ? { allowed: true } : permission;
      },
    },
    directory: {
      account: async () => null,
      membersOf: async () => null,
      nameOf: (actor) => actor,
      personOf: () => null,
      nameOfPerson: (person) => person,
      warm: async () => undefined,
    },
    config,
    clock: createFakeClock(),
    logger: silentLogger,
    client,
    counts: {
      envelope: () => undefined,
      acked: () => undefined,
      sockets: () => undefined,
      socketEnded: () => undefined,
      httpRefused: () => undefined,
      command: () => undefined,
    },
  };
  const asker = (incident: string | null): Asker => ({
    userId: ACTOR,
    via: 'slash',
    key: 'command|T1|1',
    channel: 'C1',
    threadTs: null,
    incident,
    triggerId: 'trigger',
    taken: async () => undefined,
    answer: async (answer) => note('told', answer),
    whisper: async (answer) => {
      note('told', answer);
      return true;
    },
    share: async (answer) => note('told', answer),
  });
  return { desk, seen, asker };
}

const word = fc.oneof(
  fc.constantFrom(...VERBS),
  fc.constantFrom(
    '42',
    'GI-42',
    '#7',
    '404',
    'gianna',
    'redis',
    'into',
    'until',
    '18:00',
    '2h',
    'p0',
    'sev1',
    '@ben',
    'me',
  ),
  fc.constantFrom(
    '--for',
    '--reason',
    '--sev',
    '--service',
    '--share',
    'reason=x',
    'mode=forced',
    '--schedule',
    '--from',
    '“quoted',
    'text”',
    '\n',
  ),
  fc.constantFrom(
    'list',
    'lift',
    'extend',
    'SIL-7',
    'alertname=X',
    'severity!=info',
    'nobody can pay',
    '<@U2|ben>',
    '$(id)',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const whole = fc.constantFrom(
  'ack 42',
  'resolve GI-42',
  'note 42 nobody can pay',
  'severity 42 p0 nobody can pay',
  'assign 42 me',
  'snooze 42 2h vendor is at it',
  'wake 42',
  'merge 42 into 7 same disk',
  'unmerge 42',
  'reopen 42 still broken',
  'open --sev p1 checkout is slow',
  'silence 42 --for 2h --reason new disk',
  'silence lift 7',
  'silence extend 7 2h',
  'oncall override ben for 4h --schedule primary',
  'oncall swap ana ben --schedule primary',
  'oncall override-remove OVR-1',
  'lease renew LEASE-3 1h',
  'lease undo LEASE-3',
  'lease abandon LEASE-4 nothing is left',
  'remediation on restart-when-down',
);
const words = fc.array(word, { maxLength: 9 });
const line = fc.oneof(
  words.map((each) => each.join(' ')),
  fc.tuple(whole, fc.array(word, { maxLength: 1 })).map(([said, more]) => [said, ...more].join(' ')),
);
const place = fc.constantFrom(null, 'GI-5');

describe('whatever a person types', () => {
  it('changes nothing without the right to, and is answered', async () => {
    await fc.assert(
      fc.asyncProperty(line, place, async (text, incident) => {
        const { desk, seen, asker } = watchedDesk(DENIED);

        await speak(text, asker(incident), desk);

        expect(seen.filter(({ what }) => what === 'stored' || what === 'form')).toEqual([]);
        expect(seen.filter(({ what }) => what === 'told').length).toBeGreaterThan(0);
      }),
      { numRuns: 1500 },
    );
  });

  it('is stored only after the right of that very person was looked at, under that name, and is answered', async () => {
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(line, place, async (text, incident) => {
        const { desk, seen, asker } = watchedDesk({ allowed: true });

        await speak(text, asker(incident), desk);

        const first = seen.findIndex(({ what }) => what === 'stored');
        if (first >= 0) stored += 1;
        for (const { what, detail } of seen) {
          if (what === 'stored') expect(detail).toMatchObject({ v: 1, by: `slack:${ACTOR}`, via: 'slash' });
        }
        const looked = seen.slice(0, Math.max(0, first)).filter(({ what }) => what === 'right');
        expect(first < 0 || looked.length > 0).toBe(true);
        for (const { detail } of looked)
          expect(detail).toMatchObject({ userId: ACTOR, right: expect.not.stringMatching('read') });
        expect(seen.some(({ what }) => what === 'told' || what === 'form')).toBe(true);
      }),
      { numRuns: 1500 },
    );
    expect(stored).toBeGreaterThan(300);
  });
});

describe('whatever a person presses', () => {
  const verb = fc.oneof(fc.constantFrom(...BUTTONS.map((button) => button.verb)), fc.string({ maxLength: 8 }));
  const value = fc.oneof(
    fc.record({
      v: fc.constantFrom(1, 2),
      i: fc.constantFrom('GI-1', 'GI-404', 'GI-0', undefined),
      s: fc.constantFrom('gianna', 'SIL-7', 'LEASE-3', 'restart-when-down', '../x', undefined),
      n: fc.constantFrom(3, -1, 'x'),
      verb: fc.constantFrom(...FORMS.map((form) => form.verb), 'ack', 'run', undefined),
    }),
    fc.string(),
  );

  it.each<[string, Permission]>([
    ['without the right', DENIED],
    ['with it', { allowed: true }],
  ])('is told or opens a form or is stored as a press: %s', async (_name, permission) => {
    await fc.assert(
      fc.asyncProperty(verb, value, async (pressed, carried) => {
        const { desk, seen } = watchedDesk(permission);
        let acked = 0;
        const action = { action_id: `gi.${pressed}`, action_ts: '1.1', value: JSON.stringify(carried) };
        const body = {
          type: 'block_actions',
          user: { id: ACTOR },
          trigger_id: 'trigger',
          container: { message_ts: '1.0', channel_id: 'C1' },
          actions: [action],
        };

        await onPress(
          body,
          async () => {
            acked += 1;
          },
          desk,
        );

        const stored = seen.filter(({ what }) => what === 'stored');
        if (!permission.allowed) expect(seen.filter(({ what }) => what === 'stored' || what === 'form')).toEqual([]);
        const asked = pressed === 'take-over' ? 'assign' : pressed;
        for (const { detail } of stored) expect(detail).toMatchObject({ verb: asked, by: `slack:${ACTOR}` });
        if (stored.length > 0)
          expect(seen.findIndex(({ what }) => what === 'right')).toBeLessThan(seen.indexOf(stored[0] as never));
        // a link is followed by Slack itself: its press is only taken
        const answers = seen.filter(({ what }) => what === 'told' || what === 'form').length;
        if (pressed !== 'open-thread') expect(stored.length + answers).toBeGreaterThan(0);
        expect(acked).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('whatever a form carries', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom(
      'P0',
      'GI-7',
      'ana',
      'ben',
      'primary',
      'person:ben',
      'new',
      '3600',
      'new disk',
      'alertname=X',
      'LEASE-3',
    ),
  );
  const fields = fc.dictionary(
    fc.constantFrom(
      'title',
      'severity',
      'to',
      'text',
      'seconds',
      'reason',
      'into',
      'fingerprints',
      'matchers',
      'person',
      'with',
      'schedule',
      'from',
      'about',
      'message',
      'lease',
      'rule',
      '__proto__',
    ),
    fc.oneof(
      typed.map((text) => ({ value: { value: text } })),
      typed.map((text) => ({ value: { selected_option: { value: text } } })),
      typed.map((text) => ({ value: { selected_options: [{ value: text }] } })),
    ),
  );
  const meta = fc.oneof(
    fc.record({
      incident: fc.constantFrom('GI-1', 'GI-404', null, 'GI-x'),
      version: fc.nat(9),
      channel: fc.constant('C1'),
      ts: fc.constant(null),
    }),
    fc.string(),
  );

  it.each(FORMS.map((form) => form.verb))(
    'of %s: nothing is stored without the right, and no refusal closes it',
    async (verb) => {
      await fc.assert(
        fc.asyncProperty(fields, meta, fc.boolean(), async (values, carried, allowed) => {
          const { desk, seen } = watchedDesk(allowed ? { allowed: true } : DENIED);
          const acks: unknown[] = [];
          const body = {
            user: { id: ACTOR },
            view: { id: 'V1', callback_id: `gi.${verb}`, private_metadata: JSON.stringify(carried), state: { values } },
          };

          await onSubmit(body, async (answer) => void acks.push(answer), desk);

          const stored = seen.filter(({ what }) => what === 'stored');
          if (!allowed) expect(stored).toEqual([]);
          if (stored.length === 0) expect(acks).toMatchObject([{ response_action: 'errors' }]);
          else {
            const others: Record<string, unknown> = {
              page: expect.stringMatching(/^(open|escalate)$/),
              'lease-end': 'undo',
            };
            const asked = others[verb] ?? verb;
            expect(stored).toMatchObject([{ detail: { verb: asked, by: `slack:${ACTOR}`, via: 'modal' } }]);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});
