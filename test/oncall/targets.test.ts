import { describe, expect, it } from 'vitest';
import { MEANS, type Means, type PolicyLevel, type Target } from '../../src/core/config/config.ts';
import { SLACK_MEANS } from '../../src/oncall/escalation-context.ts';
import { namesOf, reachOf } from '../../src/oncall/targets.ts';
import { testConfig } from '../support/config.ts';

const MONDAY = Date.UTC(2026, 10, 23, 13, 0, 0);
const { oncall } = testConfig();

function level(notify: string[], by: Means[]): PolicyLevel {
  const targets = notify.map((written) => {
    const [kind, name = ''] = written.split(':');
    return { kind: kind as Target['kind'], name };
  });
  return { afterSeconds: 0, notify: targets, by };
}

describe('who a level reaches', () => {
  it('names everybody once in the thread and writes to each person with a Slack id', () => {
    const reach = reachOf(level(['schedule:primary', 'person:ana', 'contact:manager'], ['dm', 'thread']), null, {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });

    expect(reach).toEqual({
      dm: ['ana', 'marco'],
      others: [],
      thread: { people: ['ana', 'marco'], targets: [] },
      skipped: [],
      fallback: false,
    });
  });

  it('names groups and channels in the thread alone', () => {
    const reach = reachOf(level(['usergroup:sre', 'channel:ops'], ['dm', 'thread']), null, {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });

    expect(reach.thread).toEqual({ people: [], targets: ['usergroup:sre', 'channel:ops'] });
    expect(reach.skipped.map(({ target, reason }) => [target, reason])).toEqual([
      ['usergroup:sre', 'not-applicable'],
      ['channel:ops', 'not-applicable'],
    ]);
  });

  it.each([
    ['schedule:primary', 'email', 'not-configured'],
    ['schedule:primary', 'sms', 'not-configured'],
    ['contact:ops', 'email', 'not-configured'],
    ['contact:ops', 'voice', 'not-applicable'],
    ['contact:manager', 'voice', 'not-applicable'],
    ['email:desk@company.com', 'email', 'not-configured'],
    ['email:desk@company.com', 'dm', 'not-applicable'],
    ['schedule:nowhere', 'dm', 'nobody-on-call'],
  ] as const)('records %s by %s as %s', (target, means, reason) => {
    const reach = reachOf(level([target, 'person:ben'], [means, 'thread']), null, {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });

    expect(reach.skipped).toContainEqual(expect.objectContaining({ target, means, reason }));
    expect(reach.thread?.people).toContain('ben');
  });

  it('adds the policy contact by each address it has, whatever the means of the level', () => {
    const reach = reachOf(level(['schedule:primary'], ['thread']), 'manager', {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });
    const security = reachOf(level(['schedule:primary'], ['thread']), 'security', {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });

    expect(reach.dm).toEqual(['marco']);
    expect(reach.thread?.people).toEqual(['ana', 'marco']);
    expect(security.skipped).toEqual([
      { reason: 'not-configured', target: 'contact:security', person: null, means: 'email' },
    ]);
  });

  it('names the people in the thread and tells channel ops when none of its own means reaches anybody', () => {
    const reach = reachOf(level(['schedule:primary'], ['sms', 'voice']), null, {
      oncall,
      at: MONDAY,
      means: SLACK_MEANS,
    });

    expect(reach).toMatchObject({ thread: { people: ['ana'], targets: ['channel:ops'] }, fallback: true });
  });

  it('pages each person once by every other means that is set up, and an address that is no person by its own', () => {
    const wanted = level(['schedule:primary', 'person:ana', 'contact:ops', 'email:desk@company.com'], ['email', 'sms']);
    const reach = reachOf(wanted, null, { oncall, at: MONDAY, means: new Set(MEANS) });

    expect(reach.others).toEqual([
      { means: 'email', target: 'person:ana', people: ['ana'], targets: [] },
      { means: 'sms', target: 'person:ana', people: ['ana'], targets: [] },
      { means: 'email', target: 'contact:ops', people: [], targets: ['contact:ops'] },
      { means: 'email', target: 'email:desk@company.com', people: [], targets: ['email:desk@company.com'] },
    ]);
    expect(reach.fallback).toBe(false);
    expect(namesOf(reach)).toEqual({ people: ['ana'], targets: ['contact:ops', 'email:desk@company.com'] });
  });

  it('opens one alarm at PagerDuty for everybody of the level', () => {
    const wanted = level(['schedule:primary', 'contact:manager', 'contact:ops'], ['pagerduty']);
    const { others } = reachOf(wanted, null, { oncall, at: MONDAY, means: new Set(MEANS) });

    expect(others).toEqual([
      { means: 'pagerduty', target: 'everybody', people: ['ana', 'marco'], targets: ['contact:ops'] },
    ]);
  });

  it('tells channel ops when nobody is on call', () => {
    const before = Date.UTC(2020, 0, 1);
    const reach = reachOf(level(['schedule:primary'], ['dm', 'thread']), null, {
      oncall,
      at: before,
      means: SLACK_MEANS,
    });

    expect(reach).toMatchObject({ dm: [], thread: { people: [], targets: ['channel:ops'] }, fallback: true });
  });
});
