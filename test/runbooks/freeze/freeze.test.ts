import { describe, expect, it } from 'vitest';
import type { FreezeRule, RunMatch } from '../../../src/core/config/config.ts';
import { type FreezeFacts, type FrozenRun, freezesOf } from '../../../src/runbooks/freeze/freeze.ts';

const NOW = Date.UTC(2026, 10, 28, 15);
const ANY: RunMatch = { runbooks: [], risks: [], services: [], environments: [] };
const NOTHING: FreezeRule['while'] = { incidents: [], silenced: false, leases: [], windows: [] };

function rule(holds: Partial<FreezeRule['while']>, runs: Partial<RunMatch> = {}, name = 'deploys'): FreezeRule {
  return { name, runs: { ...ANY, ...runs }, while: { ...NOTHING, ...holds } };
}
function run(rest: Partial<FrozenRun> = {}): FrozenRun {
  return {
    runbook: 'deploy',
    risk: 'R2',
    service: 'gianna',
    environment: 'production',
    incident: null,
    isUndo: false,
    isRollback: false,
    ...rest,
  };
}
function facts(rest: Partial<FreezeFacts> = {}): FreezeFacts {
  return {
    openIncidents: async () => [],
    silencesOn: async () => [],
    leasesOn: async () => [],
    now: NOW,
    ...rest,
  };
}
async function reasons(...args: Parameters<typeof freezesOf>): Promise<string[]> {
  return (await freezesOf(...args)).map(({ reason }) => reason);
}

const WEEKEND: FreezeRule['while']['windows'] = [
  { kind: 'weekly', days: ['Sat', 'Sun'], from: '00:00', to: '24:00', timezone: 'America/Sao_Paulo' },
  { kind: 'weekly', days: ['Mon'], from: '00:00', to: '06:00', timezone: 'America/Sao_Paulo' },
];
const EVERYTHING = rule({ incidents: ['P0', 'P1'], silenced: true, leases: ['maintenance'], windows: WEEKEND });
const ALL_AT_ONCE = facts({
  openIncidents: async () => [
    { id: 'GI-142', severity: 'P0' },
    { id: 'GI-143', severity: 'P2' },
  ],
  silencesOn: async () => [{ id: 'SIL-4', until: Date.UTC(2026, 10, 28, 18), by: 'ana', incident: null }],
  leasesOn: async () => [
    { id: 'LEASE-3', runbook: 'maintenance', until: NOW + 60_000, incident: null },
    { id: 'LEASE-4', runbook: 'block', until: NOW + 60_000, incident: null },
  ],
});

describe('a run is frozen', () => {
  it('for every cause that a rule names, in words that name the cause', async () => {
    const found = await freezesOf(run(), [EVERYTHING], ALL_AT_ONCE);

    expect(found).toEqual(
      [
        'GI-142 (P0) is open on gianna',
        'a silence covers gianna until 18:00 UTC by ana',
        'maintenance of gianna is held by LEASE-3',
        'freeze window deploys until Mon 06:00 (America/Sao_Paulo)',
      ].map((reason) => ({ kind: 'freeze', rule: 'deploys', reason, isOverridable: true })),
    );
  });

  it('by nothing that no rule names', async () => {
    const found = await freezesOf(run(), [rule({})], ALL_AT_ONCE);

    expect(found).toEqual([]);
  });

  it.each<[string, Partial<RunMatch>, Partial<FrozenRun>, boolean]>([
    ['of a runbook that is named', { runbooks: ['deploy'] }, {}, true],
    ['of another runbook', { runbooks: ['deploy'] }, { runbook: 'restart' }, false],
    ['of a risk that is named', { risks: ['R2', 'R3'] }, {}, true],
    ['of another risk', { risks: ['R3'] }, {}, false],
    ['of another service', { services: ['redis'] }, {}, false],
    ['in another environment', { environments: ['production'] }, { environment: 'staging' }, false],
    ['without an environment, where one is named', { environments: ['production'] }, { environment: null }, false],
  ])('%s: %j', async (_what, runs, rest, isFrozen) => {
    const found = await freezesOf(run(rest), [rule({ incidents: ['P0'] }, runs)], ALL_AT_ONCE);

    expect(found.length > 0).toBe(isFrozen);
  });

  it('by calendars alone when it is about no service', async () => {
    const found = await reasons(run({ service: null }), [EVERYTHING], ALL_AT_ONCE);

    expect(found).toEqual(['freeze window deploys until Mon 06:00 (America/Sao_Paulo)']);
  });

  it('until a date when the end is more than a week away', async () => {
    const windows: FreezeRule['while']['windows'] = [
      { kind: 'dates', from: '2026-11-20', to: '2027-01-02', timezone: 'UTC' },
    ];

    const found = await reasons(run(), [rule({ windows }, {}, 'year end')], facts());

    expect(found).toEqual(['freeze window year end until 2027-01-03 00:00 (UTC)']);
  });
});

describe('a run is never frozen', () => {
  it.each<[string, Partial<FrozenRun>]>([
    ['because it is an undo', { isUndo: true }],
    ['because it is a roll-back', { isRollback: true }],
  ])('%s', async (_why, rest) => {
    const found = await freezesOf(run(rest), [EVERYTHING], ALL_AT_ONCE);

    expect(found).toEqual([]);
  });

  it('by the incident that it was started for, nor by what was silenced and held for that', async () => {
    const known = facts({
      openIncidents: async () => [{ id: 'GI-142', severity: 'P0' }],
      silencesOn: async () => [{ id: 'SIL-4', until: NOW + 60_000, by: 'ana', incident: 'GI-142' }],
      leasesOn: async () => [{ id: 'LEASE-3', runbook: 'maintenance', until: NOW + 60_000, incident: 'GI-142' }],
    });
    const holds = rule({ incidents: ['P0'], silenced: true, leases: ['maintenance'] });

    const found = await Promise.all(
      ['GI-142', 'GI-150', null].map((incident) => reasons(run({ incident }), [holds], known)),
    );

    expect(found.map((each) => each.length)).toEqual([0, 3, 3]);
  });

  it('unless another incident is open as well', async () => {
    const known = facts({
      openIncidents: async () => [
        { id: 'GI-142', severity: 'P0' },
        { id: 'GI-150', severity: 'P1' },
      ],
    });

    const found = await reasons(run({ incident: 'GI-142' }), [rule({ incidents: ['P0', 'P1'] })], known);

    expect(found).toEqual(['GI-150 (P1) is open on gianna']);
  });
});
