import { describe, expect, it } from 'vitest';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';
import { shippedRunbooks } from '../../support/shipped-runbooks.ts';
import { type Edit, editTexts, loadTexts, SHIPPED } from './folder.ts';

/** As messages list them. */
const SHIPPED_RUNBOOKS = shippedRunbooks()
  .map(({ runbook }) => runbook)
  .join(', ');

/** As messages list them. */
const KINDS = STEP_KINDS.map(({ kind }) => kind).join(', ');

type Row = readonly [name: string, edits: readonly Edit[], place: string, message: string, hint?: string];

const FORMS: readonly Row[] = [
  [
    'an unknown key',
    [['slack.yml', 'language: en', 'langauge: en']],
    'slack.yml:15:1 langauge',
    'unknown key "langauge"; allowed here: channels, roles, blocks, language',
    'did you mean "language"?',
  ],
  [
    'a value that is none of the allowed',
    [['routes.yml', 'severity: P3 }', 'severity: P33 }']],
    'routes.yml:10:44 routes[5].severity',
    'must be one of P0, P1, P2, P3',
    'did you mean "P3"?',
  ],
  [
    'a route without a severity',
    [['routes.yml', '- { match: { severity: info }, severity: P3 }', '- { match: { severity: info } }']],
    'routes.yml:10:5 routes[5].severity',
    'missing key "severity"',
  ],
  [
    'a bad duration',
    [['routes.yml', 'reopen_within: 30m', 'reopen_within: 30 minutes']],
    'routes.yml:14:16 reopen_within',
    'must be a duration such as 90s, 15m, 4h, 2d or 1w',
  ],
  [
    'a number where a duration belongs',
    [['severities.yml', 'respond_within: 15m', 'respond_within: 15']],
    'severities.yml:7:19 P0.respond_within',
    'must be a duration such as 90s, 15m, 4h, 2d or 1w, not a number',
  ],
  [
    'an unknown driver',
    [['hosts.yml', 'driver: container', 'driver: contaner']],
    'hosts.yml:12:13 services.gianna.driver',
    'must be one of container, compose, swarm, systemd, command',
    'did you mean "container"?',
  ],
  [
    'an unknown rotation',
    [['oncall.yml', 'rotation: weekly', 'rotation: weekyl']],
    'oncall.yml:14:21 schedules.primary.layers[0].rotation',
    'must be hourly, daily, weekly or { every: 3d }',
    'did you mean "weekly"?',
  ],
  [
    'a calendar that is read too often',
    [
      [
        'oncall.yml',
        'people: [ana, ben] }',
        'people: [ana, ben] }\n      - { calendar: { file: team.ics, every: 5s } }',
      ],
    ],
    'oncall.yml:15:46 schedules.primary.layers[1].calendar.every',
    'must be from 1m to 12h',
  ],
  [
    'a calendar without a place',
    [['oncall.yml', 'people: [ana, ben] }', 'people: [ana, ben] }\n      - { calendar: team.ics }']],
    'oncall.yml:15:21 schedules.primary.layers[1].calendar',
    'must be { file: team.ics } or { url: "https://…/team.ics", every: 1h }, every from 1m to 12h',
  ],
  [
    'a zone that is none',
    [['oncall.yml', 'timezone: Europe/Lisbon', 'timezone: Europe/Lisboa']],
    'oncall.yml:7:61 people.ben.timezone',
    'must be a zone of the IANA list, such as America/Sao_Paulo or UTC',
  ],
  [
    'a key of another kind of probe',
    [['probes.yml', 'host: local, path: /', 'host: local, pth: /']],
    'probes.yml:9:47 probes.machine.pth',
    'unknown key "pth"; allowed here: kind, host, path, warn, fail, every, timeout',
    'did you mean "path"?',
  ],
  [
    'a bad threshold',
    [['probes.yml', '"> 1.2e9"', '"over 1.2e9"']],
    'probes.yml:7:125 probes.gianna-memory.warn',
    'must be a threshold such as "> 80%" or "< 0.7"',
  ],
  [
    'a channel that is neither name nor id',
    [['slack.yml', '"#security-alerts"', 'security-alerts']],
    'slack.yml:6:13 channels.security',
    'must be a Slack channel: "#name" in lower case, or its id (C…, G…; private channels by id)',
  ],
  [
    'a step of an unknown kind',
    [['runbooks/restart.yml', 'wait: {', 'host.run: {']],
    'runbooks/restart.yml:11:19 steps[2]["host.run"]',
    `unknown key "host.run"; allowed here: id, on, retries, timeout, idempotent, when, rolling, hold, undo, ${KINDS}`,
  ],
  [
    'a key that stands twice',
    [['slack.yml', 'language: en', 'blocks: rich']],
    'slack.yml:15:1 ',
    'this key stands here twice; keep one',
  ],
  ['a missing severity', [['severities.yml', 'P3:', 'P4:']], 'severities.yml:5:1 P3', 'missing key "P3"'],
  [
    'a key of the prototype',
    [['slack.yml', 'language: en', '__proto__: en']],
    'slack.yml:15:1 ',
    '"__proto__" is not a usable name',
  ],
  [
    'an alias bomb',
    [
      [
        'slack.yml',
        'language: en',
        `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]`,
      ],
    ],
    'slack.yml:1:1 ',
    'cannot be read: Excessive alias count indicates a resource exhaustion attack',
  ],
];

const REFERENCES: readonly Row[] = [
  [
    'a route to an unknown channel',
    [['routes.yml', 'channel: security', 'channel: secuity']],
    'routes.yml:5:62 routes[0].channel',
    'unknown channel "secuity"; in slack.yml there are ops, security',
    'did you mean "security"?',
  ],
  [
    'a route to an unknown service',
    [['routes.yml', 'service: gianna', 'service: gianaa']],
    'routes.yml:6:71 routes[1].service',
    'unknown service "gianaa"; in hosts.yml there are gianna, redis',
    'did you mean "gianna"?',
  ],
  [
    'a route to an unknown runbook',
    [['routes.yml', 'runbooks: [restart]', 'runbooks: [restrat]']],
    'routes.yml:6:90 routes[1].runbooks[0]',
    `unknown runbook "restrat"; in runbooks/ there are ${SHIPPED_RUNBOOKS}`,
    'did you mean "restart"?',
  ],
  [
    'a route to an unknown contact',
    [['routes.yml', 'policy_contact: security', 'policy_contact: securty']],
    'routes.yml:5:88 routes[0].policy_contact',
    'unknown contact "securty"; in oncall.yml there are manager, ops, security',
    'did you mean "security"?',
  ],
  [
    'a bad regular expression',
    [['routes.yml', 'alertname: GiannaServiceDown', 'alertname: /Gianna(/']],
    'routes.yml:6:27 routes[1].match.alertname',
    'not a regular expression (RE2): missing closing ): `Gianna(`',
  ],
  [
    'a default channel that is missing',
    [['slack.yml', 'ops: "#gianna-ops"', 'opps: "#gianna-ops"']],
    'slack.yml:4:1 channels',
    'missing key "ops"; incidents without a channel of their own go there',
    'did you mean "opps"?',
  ],
  [
    'a role for nobody',
    [['slack.yml', 'approver: [marco]', 'approver: [marko]']],
    'slack.yml:10:14 roles.approver[0]',
    '"marko" is nobody: write a person of oncall.yml, a Slack id (U…), an e-mail address or @usergroup',
    'did you mean "marco"?',
  ],
  [
    'a level that pages an unknown schedule',
    [['severities.yml', 'schedule:backup', 'schedule:bakcup']],
    'severities.yml:12:30 P0.levels[3].notify[0]',
    'unknown schedule "bakcup"; in oncall.yml there are primary, backup',
    'did you mean "backup"?',
  ],
  [
    'a level that reaches nobody by its means',
    [['severities.yml', 'notify: [contact:manager], by: [dm, thread]', 'notify: [contact:ops], by: [dm, thread]']],
    'severities.yml:23:7 P1.levels[2]',
    'nobody is reached by dm, thread: contact:ops have no such address',
    'add a means in "by", or an address in oncall.yml',
  ],
  [
    'a severity that nobody answers',
    [['severities.yml', 'digest: true ', 'digest: false ']],
    'severities.yml:36:1 P3',
    'nobody answers P3: give it levels, or digest: true',
  ],
  [
    'a level earlier than the one before it',
    [['severities.yml', '{ after: 30m', '{ after: 2h']],
    'severities.yml:23:16 P1.levels[2].after',
    'must be later than the level before it (2h)',
  ],
  [
    'an unknown person in a schedule',
    [['oncall.yml', 'people: [ana, ben]', 'people: [ana, bem]']],
    'oncall.yml:14:83 schedules.primary.layers[0].people[1]',
    'unknown person "bem"; in people there are ana, ben, marco',
    'did you mean "ben"?',
  ],
  [
    'an unknown person among several in a turn',
    [['oncall.yml', 'people: [ana, ben]', 'people: [[ana, bem], ben]']],
    'oncall.yml:14:84 schedules.primary.layers[0].people[0][1]',
    'unknown person "bem"; in people there are ana, ben, marco',
    'did you mean "ben"?',
  ],
  [
    'the same person twice in a turn',
    [['oncall.yml', 'people: [ana, ben]', 'people: [[ana, ana], ben]']],
    'oncall.yml:14:84 schedules.primary.layers[0].people[0][1]',
    '"ana" stands here twice',
  ],
  [
    'nobody beside somebody',
    [['oncall.yml', 'people: [ana, ben]', 'people: [[ana, nobody], ben]']],
    'oncall.yml:14:84 schedules.primary.layers[0].people[0][1]',
    'nobody stands alone, not beside people',
  ],
  [
    'a schedule of nobody',
    [['oncall.yml', 'people: [ana, ben]', 'people: [nobody]']],
    'oncall.yml:13:5 schedules.primary.layers',
    'nobody is on call: no layer has a rotation or a calendar, and none has somebody always',
  ],
  [
    'a person called nobody',
    [['oncall.yml', '  marco: {', '  nobody: { slack: U0NOBODY }\n  marco: {']],
    'oncall.yml:8:3 people.nobody',
    '"nobody" is the word for nobody in schedules; give this person another name',
  ],
  [
    'an unknown person who is always on call',
    [['oncall.yml', 'people: [ana, ben] }', 'people: [ana, ben] }\n      - { always: [ana, bem] }']],
    'oncall.yml:15:25 schedules.primary.layers[1].always[1]',
    'unknown person "bem"; in people there are ana, ben, marco',
    'did you mean "ben"?',
  ],
  [
    'an override by somebody unknown',
    [
      [
        'oncall.yml',
        'people: [ana, ben] }',
        'people: [ana, ben] }\n      - { override: [{ from: 2026-12-24, to: 2026-12-25, person: [ana, bem] }] }',
      ],
    ],
    'oncall.yml:15:72 schedules.primary.layers[1].override[0].person[1]',
    'unknown person "bem"; in people there are ana, ben, marco',
    'did you mean "ben"?',
  ],
  [
    'a layer on the holidays of nowhere',
    [['oncall.yml', 'people: [ana, ben] }', 'people: [ana, ben] }\n      - { always: ben, only: { holidays: XX } }']],
    'oncall.yml:15:42 schedules.primary.layers[1].only.holidays',
    'no holidays are known for "XX"; write a country such as BR, or a part of it such as BR-SP',
  ],
  [
    'a layer on holidays that it leaves out',
    [
      [
        'oncall.yml',
        'people: [ana, ben] }',
        'people: [ana, ben] }\n      - { always: ben, only: { holidays: BR }, except_holidays: BR }',
      ],
    ],
    'oncall.yml:15:65 schedules.primary.layers[1].except_holidays',
    'these are the holidays on which alone it applies: the layer never applies',
  ],
  [
    'a handoff that does not fit the rotation',
    [['oncall.yml', 'rotation: weekly, handoff: "Mon 09:00"', 'rotation: daily, handoff: "Mon 09:00"']],
    'oncall.yml:14:37 schedules.primary.layers[0].handoff',
    'a handoff of a rotation daily is written "09:00"',
  ],
  [
    'a topic in a channel that is not there',
    [['oncall.yml', '  primary:\n', '  primary:\n    on_handoff: { topic: opps }\n']],
    'oncall.yml:12:26 schedules.primary.on_handoff.topic',
    'unknown channel "opps"; in slack.yml there are ops, security',
    'did you mean "ops"?',
  ],
  [
    'a Slack account of two people',
    [['oncall.yml', 'slack: U03DEV', 'slack: U01ONCALL']],
    'oncall.yml:7:19 people.ben.slack',
    'U01ONCALL is already the Slack id of "ana"',
  ],
  [
    'holidays of nowhere',
    [['oncall.yml', 'holidays: BR', 'holidays: XX']],
    'oncall.yml:25:118 business_time.holidays',
    'no holidays are known for "XX"; write a country such as BR, or a part of it such as BR-SP',
  ],
  [
    'a service on an unknown host',
    [['hosts.yml', 'host: docker-1', 'host: docker-2']],
    'hosts.yml:10:11 services.gianna.host',
    'unknown host "docker-2"; in hosts.yml there are local, docker-1'.replace('hosts.yml', 'hosts'),
    'did you mean "docker-1"?',
  ],
  [
    'a driver that the host cannot serve',
    [['hosts.yml', 'host: docker-1', 'host: local']],
    'hosts.yml:10:11 services.gianna.host',
    'driver container needs a host with connect: docker or ssh; "local" has local',
  ],
  [
    'services that depend on each other',
    [['hosts.yml', 'components: [cache]', 'depends_on: [gianna]']],
    'hosts.yml:16:17 services.gianna.depends_on',
    'services depend on each other in a circle: gianna → redis → gianna',
  ],
  [
    'a component of two services',
    [['hosts.yml', 'components: [cache]', 'components: [llm]']],
    'hosts.yml:22:18 services.redis.components[0]',
    'component "llm" already points to service "gianna"',
  ],
  [
    'a probe that a service does not have',
    [['hosts.yml', 'probes: [cache]', 'probes: [cach]']],
    'hosts.yml:23:14 services.redis.probes[0]',
    'unknown probe "cach"; in probes.yml there are gianna-health, gianna-ready, gianna-memory, cache, machine',
    'did you mean "cache"?',
  ],
  [
    'a default service that is none',
    [['hosts.yml', 'default_service: gianna', 'default_service: giana']],
    'hosts.yml:30:18 default_service',
    'unknown service "giana"; in services there are gianna, redis',
    'did you mean "gianna"?',
  ],
  [
    'a probe of an unknown host',
    [['probes.yml', 'host: local', 'host: locl']],
    'probes.yml:9:40 probes.machine.host',
    'unknown host "locl"; in hosts.yml there are local, docker-1',
    'did you mean "local"?',
  ],
  [
    'a step that names an unknown parameter',
    [['runbooks/restart.yml', 'service: "${service}"', 'service: "${servic}"']],
    'runbooks/restart.yml:10:48 steps[1]["service.restart"].service',
    'unknown parameter or earlier step "servic"; there are service, mode, before',
    'did you mean "service"?',
  ],
  [
    'a list that does not stand alone',
    [['runbooks/restart.yml', 'probe: "${service.probes}" }', 'probe: "x${service.probes}" }']],
    'runbooks/restart.yml:9:26 steps[0].probe',
    '"${service.probes}" is a list: it stands alone as a value',
  ],
  [
    'a choice whose default is no option',
    [['runbooks/restart.yml', 'default: graceful', 'default: gracefull']],
    'runbooks/restart.yml:7:81 parameters.mode.default',
    'must be one of graceful, forced, rolling, at-once (did you mean graceful?)',
  ],
  [
    'the environment in a value that is not secret',
    [['slack.yml', '"#gianna-ops"', '"${OPS_CHANNEL}"']],
    'slack.yml:5:8 channels.ops',
    '${OPS_CHANNEL} is allowed only in values marked secret',
  ],
  [
    'a variable that is not set',
    [['routes.yml', 'url: http://127.0.0.1:9093', 'url: http://127.0.0.1:9093, auth: { bearer: "${AM_TOKEN}" }']],
    'routes.yml:16:61 alertmanager.auth.bearer',
    'environment variable AM_TOKEN is not set',
    'set AM_TOKEN, or AM_TOKEN_FILE to the path of a file that holds it',
  ],
];

describe('a faulty configuration', () => {
  const rows = [...FORMS, ...REFERENCES].map((row) => ({ name: row[0], row }));
  it.each(rows)('is refused for $name, at its place', async ({ row }) => {
    const [, edits, place, message, hint] = row;
    const { config, problems } = await loadTexts(editTexts(SHIPPED, edits));

    const found = problems
      .filter((problem) => problem.severity === 'error')
      .map((problem) => ({
        place: `${problem.file}:${problem.line}:${problem.column} ${problem.path}`,
        message: problem.message,
        hint: problem.hint,
      }));
    expect(config).toBeNull();
    expect(found).toContainEqual({ place, message, hint: hint ?? null });
  });

  it('is told whole: every fault of every file at once, also beside a fault of form', async () => {
    const edits: Edit[] = [
      ['routes.yml', 'channel: security', 'channel: secuity'],
      ['routes.yml', 'severity: P3 }', 'serverity: P3 }'],
      ['routes.yml', '{ match: {}, severity: P2 }', '{ match: {}, severity: P2, service: nowhere }'],
      ['severities.yml', 'name: Critical', 'title: Critical'],
      ['severities.yml', 'notify: [contact:manager]', 'notify: [contact:manger]'],
      ['hosts.yml', 'host: docker-1', 'host: docker-9'],
      ['oncall.yml', 'slack: U02MGR', 'slack: nobody'],
    ];

    const { problems } = await loadTexts(editTexts(SHIPPED, edits));

    expect(problems.filter((each) => each.severity === 'error').map((each) => `${each.file} ${each.path}`)).toEqual([
      'hosts.yml services.gianna.host',
      'oncall.yml people.marco.slack',
      'routes.yml routes[0].channel',
      'routes.yml routes[5].severity',
      'routes.yml routes[5].serverity',
      'routes.yml routes[6].service',
      'severities.yml P0.name',
      'severities.yml P0.title',
      'severities.yml P1.levels[2].notify[0]',
    ]);
  });

  it('is told of routes that no alert reaches, and of alerts that no route takes', async () => {
    const first = await loadTexts(editTexts(SHIPPED, [['routes.yml', '{ severity: warning }', '{}']]));
    const last = await loadTexts(editTexts(SHIPPED, [['routes.yml', '{ match: {}, ', '{ match: { a: b }, ']]));

    expect(
      first.problems.filter((each) => each.message.startsWith('is never reached')).map((each) => each.path),
    ).toEqual(['routes[5]', 'routes[6]']);
    expect(last.problems).toContainEqual({
      file: 'routes.yml',
      line: 4,
      column: 1,
      path: 'routes',
      severity: 'warning',
      message: 'no route takes every alert (match: {}): those that match none get severity P2 in channel ops',
      hint: null,
    });
  });

  it('is told of somebody on call whom a level does not reach', async () => {
    const { config, problems } = await loadTexts(editTexts(SHIPPED, [['oncall.yml', 'slack: U03DEV, ', '']]));

    expect(config).not.toBeNull();
    expect(problems.map((each) => each.message)).toContain(
      'while "ben" is on call, schedule:primary reaches nobody by dm, thread',
    );
  });
});
