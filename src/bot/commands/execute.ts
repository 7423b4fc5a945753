import type { Command } from '../../core/command.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import { openRestart } from '../modals/restart.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderHelp } from '../render/answers/help.ts';
import { renderOncall } from '../render/answers/oncall.ts';
import { renderProbeReport } from '../render/answers/probe.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import { incidentLine, renderStatus } from '../render/answers/status.ts';
import type { Asker } from './asker.ts';
import type { OpsCommand, ProbeSubject } from './grammar.ts';
import { onCallNames } from './on-call-names.ts';
import { outcomeWithin, outcomeWords } from './outcome.ts';

/** Carries out an understood command for its asker. Reads never pass through the inbox; what changes something is stored first. */
export async function execute(command: OpsCommand, asker: Asker, deps: Desk): Promise<void> {
  switch (command.verb) {
    case 'help':
      return asker.answer(renderHelp(command.topic));
    case 'status':
      return asker.answer(renderStatus(await statusFacts(command.service, deps)));
    case 'oncall':
      return answerOncall(asker, deps);
    case 'incident':
      return answerIncident(command.incident, asker, deps);
    case 'probe':
      return probe(command.subject, command.share, asker, deps);
    case 'ack':
    case 'resolve':
      return changeIncidents(command.verb, command.incidents, asker, deps);
    case 'restart':
      return openRestart(
        { service: command.service, mode: command.mode, incident: asker.incident, version: 0 },
        asker,
        deps,
      );
    default:
      return command satisfies never;
  }
}

async function statusFacts(service: string | null, deps: Desk) {
  const [incidents, health] = await Promise.all([deps.listIncidents(), deps.health()]);
  return { incidents, health, service, now: deps.clock.now(), nameOf: deps.directory.nameOf };
}

async function answerOncall(asker: Asker, deps: Desk): Promise<void> {
  const now = deps.clock.now();
  const { people, contacts } = deps.config.current().oncall;
  const facts = {
    schedules: await deps.oncallReport(now),
    manager: contacts.manager?.person ?? null,
    now,
    zoneOf: (person: string) => people[person]?.timezone ?? null,
    nameOfPerson: deps.directory.nameOfPerson,
  };
  await asker.answer(renderOncall(facts));
}

async function answerIncident(id: string, asker: Asker, deps: Desk): Promise<void> {
  const incident = await deps.incident(id);
  if (incident === null) return asker.answer(unknownIncident(id));
  await asker.answer(answerOf([incidentLine(incident, { now: deps.clock.now(), nameOf: deps.directory.nameOf })]));
}

async function probe(subject: ProbeSubject, share: boolean, asker: Asker, deps: Desk): Promise<void> {
  await asker.taken();
  const since = deps.clock.monotonicMs();
  const results = await deps.runProbes(probeNames(subject, deps));
  const seconds = (deps.clock.monotonicMs() - since) / 1000;
  const report = renderProbeReport(subject.kind === 'all' ? null : subject.name, results, seconds);
  // A result asked for in an incident's thread belongs to the thread.
  await (share || asker.incident !== null ? asker.share(report) : asker.answer(report));
}

function probeNames(subject: ProbeSubject, deps: Desk): readonly string[] {
  const config = deps.config.current();
  if (subject.kind === 'all') return Object.keys(config.probes);
  return subject.kind === 'probe' ? [subject.name] : (config.services[subject.name]?.probes ?? []);
}

async function changeIncidents(
  verb: 'ack' | 'resolve',
  ids: readonly string[],
  asker: Asker,
  deps: Desk,
): Promise<void> {
  const stored = await Promise.all(ids.map((id) => storeChange(verb, id, asker, deps)));
  await asker.taken();
  const words = await Promise.all(stored.map((each) => each.words()));
  await asker.answer(answerOf(words));
}

/** Authorises, validates on a snapshot and stores one command; `words` waits for what it came to. */
async function storeChange(verb: 'ack' | 'resolve', id: string, asker: Asker, deps: Desk) {
  const incident = await deps.incident(id);
  const permission = await deps.roles.may(asker.userId, 'R1', incident?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command(verb, 'refused');
    const denied = renderDenied(verb === 'ack' ? 'Acknowledging' : 'Resolving', permission, await onCallNames(deps));
    return { words: async () => denied.text };
  }
  if (incident === null) {
    deps.counts.command(verb, 'refused');
    return { words: async () => unknownIncident(id).text };
  }
  const command: Command = {
    v: 1,
    verb,
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    incident: id,
    seen: incident.version,
    args: {},
  };
  const { outcome, duplicate } = await deps.submit(`${asker.key}|${id}`, command);
  deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
  return { words: async () => outcomeWords(id, await outcomeWithin(outcome, deps.clock), deps.directory.nameOf) };
}

function unknownIncident(id: string) {
  return renderRefusal({ happened: `There is no incident ${id}.`, todo: 'See `/gianna status`.' });
}
