import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Environment } from '../../../src/core/config/env-references.ts';
import { schemasOf } from '../../../src/core/config/files.ts';
import type { LoadedConfig } from '../../../src/core/config/load.ts';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';
import { testParameter, testRunbook, testStep } from '../../support/config.ts';
import { TRIED_KINDS } from '../../support/step-shapes.ts';
import { editTexts, loadTexts, SHIPPED } from './folder.ts';

/** As messages list them. */
const KINDS = STEP_KINDS.map(({ kind }) => kind).join(', ');

const TRIED = readFileSync(join(import.meta.dirname, '../../fixtures/config/tried/try.yml'), 'utf8');
const ENV = { TRY_TOKEN: 'token-of-the-test', TRY_PASSWORD: 'password-of-the-test' };

/** Loads the shipped configuration with one runbook more, edited. */
function load(
  edits: ReadonlyArray<readonly [from: string, to: string]>,
  env: Environment = ENV,
): Promise<LoadedConfig> {
  const texts = editTexts(SHIPPED, [
    ['oncall.yml', ', holidays: BR', ''],
    ['hosts.yml', '{ connect: local }', '{ connect: local, roles: [app] }'],
  ]);
  let text = TRIED;
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`the runbook does not contain ${from}`);
    text = text.replace(from, () => to);
  }
  return loadTexts(texts.set('runbooks/try.yml', text), env, TRIED_KINDS);
}

function told({ problems }: LoadedConfig, severity: 'error' | 'warning') {
  const own = problems.filter((each) => each.file === 'runbooks/try.yml' && each.severity === severity);
  return own.map(({ line, column, path, message, hint }) => [`${line}:${column} ${path}`, message, hint]);
}

type Row = readonly [
  name: string,
  edit: readonly [from: string, to: string],
  place: string,
  message: string,
  hint?: string,
];

const ROWS: readonly Row[] = [
  [
    'a word that takes what is no parameter',
    ['takes: [service, note]', 'takes: [service, notes]'],
    '35:26 word.takes[1]',
    'unknown parameter "notes"; in parameters there are service, where, mode, count, time, note, from, net, password',
    'did you mean "note"?',
  ],
  [
    'a role that there is none of',
    ['who: [responder, security]', 'who: [responder, secrity]'],
    '4:18 who[1]',
    'must be one of responder, approver, security, admin',
    'did you mean "security"?',
  ],
  ['more second persons than one', ['approvals: 1', 'approvals: 2'], '5:12 approvals', 'must be 0 or 1'],
  [
    'a cool-down that is no duration',
    ['cooldown: 10m', 'cooldown: 10'],
    '6:11 cooldown',
    'must be a duration such as 90s, 15m, 4h, 2d or 1w, not a number',
  ],
  ['no target at all', ['most_targets: 3', 'most_targets: 0'], '7:15 most_targets', 'must be at least 1'],
  [
    'something else to do when a step fails',
    ['on_failure: undo', 'on_failure: undoo'],
    '8:13 on_failure',
    'must be one of stop, undo',
    'did you mean "undo"?',
  ],
  [
    'a change in a runbook that only reads',
    ['risk: R2', 'risk: R0'],
    '28:5 steps[1]["try.run"]',
    'a runbook of risk R0 only looks; try.run changes something: R1, R2 or R3',
  ],
  [
    'a rule that raises the risk to what it is already',
    [', risk: R3', ', risk: R2'],
    '36:61 risk_when[0].risk',
    "must be higher than the runbook's own R2",
  ],
  [
    'a risk that depends on what a step comes to',
    ['{ mode: hard,', '{ before.result: fail,'],
    '36:21 risk_when[0].if["before.result"]',
    'unknown parameter or earlier step "before"; there are service, where, mode, count, time, note, from, net, password',
  ],
  [
    'a risk that depends on a choice that there is none of',
    ['{ mode: hard,', '{ mode: hrd,'],
    '36:27 risk_when[0].if.mode',
    'unknown option "hrd"; in parameter mode there are soft, hard',
    'did you mean "hard"?',
  ],
  [
    'a part that a network does not have',
    ['net.prefix', 'net.width'],
    '36:33 risk_when[0].if["net.width"]',
    'parameter "net" has no part "width"; it has family, prefix',
  ],
  [
    'a rule without a condition',
    ['{ mode: hard, net.prefix: "< 24" }', '{}'],
    '36:19 risk_when[0].if',
    'must have at least one condition',
  ],
  [
    'a default that is no host',
    ['default: local', 'default: nowhere'],
    '11:33 parameters.where.default',
    'must be one of local, docker-1',
  ],
  [
    'an unknown type of parameter',
    ['type: host', 'type: hst'],
    '11:18 parameters.where.type',
    'must be one of service, host, choice, text, number, duration, ip, cidr, address, hosts, secret',
    'did you mean "host"?',
  ],
  ['a choice without options', ['options: [soft, hard], ', ''], '12:9 parameters.mode', 'a choice needs options'],
  [
    'a least number that is a duration',
    ['min: 1, max: 10', 'min: 1m, max: 10'],
    '13:31 parameters.count.min',
    'must be a number',
  ],
  [
    'a least number above the greatest',
    ['min: 1, max: 10', 'min: 11, max: 10'],
    '13:40 parameters.count.max',
    'must not be less than min (11)',
  ],
  [
    'a default number out of its range',
    ['default: 2 }', 'default: 11 }'],
    '13:52 parameters.count.default',
    'must be a number, from 1 to 10',
  ],
  [
    'a least duration that is a number',
    ['min: 1m, max: 4h', 'min: 1, max: 4h'],
    '14:32 parameters.time.min',
    'must be a duration such as 15m',
  ],
  [
    'a default duration out of its range',
    ['default: 15m', 'default: 5h'],
    '14:54 parameters.time.default',
    'must be a duration such as 90s, 15m or 1h30m, from 1m to 4h',
  ],
  [
    'a pattern that is no regular expression',
    ['"[a-z ]+"', '"[a-z ]+("'],
    '15:32 parameters.note.pattern',
    'not a regular expression (RE2): missing closing ): `[a-z ]+(`',
  ],
  [
    'a default text that does not match its pattern',
    ['default: none', 'default: None'],
    '15:52 parameters.note.default',
    'must be a text that matches [a-z ]+',
  ],
  [
    'a default address that is not canonical',
    ['type: ip, default: 192.0.2.7', 'type: ip, default: 192.0.2.07'],
    '16:30 parameters.from.default',
    'must be an IP address in its canonical form, such as 192.0.2.7 or 2001:db8::7',
  ],
  [
    'a range of something that has none',
    ['type: ip,', 'type: ip, min: 1,'],
    '16:21 parameters.from.min',
    'only a number or a duration has min and max',
  ],
  [
    'a parameter by the name of what every run is asked',
    ['  note: { type', '  reason: { type'],
    '15:3 parameters.reason',
    '"reason" is asked for with every run; give the parameter another name',
  ],
  [
    'the name of a runbook that the bot brings with it',
    ['runbook: try', 'runbook: wide-silence'],
    '1:10 runbook',
    '"wide-silence" is a runbook of the bot\'s own; give it another name',
  ],
  [
    'a pattern of something that has none',
    ['type: ip,', 'type: ip, pattern: x,'],
    '16:21 parameters.from.pattern',
    'only a text has a pattern',
  ],
  [
    'options of something that has none',
    ['type: ip,', 'type: ip, options: [x],'],
    '16:21 parameters.from.options',
    'only a choice has options',
  ],
  [
    'a default network with bits of a host',
    ['default: 192.0.2.0/24', 'default: 192.0.2.7/24'],
    '17:31 parameters.net.default',
    'must be the address of a network: 192.0.2.0/24',
  ],
  [
    'a secret that stands in the file',
    ['default: TRY_PASSWORD', 'default: hunter2'],
    '18:38 parameters.password.default',
    'must be the name of an environment variable, such as DB_PASSWORD, never the secret itself',
  ],
  [
    'an unknown kind of step',
    ['- { id: before, probe: "${service.probes}" }', '- { id: before, prob: "${service.probes}" }'],
    '20:19 steps[0].prob',
    `unknown key "prob"; allowed here: id, on, retries, timeout, idempotent, when, rolling, hold, undo, ${KINDS}, try.run, try.set`,
    'did you mean "probe"?',
  ],
  [
    'a step of two kinds',
    ['- { id: before, probe: ', '- { id: before, wait: { for: healthy }, probe: '],
    '20:5 steps[0]',
    `a step is exactly one of ${KINDS}, try.run, try.set`,
  ],
  [
    'an id in capitals',
    ['id: before', 'id: Before'],
    '20:11 steps[0].id',
    'an id is a lower-case word: letters, digits and "-"',
  ],
  ['an id that is there already', ['id: set', 'id: before'], '31:11 steps[2].id', 'step "before" is there already'],
  [
    'an id that is a parameter',
    ['id: set', 'id: mode'],
    '31:11 steps[2].id',
    '"mode" is a parameter already: ${mode} would mean either',
  ],
  [
    'an unknown key of a kind',
    ['try.set: { service', 'try.set: { servce'],
    '31:27 steps[2]["try.set"].servce',
    'unknown key "servce"; allowed here: service, mode, count',
    'did you mean "service"?',
  ],
  [
    'a value that a kind does not know',
    ['mode: "${mode}"', 'mode: sofft'],
    '31:56 steps[2]["try.set"].mode',
    'must be one of soft, hard',
    'did you mean "soft"?',
  ],
  [
    'a number that a kind does not take',
    ['count: "${run.json.count}"', 'count: 100'],
    '31:74 steps[2]["try.set"].count',
    'must be at most 99',
  ],
  [
    'a text where a kind takes a number',
    ['count: "${run.json.count}"', 'count: many'],
    '31:74 steps[2]["try.set"].count',
    'must be a number, not a text',
  ],
  [
    'an unknown parameter',
    ['"${service.probes}"', '"${servce.probes}"'],
    '20:26 steps[0].probe',
    'unknown parameter or earlier step "servce"; there are service, where, mode, count, time, note, from, net, password',
    'did you mean "service"?',
  ],
  [
    'an unknown part of a parameter',
    ['"${service.probes}"', '"${service.prbes}"'],
    '20:26 steps[0].probe',
    'parameter "service" has no part "prbes"; it has probes, host, environment',
    'did you mean "probes"?',
  ],
  [
    'a list inside a longer text',
    ['"${service.probes}"', '"all ${service.probes}"'],
    '20:26 steps[0].probe',
    '"${service.probes}" is a list: it stands alone as a value',
  ],
  [
    'an unknown result of an earlier step',
    ['"${before.result}"', '"${before.reslt}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    'step "before" (probe) has no result "reslt"; it has the results result, ok, warn, fail',
    'did you mean "result"?',
  ],
  [
    'a step in place of its result',
    ['"${before.result}"', '"${before}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    'step "before" is no value itself; it has the results result, ok, warn, fail',
  ],
  [
    'a result of a later step',
    ['"${before.result}"', '"${set.count}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    'step "set" is no earlier step: it has no results yet',
  ],
  [
    'a result of the step itself',
    ['"${before.result}"', '"${run.exit}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    'step "run" is no earlier step: it has no results yet',
  ],
  [
    'a reference that is none',
    ['"${before.result}"', '"${Before}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    '"${Before}" is no reference; write ${parameter} or ${step.result}',
  ],
  [
    'a reference that is not closed',
    ['"${before.result}"', '"${before.result"'],
    '28:41 steps[1]["try.run"].argv[2]',
    '"${" is not closed; a reference is ${parameter} or ${step.result}',
  ],
  [
    'a variable in a value that is not secret',
    ['"${before.result}"', '"${TRY_TOKEN}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    '${TRY_TOKEN} is allowed only in values marked secret',
  ],
  [
    'a secret parameter in a value that is not secret',
    ['"${before.result}"', '"${password}"'],
    '28:41 steps[1]["try.run"].argv[2]',
    'parameter "password" is a secret: it is allowed only in values marked secret',
  ],
  [
    'a variable inside a longer text',
    ['TOKEN: "${TRY_TOKEN}"', 'TOKEN: "Bearer ${TRY_TOKEN}"'],
    '28:76 steps[1]["try.run"].env.TOKEN',
    '"${TRY_TOKEN}" is a secret: it stands alone as a value',
  ],
  [
    'a secret parameter inside a longer text',
    ['PASSWORD: "${password}"', 'PASSWORD: "p=${password}"'],
    '28:102 steps[1]["try.run"].env.PASSWORD',
    '"${password}" is a secret: it stands alone as a value',
  ],
  [
    'a reference in a key',
    ['PASSWORD: "${password}"', '"${note}": x'],
    '28:92 steps[1]["try.run"].env["${note}"]',
    'a reference stands in a value, not in a key',
  ],
  [
    'a service that only an earlier step knows',
    ['service: "${service}"', 'service: "${run.json.service}"'],
    '31:36 steps[2]["try.set"].service',
    '"${run.json.service}" is known only when it runs: what a step changes must stand in the plan',
  ],
  [
    'an unknown service',
    ['service: "${service}"', 'service: giana'],
    '31:36 steps[2]["try.set"].service',
    'unknown service "giana"; in hosts.yml there are gianna, redis',
    'did you mean "gianna"?',
  ],
  [
    'hosts that only an earlier step knows',
    ['on: { role: app }', 'on: "${before.result}"'],
    '22:9 steps[1].on',
    '"${before.result}" is known only when it runs: the plan names the hosts',
  ],
  [
    'a service in place of a host',
    ['on: { role: app }', 'on: "${service}"'],
    '22:9 steps[1].on',
    '"${service}" is no host',
    'write "${service.host}"',
  ],
  [
    'an unknown host',
    ['on: { role: app }', 'on: locl'],
    '22:9 steps[1].on',
    'unknown host "locl"; in hosts.yml there are local, docker-1',
    'did you mean "local"?',
  ],
  [
    'a role that no host has',
    ['on: { role: app }', 'on: { role: ap }'],
    '22:17 steps[1].on.role',
    'unknown role "ap"; in hosts.yml there are app',
    'did you mean "app"?',
  ],
  [
    'a label that no host has',
    ['on: { role: app }', 'on: { label: region=eu }'],
    '22:18 steps[1].on.label',
    'unknown label "region=eu"; in hosts.yml there are none',
  ],
  [
    'a selector of two kinds',
    ['on: { role: app }', 'on: { role: app, host: local }'],
    '22:9 steps[1].on',
    'must be a host, or one of { host: … }, { hosts: […] }, { role: … }, { label: name=value }',
  ],
  [
    'an unknown host among several',
    ['"${service.host}"', 'web-9'],
    '32:43 steps[3].on.hosts[1]',
    'unknown host "web-9"; in hosts.yml there are local, docker-1',
  ],
  [
    'a proof that waits for a result',
    ['- { probe: cache', '- { probe: "${before.result}"'],
    '34:14 verify[0].probe',
    '"${before.result}" is known only when it runs: what proves the outcome is planned before',
  ],
  [
    'a proof under a condition',
    ['- { probe: cache', '- { when: { mode: soft }, probe: cache'],
    '34:7 verify[0].when',
    `unknown key "when"; allowed here: id, on, retries, timeout, idempotent, ${KINDS}, try.run, try.set`,
  ],
  [
    'a selector of nothing',
    ['on: { role: app }', 'on: {}'],
    '22:9 steps[1].on',
    'must be a host, or one of { host: … }, { hosts: […] }, { role: … }, { label: name=value }',
  ],
  [
    'an unknown key of a selector',
    ['on: { role: app }', 'on: { roles: app }'],
    '22:11 steps[1].on.roles',
    'unknown key "roles"; allowed here: host, hosts, role, label',
    'did you mean "role"?',
  ],
  [
    'no hosts where a kind needs them',
    ['    on: { role: app }\n', ''],
    '27:5 steps[1]["try.run"]',
    'try.run needs "on": the hosts that it acts on',
  ],
  [
    'hosts where a kind needs none',
    ['- { id: set, ', '- { id: set, on: local, '],
    '31:16 steps[2].on',
    'try.set acts on no hosts of its own: leave "on" out',
  ],
  [
    'an unknown host of an undo',
    ['undo: { try.run', 'undo: { on: nowhere, try.run'],
    '29:17 steps[1].undo.on',
    'unknown host "nowhere"; in hosts.yml there are local, docker-1',
  ],
  [
    'hosts of an undo whose kind needs none',
    [
      'undo: { try.run: { argv: [rm, "${note}", "${run.exit}"] } }',
      'undo: { on: local, try.set: { service: gianna } }',
    ],
    '29:13 steps[1].undo.on',
    'try.set acts on no hosts of its own: leave "on" out',
  ],
  [
    'a condition on an unknown result',
    ['before.result: [fail, unknown]', 'before.reslt: [fail, unknown]'],
    '23:13 steps[1].when["before.reslt"]',
    'step "before" (probe) has no result "reslt"; it has the results result, ok, warn, fail',
    'did you mean "result"?',
  ],
  [
    'a condition on a value that a choice never has',
    ['mode: soft,', 'mode: sft,'],
    '23:65 steps[1].when.mode',
    'unknown option "sft"; in parameter mode there are soft, hard',
    'did you mean "soft"?',
  ],
  [
    'a condition on a secret',
    ['mode: soft,', 'password: x,'],
    '23:59 steps[1].when.password',
    'parameter "password" is a secret',
  ],
  [
    'a condition written as a reference',
    ['mode: soft,', '"${mode}": soft,'],
    '23:59 steps[1].when["${mode}"]',
    'must be parameter or step.result, without "${" and "}"',
  ],
  [
    'retries of a step that must not be repeated',
    ['idempotent: true', 'idempotent: false'],
    '24:5 steps[1].retries',
    'try.run is not repeated by itself: it may have happened although it failed',
    'write idempotent: true if doing it twice is the same as once',
  ],
  [
    'retries of a step of which nobody knows',
    ['    idempotent: true\n', ''],
    '24:5 steps[1].retries',
    'try.run is not repeated by itself: it may have happened although it failed',
    'write idempotent: true if doing it twice is the same as once',
  ],
  ['no tries', ['times: 2', 'times: 0'], '24:23 steps[1].retries.times', 'must be at least 1'],
  [
    'a batch that is neither number nor share',
    ['batch: "25%"', 'batch: 25 %'],
    '27:23 steps[1].rolling.batch',
    'must be a number of targets such as 2, or a share such as "25%"',
  ],
  ['a batch of nothing', ['batch: "25%"', 'batch: 0'], '27:23 steps[1].rolling.batch', 'must be at least 1'],
  [
    'an unknown probe of a rolling step',
    ['probe: cache }', 'probe: cach }'],
    '27:49 steps[1].rolling.probe',
    'unknown probe "cach"; in probes.yml there are gianna-health, gianna-ready, gianna-memory, cache, machine',
    'did you mean "cache"?',
  ],
  [
    'a hold that is no duration',
    ['hold: "${time}"', 'hold: soon'],
    '30:11 steps[1].hold',
    'must be a duration such as 90s, 15m, 4h, 2d or 1w',
  ],
  [
    'a hold of a parameter that is no duration',
    ['hold: "${time}"', 'hold: "${note}"'],
    '30:11 steps[1].hold',
    '"${note}" is no duration',
  ],
  [
    'a hold that only an earlier step knows',
    ['hold: "${time}"', 'hold: "${before.ok}"'],
    '30:11 steps[1].hold',
    '"${before.ok}" is known only when it runs: a hold is a duration or a parameter',
  ],
  [
    'a hold of a step that changes nothing',
    ['{ id: before,', '{ id: before, hold: 5m,'],
    '20:19 steps[0].hold',
    'probe changes nothing here, so there is nothing to hold',
  ],
  [
    'an undo of a step that changes nothing',
    ['look: true } }', 'look: true }, undo: { try.set: { service: gianna } } }'],
    '32:136 steps[3].undo',
    'try.run changes nothing here, so there is nothing to undo',
  ],
  [
    'an undo of no kind',
    ['undo: { try.run: { argv: [rm, "${note}", "${run.exit}"] } }', 'undo: { on: local }'],
    '29:11 steps[1].undo',
    `a step is exactly one of ${KINDS}, try.run, try.set`,
  ],
  [
    'a change in verify',
    ['- { probe: cache', '- { try.set: { service: gianna }'],
    '34:7 verify[0]["try.set"]',
    'verify only looks; try.set changes something and belongs into steps',
  ],
  [
    'an unknown probe in verify',
    ['- { probe: cache', '- { probe: cach'],
    '34:14 verify[0].probe',
    'unknown probe "cach"; in probes.yml there are gianna-health, gianna-ready, gianna-memory, cache, machine',
    'did you mean "cache"?',
  ],
  [
    'a hold in verify',
    ['- { probe: cache', '- { hold: 5m, probe: cache'],
    '34:7 verify[0].hold',
    `unknown key "hold"; allowed here: id, on, retries, timeout, idempotent, ${KINDS}, try.run, try.set`,
  ],
];

describe('a faulty runbook', () => {
  it.each(ROWS.map((row) => ({ name: row[0], row })))('is refused for $name, at its place', async ({ row }) => {
    const [, edit, place, message, hint] = row;

    const loaded = await load([edit]);

    expect(loaded.config).toBeNull();
    expect(told(loaded, 'error')).toContainEqual([place, message, hint ?? null]);
  });

  it('is told whole: every fault at once', async () => {
    const loaded = await load([
      ['risk: R2', 'risk: R0'],
      ['"${before.result}"', '"${before.reslt}"'],
      ['on: { role: app }', 'on: locl'],
      ['- { probe: cache', '- { probe: cach'],
    ]);

    expect(told(loaded, 'error').map(([place]) => place)).toEqual([
      '22:9 steps[1].on',
      '28:5 steps[1]["try.run"]',
      '28:41 steps[1]["try.run"].argv[2]',
      '31:16 steps[2]["try.set"]',
      '34:14 verify[0].probe',
    ]);
  });
});

describe('a runbook', () => {
  it('may use every key; what stands in it is read as written, with seconds and defaults', async () => {
    const { config, problems } = await load([]);

    expect(problems.filter(({ file }) => file === 'runbooks/try.yml')).toEqual([]);
    const { parameters, steps, verify, ...rest } = config?.runbooks.try ?? testRunbook('none');
    expect(rest).toEqual({
      riskWhen: [
        {
          when: {
            mode: { kind: 'values', values: ['hard'] },
            'net.prefix': { kind: 'threshold', threshold: { operator: '<', value: 24 } },
          },
          risk: 'R3',
          says: 'too wide',
        },
      ],
      ...{ runbook: 'try', summary: 'Tries every key that a runbook may have', risk: 'R2', approvals: 1 },
      ...{ who: ['responder', 'security'], cooldownSeconds: 600, mostTargets: 3, onFailure: 'undo' },
      word: { takes: ['service', 'note'], aliases: ['attempt'], examples: ['try gianna'] },
    });
    const optional = { required: false };
    expect(parameters).toMatchObject({
      service: testParameter('service'),
      count: testParameter('number', { ...optional, min: 1, max: 10, default: 2 }),
      time: testParameter('duration', { ...optional, min: 60, max: 14_400, default: '15m' }),
      note: testParameter('text', { ...optional, pattern: '[a-z ]+', default: 'none', says: 'what is written' }),
      password: testParameter('secret', { ...optional, default: 'TRY_PASSWORD' }),
    });
    expect(steps[1]).toEqual(
      testStep(
        'run',
        'try.run',
        {
          argv: ['touch', '${note}', '${before.result}'],
          env: { TOKEN: '${TRY_TOKEN}', PASSWORD: '${password}' },
        },
        {
          on: { role: 'app' },
          when: {
            'before.result': { kind: 'values', values: ['fail', 'unknown'] },
            count: { kind: 'threshold', threshold: { operator: '>', value: 1 } },
            mode: { kind: 'values', values: ['soft'] },
            'service.environment': { kind: 'values', values: ['production'] },
          },
          retries: { times: 2, everySeconds: 5 },
          isIdempotent: true,
          timeoutSeconds: 30,
          rolling: { batch: { percent: 25 }, healthyWithinSeconds: 90, stableSeconds: 5, probe: 'cache' },
          undo: { kind: 'try.run', body: { argv: ['rm', '${note}', '${run.exit}'] }, on: null },
          hold: '${time}',
        },
      ),
    );
    expect(verify.map(({ id, kind }) => [id, kind])).toEqual([['verify-1', 'probe']]);
  });

  it('keeps the names of secrets, never their values, which are learnt to be hidden', async () => {
    const { config, secrets } = await load([]);

    expect(secrets).toContain('token-of-the-test');
    expect(JSON.stringify(config)).not.toContain('token-of-the-test');
  });

  it('that names a variable which is not set is taken with a warning', async () => {
    const loaded = await load([], {});

    expect(loaded.config).not.toBeNull();
    expect(told(loaded, 'warning')).toEqual([
      [
        '18:38 parameters.password.default',
        'environment variable TRY_PASSWORD is not set',
        'set TRY_PASSWORD, or TRY_PASSWORD_FILE to the path of a file that holds it',
      ],
      [
        '28:76 steps[1]["try.run"].env.TOKEN',
        'environment variable TRY_TOKEN is not set',
        'set TRY_TOKEN, or TRY_TOKEN_FILE to the path of a file that holds it',
      ],
    ]);
  });

  it('is described to editors by the kinds of step that there are, each step of exactly one', () => {
    const schema = JSON.stringify(z.toJSONSchema(schemasOf(TRIED_KINDS).runbook ?? z.never(), { io: 'input' }));

    expect(schema).toContain('"oneOf":[{"required":["probe"]},{"required":["service.restart"]}');
    expect(schema).toContain('"description":"Tries a program."');
    expect(schema).toContain('"writeOnly":true');
  });
});
