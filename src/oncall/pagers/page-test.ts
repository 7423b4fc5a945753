import type { Clock } from '../../core/clock.ts';
import type { Command, Outcome } from '../../core/command.ts';
import { type ConfigSource, MEANS, type Means } from '../../core/config/config.ts';
import { askNotice, NOTICE } from '../../journal/notice.ts';
import type { Batch, EffectChange, Journal } from '../../journal/port.ts';
import type { CommandDecision, CommandHandler } from '../part.ts';
import { addressOf } from './address.ts';
import { PAGE_TEST } from './caps.ts';
import { PAGE_TEST_KIND, type PageTestState } from './page-test-state.ts';
import type { OtherMeans, Pagers } from './pager.ts';

/** The `data` of an effect of kind `page-test`: one test page by one means. */
export type PageTestRequest = {
  readonly test: string;
  readonly means: OtherMeans;
  readonly people: readonly string[];
};

export interface PageTestDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly pagers: Pagers;
}

/** Key of the direct message of a test. */
export function testNoticeKey(test: string): string {
  return `${PAGE_TEST}|${test}`;
}

/** Decides `page-test`: one clearly marked page by each of a person's means, for themselves or by the command line. */
export function createPageTestCommand({ journal, config, clock, pagers }: PageTestDeps): CommandHandler {
  return async (command) => {
    const key = String(command.args.person ?? '');
    const { oncall } = config.current();
    const person = oncall.people[key];
    if (person === undefined) {
      const known = Object.keys(oncall.people).join(', ');
      return refused('PERSON_UNKNOWN', `There is no person "${key}" in oncall.yml.`, `People: ${known}.`);
    }
    if (!mayTest(command, key, person.slack)) {
      const text = 'A test page is for yourself alone; nothing was sent.';
      return refused('NOT_YOURSELF', text, `On the host: gianna-ops page-test ${key}`);
    }
    const has = (means: Means): boolean => {
      if (means === 'dm') return person.slack.length > 0;
      if (means === 'thread') return false;
      return pagers.has(means) && addressOf({ people: [key], targets: [] }, means, oncall) !== null;
    };
    const asked = listOf(command.args.by);
    const wanted =
      asked.length > 0
        ? MEANS.filter((each) => asked.includes(each))
        : MEANS.filter(has).filter((each) => each !== 'pagerduty');
    const missing = [
      ...asked.filter((each) => !wanted.some((found) => found === each)),
      ...wanted.filter((each) => !has(each)),
    ];
    if (missing.length > 0) {
      const text = `${key} cannot be reached by ${missing.join(', ')}: no address, or it is not set up. Nothing was sent.`;
      return refused('MEANS_MISSING', text, 'Give an address in oncall.yml, and see: gianna-ops check');
    }
    if (wanted.length === 0) {
      return refused('MEANS_MISSING', `${key} has no address by any means that is set up.`, 'See: gianna-ops check');
    }
    const test = `TEST-${await journal.nextNumber(PAGE_TEST_KIND)}`;
    const outcome: Outcome = { kind: 'done', text: `${test} pages ${key} by ${wanted.join(', ')}.`, pageTest: test };
    return { outcome, batch: batchOf({ test, person: key, means: wanted, at: clock.now(), actor: command.by }) };
  };
}

function mayTest({ by }: Command, person: string, slack: readonly string[]): boolean {
  return by === 'local' || by === `person:${person}` || slack.some((id) => by === `slack:${id}`);
}

interface Asked {
  readonly test: string;
  readonly person: string;
  readonly means: readonly Means[];
  readonly at: number;
  readonly actor: string;
}

function batchOf({ test, person, means, at, actor }: Asked): Batch {
  const state: PageTestState = { person, means };
  const event = { type: 'page-test.asked', v: 1, data: { person, means } };
  const aggregate = {
    kind: PAGE_TEST_KIND,
    id: test,
    number: Number(test.slice('TEST-'.length)),
    expected: 0,
    key: null,
    state,
    events: [event],
  };
  const notice = means.includes('dm') ? noticeOf(test, person) : null;
  const pages = means.flatMap((each) => (each === 'dm' || each === 'thread' ? [] : [pageOf(test, person, each)]));
  const effects = [...pages, ...(notice?.effects ?? [])];
  return { at, actor, aggregates: [aggregate], effects, payloads: notice?.payloads ?? new Map() };
}

function pageOf(test: string, person: string, means: OtherMeans): EffectChange {
  const data: PageTestRequest = { test, means, people: [person] };
  return { op: 'ask', key: `${PAGE_TEST}|${test}|${means}`, kind: PAGE_TEST, incident: null, data };
}

function noticeOf(test: string, person: string) {
  const lines = ['Somebody asked for a test of how you are paged. Nothing is wrong, and there is nothing to do.'];
  return askNotice(testNoticeKey(test), { to: { person }, title: `TEST page ${test}`, lines });
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function refused(code: string, text: string, remedy: string): CommandDecision {
  return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
}

/** Key of the effect that carries the direct message of a test. */
export function testNoticeEffect(test: string): string {
  return `${NOTICE}|${testNoticeKey(test)}`;
}
