import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Opening } from '../../src/alerts/delivery.ts';
import { evolveIncident } from '../../src/alerts/evolve.ts';
import { decideIncident, type IncidentCommand } from '../../src/alerts/incident.ts';
import type { IncidentState } from '../../src/alerts/incident-state.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261122);
const STATUSES = ['firing', 'acknowledged', 'recovered', 'resolved', 'closed'] as const;

/** Every step of status that CONFIG.md's States allow, written down anew. */
const ALLOWED: Record<string, readonly string[]> = {
  none: ['firing', 'recovered'],
  firing: ['acknowledged', 'recovered', 'resolved'],
  acknowledged: ['recovered', 'resolved'],
  recovered: ['firing', 'acknowledged', 'resolved', 'recovered'],
  resolved: ['firing', 'closed', 'recovered'],
  closed: [],
};

const OPENING: Opening = {
  severity: 'P2',
  channel: 'ops',
  service: 'gianna',
  group: 'ops|g',
  runbooks: ['restart'],
  policyContact: null,
  digest: false,
  about: 'a',
  previous: null,
  route: 1,
};

const FLAPPING = { changes: 6, withinSeconds: 1800, staysSeconds: 600 };

/** A delivery that is possible: what starts or ends stays within the counts. */
type Wish = { verb: 'deliver'; starts: number; ends: number; severity: 0 | 1 | 2 | 3; truncated: number };
const wish: fc.Arbitrary<Wish | Exclude<IncidentCommand, { verb: 'deliver' }>> = fc.oneof(
  fc.record({
    verb: fc.constant('deliver' as const),
    starts: fc.nat(2),
    ends: fc.nat(3),
    severity: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
    truncated: fc.constantFrom(0, 0, 0, 7),
  }),
  fc.constant({ verb: 'ack' as const, by: 'slack:U1' as const }),
  fc.record({ verb: fc.constant('resolve' as const), seenStatus: fc.constantFrom(null, ...STATUSES) }),
  fc.constantFrom({ verb: 'resolve-auto' as const }, { verb: 'remind' as const }, { verb: 'close' as const }),
  fc.constant({ verb: 'note' as const, text: 'd' }),
);

describe(`the incident machine (seed ${SEED})`, () => {
  it('only takes the steps that the states allow, counts right, and never lowers its severity', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 30 }), (wishes) => {
        let state: IncidentState | null = null;
        wishes.forEach((each, at) => {
          const before: IncidentState | null = state;
          const command = each.verb === 'deliver' ? possible(before, each) : each;
          const decision = decideIncident(before, command, { now: at, nameOf: (actor) => actor, flapping: FLAPPING });
          if (decision.kind === 'refused') return;
          for (const event of decision.events) {
            const after: IncidentState = evolveIncident(state, { ...event, id: 'GI-1', at, actor: 'slack:U1' });
            checkStep(state, after);
            state = after;
          }
          if (state !== null && command.verb === 'deliver') checkCounts(before, state, command.delivery);
        });
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('decides without touching the state it is given', () => {
    const state = deepFrozen(firingState());

    for (const verb of ['ack', 'resolve-auto', 'remind', 'close'] as const) {
      expect(() =>
        decideIncident(state, verb === 'ack' ? { verb, by: 'slack:U1' } : { verb }, {
          now: 1,
          nameOf: String,
          flapping: FLAPPING,
        }),
      ).not.toThrow();
    }
  });
});

function possible(state: IncidentState | null, wished: Wish): Extract<IncidentCommand, { verb: 'deliver' }> {
  const starts = state === null ? Math.max(1, wished.starts) : wished.starts;
  const ends = Math.min(wished.ends, (state?.firing ?? 0) + starts);
  const severity = (['P0', 'P1', 'P2', 'P3'] as const)[wished.severity];
  const most = starts > 0 ? { severity, runbooks: [], policyContact: null, digest: false } : null;
  const delivery: Delivery = {
    firing: starts - ends,
    ended: ends,
    started: starts > 0,
    most,
    mostStarted: most,
    truncated: wished.truncated,
    rejected: 0,
    groupFires: wished.truncated > 0,
  };
  return { verb: 'deliver', delivery, opening: state === null ? OPENING : null };
}

function checkStep(before: IncidentState | null, after: IncidentState): void {
  const from = before?.status ?? 'none';
  if (from !== after.status) expect(ALLOWED[from]).toContain(after.status);
  if (before !== null) expect(after.severity <= before.severity).toBe(true);
  if (after.status === 'acknowledged') expect(after.owner).not.toBeNull();
  if (after.status === 'resolved') expect(after.resolvedAt).not.toBeNull();
  if (after.status === 'firing') expect(after.owner).toBeNull();
}

function checkCounts(before: IncidentState | null, after: IncidentState, delivery: Delivery): void {
  expect(after.firing).toBe((before?.firing ?? 0) + delivery.firing);
  expect(after.ended).toBe((before?.ended ?? 0) + delivery.ended);
  if (after.status === 'recovered') expect(after.firing).toBe(0);
  if (delivery.truncated > 0 && before?.status === 'firing') expect(after.status).not.toBe('recovered');
}

function firingState(): IncidentState {
  const data = { ...OPENING, firing: 1, ended: 0 };
  return evolveIncident(null, { type: 'incident.opened', v: 1, data, id: 'GI-1', at: 0, actor: 'alertmanager' });
}

function deepFrozen(state: IncidentState): IncidentState {
  Object.freeze(state.runbooks);
  return Object.freeze(state);
}
