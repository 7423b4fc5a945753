import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActiveAlert } from '../../src/alerts/alertmanager.ts';
import { ourReceivers } from '../../src/alerts/our-receivers.ts';
import { type Absences, compare, hasEnded } from '../../src/alerts/reconcile-compare.ts';
import type { Occurrence } from '../../src/journal/port.ts';

const NOW = 10_000_000;
const MINUTE = 60_000;

describe('one alert that Alertmanager holds against what we know of it', () => {
  it.each([
    ['never seen and old enough', undefined, {}, true],
    ['never seen and young', undefined, { startsAt: NOW - 10_000 }, false],
    ['open with the same start', occurrence(), {}, false],
    ['open with a later start here', occurrence({ startsAt: NOW - 5 * MINUTE }), {}, false],
    ['open with an older start here', occurrence({ startsAt: NOW - 50 * MINUTE }), {}, true],
    ['ended here before it began there', ended(NOW - 45 * MINUTE), {}, true],
    ['ended here, told there after that', ended(NOW - 20 * MINUTE), { updatedAt: NOW - 19 * MINUTE }, true],
    ['ended here, told there before that', ended(NOW - 20 * MINUTE), { updatedAt: NOW - 21 * MINUTE }, false],
    ['silenced there', undefined, { state: 'suppressed' }, false],
  ] as const)('%s', (_name, known, more, isFound) => {
    const alert = held(more);
    const { found } = look({ held: [alert], known: known === undefined ? [] : [known] });

    expect(found).toEqual(isFound ? [alert] : []);
  });
});

describe('an open alert that Alertmanager does not hold', () => {
  it('is missed only when it was absent in the look before as well, whatever the order of presence and absence', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (presence) => {
        let before: Absences = new Map();
        let absentBefore = false;
        for (const [index, isHeld] of presence.entries()) {
          const askedAt = NOW + index * MINUTE;
          const compared = look({ held: isHeld ? [held()] : [], open: [occurrence()], askedAt, before });
          expect(compared.missed.length).toBe(!isHeld && absentBefore ? 1 : 0);
          before = compared.absences;
          absentBefore = !isHeld;
        }
      }),
    );
  });

  it('is not absent yet when it reached us while the answer was made', () => {
    const { absences } = look({ open: [occurrence({ lastSeen: NOW - 1_000 })] });

    expect(absences.size).toBe(0);
  });

  const missed = { occurrence: occurrence({ lastSeen: NOW - 30 * MINUTE }), heldAt: null, since: NOW - MINUTE };
  it.each([
    ['one process that held it', [NOW - 60 * MINUTE], true],
    ['one that started since, just now', [NOW - 2 * MINUTE], false],
    ['one that started since, long enough ago', [NOW - 11 * MINUTE], true],
    ['two, of which one started just now', [NOW - 60 * MINUTE, NOW - MINUTE], false],
    ['one that does not say when it started', [null], false],
  ] as const)('has ended, asked of %s: %#', (_name, startedAt, expected) => {
    expect(hasEnded(missed, startedAt, NOW)).toBe(expected);
  });

  it('has ended when the process that held it last, asked, was up then', () => {
    const heldLately = { ...missed, heldAt: NOW - 2 * MINUTE };

    expect(hasEnded(heldLately, [NOW - 5 * MINUTE], NOW)).toBe(true);
  });
});

describe('the receivers that lead to us', () => {
  const OURS = 'http://gianna:8080/webhooks/alertmanager';
  it.each([
    ['the only one there is', [], { team: [] }, ['team']],
    ['before a delivery the one with our webhook', [], { team: [OURS], mail: [] }, ['team']],
    ['none of two bots before one has delivered', [], { a: [OURS], b: ['http://other/webhooks/alertmanager'] }, null],
    [
      'the one that delivered, not the other bot',
      ['a'],
      { a: [OURS], b: ['http://other/webhooks/alertmanager'] },
      ['a'],
    ],
    ['with it those of the same webhook', ['a'], { a: [OURS], b: [OURS], c: [] }, ['a', 'b']],
    ['one that delivered when the webhooks are hidden', ['a'], { a: ['<secret>'], b: ['<secret>'] }, ['a']],
    ['none of several without a webhook of ours', [], { a: [], b: ['http://pager'] }, null],
  ] as const)('are %s', (_name, delivered, receivers, expected) => {
    const config = JSON.stringify({
      receivers: Object.entries<readonly string[]>(receivers).map(([name, urls]) => ({
        name,
        webhook_configs: urls.map((url) => ({ url })),
      })),
    });

    const ours = ourReceivers(delivered, [{ startedAt: 0, config }]);

    expect(ours === null ? null : [...ours]).toEqual(expected);
  });
});

function look(options: {
  held?: readonly ActiveAlert[];
  known?: readonly Occurrence[];
  open?: readonly Occurrence[];
  askedAt?: number;
  before?: Absences;
}) {
  const { held: alerts = [], known = [], open = [], askedAt = NOW, before = new Map() } = options;
  return compare(
    {
      askedAt,
      held: new Map(alerts.map((alert) => [alert.fingerprint, alert])),
      isOurs: () => true,
      known: new Map(known.map((one) => [one.fingerprint, one])),
      open,
      youngMs: 30_000,
      before,
    },
    null,
  );
}

function held(more: Partial<ActiveAlert> = {}): ActiveAlert {
  return {
    fingerprint: 'f',
    labels: { alertname: 'A' },
    annotations: {},
    startsAt: NOW - 40 * MINUTE,
    endsAt: NOW + 4 * MINUTE,
    updatedAt: NOW,
    generatorUrl: null,
    receivers: ['team'],
    state: 'active',
    silencedBy: [],
    ...more,
  };
}

function occurrence(more: Partial<Occurrence> = {}): Occurrence {
  return {
    incident: 'GI-1',
    fingerprint: 'f',
    startsAt: NOW - 40 * MINUTE,
    endsAt: null,
    status: 'firing',
    severity: 'P2',
    lastSeen: NOW - 40 * MINUTE,
    about: '',
    ...more,
  };
}

function ended(endsAt: number): Occurrence {
  return occurrence({ status: 'resolved', startsAt: Math.min(endsAt, NOW - 40 * MINUTE), endsAt });
}
