/**
 * What the room of runbooks asks of other rooms, as functions; beside app.ts, for rooms do not import sideways. In: the
 * journal and the other rooms' own questions. Out: facts that freezes and rules look at, and the doors of steps.
 */

import type { SilenceMatcher } from './alerts/alertmanager.ts';
import { parseMatchers } from './alerts/silences/matcher.ts';
import type { SilenceQuestions } from './alerts/silences/silence-desk.ts';
import type { AskSecond } from './alerts/silences/sources.ts';
import { listIncidents, viewIncident } from './alerts/views.ts';
import type { Clock } from './core/clock.ts';
import type { Actor, Command, Outcome, SubmitCommand } from './core/command.ts';
import type { ConfigSource } from './core/config/config.ts';
import { WIDE_SILENCE } from './core/config/own-runbooks.ts';
import { formatDuration, parseDuration } from './core/duration.ts';
import { refuse, transient } from './core/errors.ts';
import type { JsonObject } from './core/json.ts';
import type { ShellOf } from './hosts/shell.ts';
import { askNotice } from './journal/notice.ts';
import type { Journal } from './journal/port.ts';
import type { RunbookDeskDeps } from './runbooks/desk.ts';
import { lookAtFirewall } from './runbooks/steps/firewall/look.ts';
import type { SilenceAsked, StepDoors } from './runbooks/steps/step.ts';

export interface RunbookDoorsDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly submit: SubmitCommand;
  readonly silences: () => SilenceQuestions;
  readonly shellOf: ShellOf;
  readonly nameOf: (actor: string) => string;
  /** Whom the bot speaks to beyond the configuration. */
  readonly peers: StepDoors['peers'];
}

type Given = Pick<
  RunbookDeskDeps,
  'openIncidents' | 'silencesOn' | 'remediable' | 'openIncidentIds' | 'escalate' | 'marks' | 'doors'
>;

/** The facts and doors that `createRunbookDesk` is given. */
export function createRunbookDoors(deps: RunbookDoorsDeps): Given {
  const { journal, clock, config } = deps;
  const open = async () => (await listIncidents(journal, { now: clock.now() })).filter(isOpen);
  return {
    openIncidents: async (service) => (await open()).filter((incident) => incident.service === service),
    silencesOn: async (service) => {
      const active = (await deps.silences().list()).filter((each) => each.status === 'active');
      return active
        .filter((each) => each.service === service)
        .map(({ id, endsAt, author, incident }) => ({ id, until: endsAt, by: deps.nameOf(author), incident }));
    },
    openIncidentIds: async () => (await open()).map(({ id }) => id),
    remediable: async (id) => {
      const view = await viewIncident(journal, id);
      if (view === null || !isOpen(view)) return null;
      return { id, severity: view.severity, service: view.service, status: view.status, firing: await firing(id) };
    },
    escalate: async ({ key, incident, words }) => {
      const severity = (await viewIncident(journal, incident))?.severity;
      const targets =
        severity === undefined ? [] : config.current().severities[severity].levels.flatMap((level) => level.notify);
      const target = targets.find(({ kind }) => ['schedule', 'person', 'contact'].includes(kind));
      if (target === undefined) return;
      const args = { to: `${target.kind}:${target.name}`, message: words.slice(0, 280) };
      await ask(`escalate|${key}`, 'escalate', 'auto', args, incident);
    },
    marks: {
      hosts: () =>
        Object.entries(config.current().hosts).flatMap(([name, { connect }]) => (connect === 'docker' ? [] : [name])),
      read: async (host) => {
        const found = config.current().hosts[host];
        const commands = found?.connect === 'docker' ? null : (found?.firewall ?? null);
        const { blocks } = await lookAtFirewall(deps.shellOf(host), commands);
        return blocks.flatMap(({ comment }) => (comment === null ? [] : [{ mark: comment, since: null }]));
      },
    },
    doors: createDoors(),
  };

  async function firing(id: string) {
    const occurrences = (await journal.occurrencesOf(id)).filter(({ status }) => status === 'firing');
    const texts = await journal.payloads([...new Set(occurrences.map(({ about }) => about))]);
    return occurrences.map(({ about, startsAt }) => ({ labels: labelsIn(texts.get(about)), since: startsAt }));
  }

  function createDoors(): StepDoors {
    return {
      silence: async ({ matchers, seconds, reason, incident, by, key, agreed, run }) => {
        const asked = readMatchers(matchers).map((matcher) => ({ ...matcher }));
        const outcome = await ask(
          `step|${key}`,
          'silence',
          by,
          { matchers: asked, seconds, reason, author: deps.nameOf(by), agreed: [...agreed], run },
          incident,
        );
        const id = outcome.silence ?? '';
        const view = await deps.silences().settled(id);
        if (view?.status === 'active') return { id, until: view.endsAt };
        if (view?.status === 'failed') {
          throw refuse('SILENCE_FAILED', `${id} was not made: ${view.failure}`, 'Look at: gianna-ops silence list.');
        }
        throw transient('SILENCE_UNSURE', `Alertmanager has not confirmed ${id}.`, 'Look at: gianna-ops silence list.');
      },
      foreseeSilence: async ({ matchers, seconds, reason, incident }) => {
        const about = incident === null ? {} : { incident };
        const preview = await deps.silences().preview({ matchers: readMatchers(matchers), seconds, reason, ...about });
        const { refused, second, lines } = preview;
        const blocked = refused === undefined ? null : `${refused.text} ${refused.remedy}`;
        if (second === undefined) return { blocked, shown: [], because: [] };
        return { blocked, shown: second.shown, because: [second.because, ...lines] };
      },
      liftSilence: async (id, by) => {
        await ask(`step|lift|${id}|${clock.now()}`, 'lift', by, { id }, null);
        await deps.silences().settled(id);
      },
      peers: deps.peers,
      notify: async ({ key, channel, incident, text, run }) => {
        if (channel === null && incident !== null) {
          await ask(`step|${key}`, 'note', 'auto', { text: `${run}: ${text}` }, incident);
          return;
        }
        const notice = { to: { channel: channel ?? 'ops' }, title: text, lines: [`from ${run}`] };
        const { effects, payloads } = askNotice(`step|${key}`, notice);
        await journal.append({ at: clock.now(), actor: 'auto', effects, payloads });
      },
    };
  }

  async function ask(key: string, verb: string, by: string, args: JsonObject, incident: string | null): Promise<Done> {
    const about = incident === null ? {} : { incident };
    const command = { v: 1, verb, by: by as Actor, at: clock.now(), via: 'run', args, ...about } as const;
    const outcome = await (await deps.submit(key, command)).outcome;
    if (outcome.kind === 'done') return outcome;
    throw refuse(outcome.code, outcome.text, outcome.remedy);
  }
}

/** Refuses what Alertmanager would not understand. */
function readMatchers(matchers: SilenceAsked['matchers']): readonly SilenceMatcher[] {
  if (typeof matchers !== 'string') {
    return Object.entries(matchers).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
  }
  const read = parseMatchers(matchers);
  if (read.kind === 'ok') return read.matchers;
  throw refuse('MATCHER_INVALID', read.text, read.remedy);
}

type Done = Extract<Outcome, { kind: 'done' }>;

function isOpen({ status }: { readonly status: string }): boolean {
  return status === 'firing' || status === 'acknowledged' || status === 'recovered';
}

function labelsIn(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const about = JSON.parse(text) as { labels?: Record<string, string> };
  return about.labels ?? {};
}

/** The command that asks for a silence as a run, so that a second person can agree to it. */
export function wideSilence(command: Command, { matchers, seconds, reason }: Parameters<AskSecond>[1]): Command {
  const lasts = formatDuration(seconds);
  const exact = parseDuration(lasts) === seconds ? lasts : `${seconds}s`;
  const parameters = { matchers, lasts: exact, why: reason };
  return { ...command, verb: 'run', args: { runbook: WIDE_SILENCE, parameters, reason } };
}
