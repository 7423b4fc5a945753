import { describe, expect, it } from 'vitest';
import { NO_POLICY } from '../../../src/core/config/resolve/policy.ts';
import { shippedRunbooks } from '../../support/shipped-runbooks.ts';
import { type Edit, editTexts, loadTexts, SHIPPED } from './folder.ts';

/** As messages list them. */
const SHIPPED_RUNBOOKS = shippedRunbooks()
  .map(({ runbook }) => runbook)
  .join(', ');

const POLICY = `approvals:
  expire: 30m
  break_glass: false
  required:
    - { runbooks: [restart], risks: [R2], services: [gianna], environments: [production] }
freeze:
  - name: incident
    runs: { risks: [R2, R3] }
    while: { incidents: [P0, P1], silenced: true, leases: [restart] }
  - name: calendar
    runs: {}
    while:
      windows:
        - { days: [Fri], from: "18:00", to: "08:00" }
        - { from: 2026-12-20, to: 2027-01-02, timezone: Europe/Lisbon }
remediation:
  - name: hung
    match: { alertname: /Gianna.*/, severity: [critical, warning] }
    runbook: restart
    parameters: { mode: forced }
    precheck: { probe: gianna-health, results: [fail, unknown] }
    after: 3m
    most_per_hour: 2
    cooldown: 20m
    most_misses: 2
protected: [198.51.100.7, 203.0.113.0/28]
`;
const EASY: readonly Edit[] = [['oncall.yml', ', holidays: BR', '']];

function load(edits: ReadonlyArray<readonly [from: string, to: string]>, others: readonly Edit[] = []) {
  let text = POLICY;
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`policy.yml does not contain ${from}`);
    text = text.replace(from, () => to);
  }
  return loadTexts(editTexts(SHIPPED, [...EASY, ...others]).set('policy.yml', text));
}

type Row = readonly [name: string, edit: readonly [string, string], place: string, message: string, hint?: string];

const ROWS: readonly Row[] = [
  [
    'an unknown key',
    ['break_glass: false', 'break_glas: false'],
    '3:3 approvals.break_glas',
    'unknown key "break_glas"; allowed here: expire, break_glass, required',
    'did you mean "break_glass"?',
  ],
  [
    'an approval that is never waited for',
    ['expire: 30m', 'expire: 0m'],
    '2:11 approvals.expire',
    'must be longer than zero',
  ],
  [
    'an unknown risk',
    ['risks: [R2]', 'risks: [R4]'],
    '5:38 approvals.required[0].risks[0]',
    'must be one of R0, R1, R2, R3',
    'did you mean "R0"?',
  ],
  [
    'an unknown runbook that needs a second person',
    ['runbooks: [restart]', 'runbooks: [restrat]'],
    '5:20 approvals.required[0].runbooks[0]',
    `unknown runbook "restrat"; in runbooks/ there are ${SHIPPED_RUNBOOKS}`,
    'did you mean "restart"?',
  ],
  [
    'an unknown service',
    ['services: [gianna]', 'services: [giana]'],
    '5:54 approvals.required[0].services[0]',
    'unknown service "giana"; in hosts.yml there are gianna, redis',
    'did you mean "gianna"?',
  ],
  [
    'an unknown environment',
    ['environments: [production]', 'environments: [prodution]'],
    '5:78 approvals.required[0].environments[0]',
    'unknown environment "prodution"; in hosts.yml there are production',
    'did you mean "production"?',
  ],
  [
    'an unknown severity',
    ['incidents: [P0, P1]', 'incidents: [P9]'],
    '9:26 freeze[0].while.incidents[0]',
    'must be one of P0, P1, P2, P3',
    'did you mean "P0"?',
  ],
  [
    'a freeze that nothing holds',
    ['while: { incidents: [P0, P1], silenced: true, leases: [restart] }', 'while: { silenced: false }'],
    '9:12 freeze[0].while',
    'must name at least one of incidents, silenced, leases, windows',
  ],
  [
    'a name that is there already',
    ['name: calendar', 'name: incident'],
    '10:11 freeze[1].name',
    'rule "incident" is there already',
  ],
  [
    'an unknown day',
    ['days: [Fri]', 'days: [Friday]'],
    '14:20 freeze[1].while.windows[0].days[0]',
    'must be one of Mon, Tue, Wed, Thu, Fri, Sat, Sun',
  ],
  [
    'a time that is none',
    ['from: "18:00"', 'from: "25:00"'],
    '14:32 freeze[1].while.windows[0].from',
    'must be a time of day such as "09:00"',
  ],
  [
    'a day that does not exist',
    ['from: 2026-12-20', 'from: 2026-12-40'],
    '15:19 freeze[1].while.windows[1].from',
    'must be a date that exists',
  ],
  [
    'an end before its begin',
    ['to: 2027-01-02', 'to: 2026-01-02'],
    '15:35 freeze[1].while.windows[1].to',
    'must not be before 2026-12-20',
  ],
  [
    'an unknown zone',
    ['timezone: Europe/Lisbon', 'timezone: Europe/Lisboa'],
    '15:57 freeze[1].while.windows[1].timezone',
    'must be a zone of the IANA list, such as America/Sao_Paulo or UTC',
  ],
  [
    'a rule for every alert',
    ['match: { alertname: /Gianna.*/, severity: [critical, warning] }', 'match: {}'],
    '18:12 remediation[0].match',
    'must name at least one label: a rule is never for every alert',
  ],
  [
    'a bad regular expression',
    ['/Gianna.*/', '/Gianna(/'],
    '18:25 remediation[0].match.alertname',
    'not a regular expression (RE2): missing closing ): `Gianna(`',
  ],
  [
    'an unknown runbook that runs of itself',
    ['runbook: restart', 'runbook: restrat'],
    '19:14 remediation[0].runbook',
    `unknown runbook "restrat"; in runbooks/ there are ${SHIPPED_RUNBOOKS}`,
    'did you mean "restart"?',
  ],
  [
    'an unknown parameter',
    ['mode: forced', 'mod: forced'],
    '20:24 remediation[0].parameters.mod',
    'unknown parameter "mod"; in runbook restart there are service, mode',
    'did you mean "mode"?',
  ],
  [
    'a value that a parameter does not take',
    ['mode: forced', 'mode: fored'],
    '20:25 remediation[0].parameters.mode',
    'must be one of graceful, forced, rolling, at-once (did you mean forced?)',
  ],
  [
    'an unknown probe',
    ['probe: gianna-health', 'probe: gianna-heath'],
    '21:24 remediation[0].precheck.probe',
    'unknown probe "gianna-heath"; in probes.yml there are gianna-health, gianna-ready, gianna-memory, cache, machine',
    'did you mean "gianna-health"?',
  ],
  [
    'a precheck that all is well',
    ['results: [fail, unknown]', 'results: [ok]'],
    '21:49 remediation[0].precheck.results[0]',
    'must be one of warn, fail, unknown',
  ],
  [
    'no precheck',
    ['    precheck: { probe: gianna-health, results: [fail, unknown] }\n', ''],
    '17:5 remediation[0].precheck',
    'missing key "precheck"',
  ],
  [
    'no run at all',
    ['most_per_hour: 2', 'most_per_hour: 0'],
    '23:20 remediation[0].most_per_hour',
    'must be at least 1',
  ],
  [
    'a rule that is neither on nor off',
    ['name: hung', 'on: yes\n    name: hung'],
    '17:9 remediation[0].on',
    'must be true or false, not a text',
  ],
];

function told({ problems }: Awaited<ReturnType<typeof load>>, severity: 'error' | 'warning') {
  const own = problems.filter((each) => each.file === 'policy.yml' && each.severity === severity);
  return own.map(({ line, column, path, message, hint }) => [`${line}:${column} ${path}`, message, hint]);
}

describe('a faulty policy', () => {
  it.each(ROWS.map((row) => ({ name: row[0], row })))('is refused for $name, at its place', async ({ row }) => {
    const [, edit, place, message, hint] = row;

    const loaded = await load([edit]);

    expect(loaded.config).toBeNull();
    expect(told(loaded, 'error')).toContainEqual([place, message, hint ?? null]);
  });

  it.each(['R0', 'R3'])('is refused for a runbook of risk %s that runs of itself', async (risk) => {
    const loaded = await load([], [['runbooks/restart.yml', 'risk: R2', `risk: ${risk}`]]);

    const message = `only a runbook of risk R1 or R2 runs of itself; "restart" is ${risk}`;
    expect(told(loaded, 'error')).toEqual([['19:14 remediation[0].runbook', message, null]]);
  });

  it('is refused for a parameter that the runbook needs and nobody would give', async () => {
    const more = '{ type: service }\n  reason: { type: text }';
    const loaded = await load([], [['runbooks/restart.yml', '{ type: service }', more]]);

    const message = 'missing parameter "reason", which runbook restart needs';
    expect(told(loaded, 'error')).toEqual([['20:5 remediation[0].parameters', message, null]]);
  });
});

describe('a policy', () => {
  it('is read with seconds, defaults and the zone of business time', async () => {
    const { config } = await load([]);

    expect(config?.policy).toEqual({
      approvals: {
        expireSeconds: 1800,
        breakGlass: false,
        required: [{ runbooks: ['restart'], risks: ['R2'], services: ['gianna'], environments: ['production'] }],
      },
      freeze: [
        {
          name: 'incident',
          runs: { runbooks: [], risks: ['R2', 'R3'], services: [], environments: [] },
          while: { incidents: ['P0', 'P1'], silenced: true, leases: ['restart'], windows: [] },
        },
        {
          name: 'calendar',
          runs: { runbooks: [], risks: [], services: [], environments: [] },
          while: {
            incidents: [],
            silenced: false,
            leases: [],
            windows: [
              { kind: 'weekly', days: ['Fri'], from: '18:00', to: '08:00', timezone: 'America/Sao_Paulo' },
              { kind: 'dates', from: '2026-12-20', to: '2027-01-02', timezone: 'Europe/Lisbon' },
            ],
          },
        },
      ],
      remediation: [
        {
          name: 'hung',
          isOn: false,
          match: {
            alertname: { kind: 'pattern', pattern: 'Gianna.*' },
            severity: { kind: 'values', values: ['critical', 'warning'] },
          },
          runbook: 'restart',
          parameters: { mode: 'forced' },
          precheck: { probe: 'gianna-health', results: ['fail', 'unknown'] },
          afterSeconds: 180,
          mostPerHour: 2,
          cooldownSeconds: 1200,
          mostMisses: 2,
        },
      ],
      protected: ['198.51.100.7', '203.0.113.0/28'],
    });
  });

  it('need not be there', async () => {
    const { config } = await loadTexts(editTexts(SHIPPED, EASY));

    expect(config?.policy).toEqual(NO_POLICY);
  });

  it('may freeze for a lease that no runbook takes, with a warning', async () => {
    const loaded = await load([['leases: [restart]', 'leases: [maintenance]']]);

    expect(loaded.config?.policy.freeze[0]?.while.leases).toEqual(['maintenance']);
    expect(told(loaded, 'warning')).toEqual([
      [
        '9:60 freeze[0].while.leases[0]',
        `unknown runbook "maintenance"; in runbooks/ there are ${SHIPPED_RUNBOOKS}`,
        null,
      ],
    ]);
  });
});
